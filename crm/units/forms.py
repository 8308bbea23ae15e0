"""What an administrator types about a unit."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from crm.web.forms import Form, one_line
from crm.web.words import choices


class RenameForm(Form):
    """Its names."""

    zh = StringField(_l("中文名称"), filters=[one_line], validators=[InputRequired(_l("请填写名称")), Length(max=40)])
    en = StringField(_l("英文名称"), filters=[one_line], validators=[InputRequired(_l("请填写英文名称")), Length(max=80)])


class UnitForm(RenameForm):
    """A new unit."""

    code = StringField(
        _l("代码"),
        filters=[one_line],
        validators=[
            InputRequired(_l("请填写代码")),
            Regexp(r"^[A-Za-z0-9][A-Za-z0-9-]{1,19}$", message=_l("代码用2到20个字母、数字、横线，例如 SZ-NS-XL")),
        ],
    )
    kind = SelectField(_l("类型"), default="subdistrict")
    parent = SelectField(_l("上级"), default="")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices("unit_kind")
