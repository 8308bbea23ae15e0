"""写进展 as a form: 30 seconds."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import DateField, Field, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from crm.core import clock
from crm.visits.rules import Kind, NewProgress
from crm.web.forms import Form, once_field, one_line
from crm.web.words import choices


class ProgressForm(Form):
    """Date, kind, whom, one paragraph, next step, photo."""

    kind = RadioField(_l("方式"), default=Kind.TALKS.value, validators=[InputRequired(_l("请选择方式"))])
    on = DateField(_l("日期"), default=clock.today, validators=[InputRequired(_l("请填写日期，例如 2026-06-18"))])
    whom = StringField(
        _l("对方"), filters=[one_line], validators=[Optional(), Length(max=120, message=_l("最多120个字"))],
        description=_l("写明姓名才能作为有效进展"),
    )  # fmt: skip
    text = TextAreaField(_l("进展"), validators=[InputRequired(_l("请写一段进展")), Length(max=2000, message=_l("最多2000个字"))])
    next_step = StringField(_l("下一步"), filters=[one_line], validators=[Length(max=200, message=_l("最多200个字"))])
    next_due = DateField(_l("何时"), validators=[Optional()])
    photos = MultipleFileField(_l("拍照或附件"))
    once = once_field()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices("interaction")

    def validate_next_step(self, field: Field) -> None:
        """A day says what is due on it: alone it would go nowhere."""
        if not field.data and self.next_due.data:
            raise ValidationError(str(_l("已填日期，请写下一步做什么")))

    def to_progress(self) -> NewProgress:
        """What was typed, without the form."""
        return NewProgress(
            kind=Kind(self.kind.data),
            on=self.on.data,
            text=self.text.data or "",
            whom=self.whom.data or None,
            next_step=self.next_step.data or None,
            next_due=self.next_due.data,
        )
