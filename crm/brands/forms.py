"""What an administrator types about a brand."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from crm.brands import rules
from crm.brands.services import NewNames
from crm.web.forms import Form, once_field, one_line, text_field_limits


class NamesForm(Form):
    """Names of a brand, each on a line of its own, and where they are known from."""

    read_by_program = frozenset({"names"})

    names = TextAreaField(
        _l("名称"),
        description=_l("每行一个，各种文字分行写"),
        validators=[InputRequired(_l("请至少填写一个名称")), Length(max=2400, message=_l("最多2400个字"))],
    )
    alone = BooleanField(_l("只在名称单独出现时算作该品牌（短词、常用词请勾选）"))
    source = StringField(
        _l("依据"),
        description=_l("如企业官网、工商登记、来函"),
        filters=[one_line],
        validators=[InputRequired(_l("请填写依据")), Length(max=400, message=_l("最多400个字"))],
    )
    note = StringField(_l("说明"), filters=[one_line], validators=text_field_limits(400))
    once = once_field()

    def validate_names(self, field: Any) -> None:
        """As many lines as one act may add."""
        if len(rules.lines_of(field.data or "")) > rules.MOST_NAMES:
            raise ValidationError(_l("一次最多20个名称"))

    def to_new(self) -> NewNames:
        """What was typed."""
        names = tuple(rules.lines_of(self.names.data or ""))
        return NewNames(names, self.source.data or "", self.note.data or None, bool(self.alone.data))


class ReasonForm(Form):
    """Why a name or brand is retired or brought back; `name` is the name's key, empty for the whole brand."""

    name = HiddenField(validators=[Optional(), Length(max=100)])
    reason = StringField(
        _l("原因"),
        filters=[one_line],
        validators=[InputRequired(_l("请填写原因")), Length(max=400, message=_l("最多400个字"))],
    )
