"""Moving a stage as a form."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from crm.core import clock
from crm.web.forms import Form, version_field
from crm.web.words import choices


class StageForm(Form):
    """To which stage, as of which day, with a note."""

    to = RadioField(_l("进入阶段"), validators=[InputRequired(_l("请选择阶段"))])
    on = DateField(_l("发生日期"), default=clock.today, validators=[InputRequired(_l("请填写日期，例如 2026-06-18"))])
    note = TextAreaField(
        _l("说明"), validators=[Optional(), Length(max=400, message=_l("最多400个字"))], description=_l("退回前一阶段须写明理由")
    )
    version = version_field()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.to.choices = choices("stage")
