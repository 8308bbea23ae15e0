"""What is typed about supervised tasks: the instruction, feedback, more time, decisions, delegations, sponsors."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from crm.core import clock
from crm.leads.forms.fields import PickManyField
from crm.supervision.rules import NewInstruction, Said, Way
from crm.supervision.services.holding import LONGEST
from crm.web.forms import Form, once_field, one_line, text_field_limits
from crm.web.words import choices

Offered = Sequence[tuple[int, str]]


def _coming(_form: Any, field: Any) -> None:
    """A day from today on, within two years."""
    today = clock.today()
    if isinstance(field.data, date) and not today <= field.data <= today + LONGEST:
        raise ValidationError(_l("请填今天或以后、两年以内的日期"))


def _gone_by(_form: Any, field: Any) -> None:
    """A day up to today."""
    if isinstance(field.data, date) and not 2000 <= field.data.year <= clock.today().year + 1:
        raise ValidationError(_l("日期不对，请核对年份"))
    if isinstance(field.data, date) and field.data > clock.today():
        raise ValidationError(_l("日期不晚于今天"))


class GiveForm(Form):
    """领导批示, in one form, however it was said."""

    leader = SelectField(_l("批示领导"), coerce=int, validators=[InputRequired(_l("请选择"))])
    text = TextAreaField(_l("批示内容"), validators=text_field_limits(2000, required=True))
    way = RadioField(_l("方式"), default=Way.WRITTEN.value, validators=[InputRequired(_l("请选择"))])
    given_on = DateField(_l("批示日期"), validators=[InputRequired(_l("请填写")), _gone_by])
    unit = SelectField(_l("承办单位"), coerce=int, validators=[InputRequired(_l("请选择"))])
    supporting = PickManyField(_l("协办单位"), coerce=int)
    due = DateField(_l("办理时限"), validators=[InputRequired(_l("请填写")), _coming])
    lead = HiddenField(validators=[Length(max=22)])
    once = once_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.way.choices = choices("instruction_way")

    def offer(self, leaders: Offered, units: Offered) -> "GiveForm":
        """Say in whose name it may be given, and which units there are."""
        self.leader.choices = list(leaders)
        self.unit.choices = [(0, _l("未选")), *units]
        self.supporting.choices = list(units)
        return self

    def validate_unit(self, field: Any) -> None:
        """One is chosen."""
        if not field.data:
            raise ValidationError(_l("请选择"))

    def validate_supporting(self, field: Any) -> None:
        """The unit that does it does not help itself."""
        if self.unit.data in (field.data or ()):
            raise ValidationError(_l("承办单位不必再列为协办"))

    def to_instruction(self) -> NewInstruction:
        """What was typed, without the form."""
        return NewInstruction(
            self.leader.data, self.text.data or "", Way(self.way.data), self.given_on.data, self.unit.data,
            tuple(self.supporting.data or ()), self.due.data, self.lead.data or None,
        )  # fmt: skip


class FeedbackForm(Form):
    """反馈 or 报办结, with files that show it."""

    text = TextAreaField(_l("办理情况"), validators=text_field_limits(2000, required=True))
    proofs = MultipleFileField(_l("佐证材料"))
    once = once_field()


class TimeForm(Form):
    """申请延期."""

    due = DateField(_l("延至"), validators=[InputRequired(_l("请填写")), _coming])
    text = TextAreaField(_l("理由"), validators=text_field_limits(1000, required=True))

    def to_said(self) -> Said:
        """What was typed, without the form."""
        return Said(self.text.data or "", None, self.due.data)


class SaidForm(Form):
    """A decision in words: 销号, 退回, about more time. Whoever acts for the leader says how the leader said it."""

    text = TextAreaField(_l("意见"), validators=text_field_limits(1000, required=True))
    way = RadioField(_l("领导以何种方式决定"), validators=[Optional()])
    due = DateField(_l("新的时限"), validators=[Optional(), _coming], description=_l("不填则时限不变"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.way.choices = choices("said_way")

    def to_said(self) -> Said:
        """What was typed, without the form."""
        return Said(self.text.data or "", Way(self.way.data) if self.way.data else None, self.due.data)


class DelegateForm(Form):
    """联络员: who acts for which leader, from when until when."""

    leader = SelectField(_l("领导"), coerce=int, validators=[InputRequired(_l("请选择"))])
    username = StringField(_l("联络员用户名"), filters=[one_line], validators=text_field_limits(60, required=True))
    first = DateField(_l("自"), validators=[InputRequired(_l("请填写")), _coming])
    last = DateField(_l("至"), validators=[InputRequired(_l("请填写")), _coming])

    def offer(self, leaders: Offered) -> "DelegateForm":
        """Say for which leaders."""
        self.leader.choices = list(leaders)
        return self

    def validate_last(self, field: Any) -> None:
        """Not before the first."""
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError(_l("结束日期不早于开始日期"))


class SponsorForm(Form):
    """挂点领导 of a project, since a day."""

    leader = SelectField(_l("挂点领导"), coerce=int, validators=[InputRequired(_l("请选择"))])
    since = DateField(_l("挂点日期"), validators=[InputRequired(_l("请填写")), _gone_by])

    def offer(self, leaders: Offered) -> "SponsorForm":
        """Say which leaders there are."""
        self.leader.choices = list(leaders)
        return self
