"""What a coordinator types: the days of a window, why it ends, how a conflict is settled."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, StringField
from wtforms.validators import InputRequired

from crm.golive.rules import Answer
from crm.web.forms import Form, once_field, one_line, text_field_limits

_DAY = _l("请填写日期，例如 2026-06-18")
_DIFFERENT = "different"


class WindowForm(Form):
    """开放上线窗口: from, until, why."""

    first = DateField(_l("起始日"), validators=[InputRequired(_DAY)])
    last = DateField(_l("截止日"), validators=[InputRequired(_DAY)])
    reason = StringField(_l("理由"), filters=[one_line], validators=text_field_limits(400, required=True))
    once = once_field()


class CloseForm(Form):
    """提前关闭: why."""

    reason = StringField(_l("理由"), filters=[one_line], validators=text_field_limits(400, required=True))


class SettleForm(Form):
    """结论: who holds the first report, or that these are different projects; and why."""

    conflict = HiddenField(validators=[InputRequired()])
    answer = RadioField(_l("结论"), choices=[], validate_choice=False, validators=[InputRequired(_l("请选择"))])
    reason = StringField(_l("理由"), filters=[one_line], validators=text_field_limits(400, required=True))

    def to_answer(self) -> tuple[Answer, str]:
        """What was chosen: different projects, or the side that holds it."""
        chosen: Any = self.answer.data or ""
        return (Answer.DIFFERENT, "") if chosen == _DIFFERENT else (Answer.HOLDER, chosen)
