"""What is typed about disputes: a statement, a decision with who took it, a reason."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from crm.core import clock
from crm.credit.forms import PercentField
from crm.disputes.rules import How, NewDecision
from crm.leads.forms.fields import PickManyField
from crm.units.rules import UnitLabel
from crm.web.forms import Form, once_field, one_line, text_field_limits
from crm.web.words import choices

PART = "part_"  # fields of attribution are named after their unit


class OpenForm(Form):
    """提出争议: what happened, and which other lead is the same project."""

    statement = TextAreaField(
        _l("情况与主张"), validators=text_field_limits(2000, required=True), description=_l("写明何时、与谁、怎样接触，有何佐证")
    )
    other = StringField(
        _l("另一条线索的编号"),
        filters=[one_line],
        validators=text_field_limits(40),
        description=_l("两条线索其实是同一项目时填写"),
    )
    once = once_field()


class StateForm(Form):
    """陈述."""

    text = TextAreaField(_l("陈述"), validators=text_field_limits(2000, required=True))
    once = once_field()


class ReasonForm(Form):
    """A reason: to take a dispute back, to ask for a review."""

    reason = TextAreaField(_l("理由"), validators=text_field_limits(1000, required=True))


class DecideForm(Form):
    """决定: in one form, also for what was decided by telephone. The shares of each unit are added by `decide_form`."""

    unit = SelectField(_l("跟进单位"), coerce=int, validators=[InputRequired(_l("请选择"))])
    owner = SelectField(_l("负责人"), coerce=int, default=0, description=_l("不选则保持不变，换单位时由其负责人确定"))
    supporting = PickManyField(_l("协办单位"), coerce=int)
    reason = TextAreaField(_l("理由"), validators=text_field_limits(1000, required=True))
    how = RadioField(_l("决定方式"), default=How.HERE.value, validators=[InputRequired(_l("请选择"))])
    decided_by = StringField(
        _l("由谁决定"),
        filters=[one_line],
        validators=text_field_limits(80, required=True),
        description=_l("电话决定写明领导姓名职务"),
    )
    decided_on = DateField(_l("决定日期"), validators=[InputRequired(_l("请填写"))])
    once = once_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.how.choices = choices("decided_how")

    def parts(self) -> list[Any]:
        """The fields of attribution, in the order of the units."""
        return [field for name, field in self._fields.items() if name.startswith(PART)]

    def offer(self, units: list[tuple[int, str]], sides: list[tuple[int, str]], people: list[tuple[int, str]]) -> "DecideForm":
        """Say which units and people may be chosen."""
        self.unit.choices = units
        self.supporting.choices = sides
        self.owner.choices = [(0, _l("未选")), *people]
        return self

    def validate_decided_on(self, field: Any) -> None:
        """Up to today."""
        if isinstance(field.data, date) and field.data > clock.today():
            raise ValidationError(_l("决定日期不晚于今天"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Besides: all shares together are the whole."""
        fits = super().validate(extra_validators)
        fields = self.parts()
        if fields and not any(field.errors for field in fields) and sum(field.data or 0 for field in fields) != 100:
            fields[0].errors = [str(_l("各单位合计须为 100%"))]
            return False
        return fits

    def to_decision(self) -> NewDecision:
        """What was typed, without the form."""
        parts = {int(field.name.removeprefix(PART)): int((field.data or 0) * 100) for field in self.parts()}
        return NewDecision(
            self.unit.data, self.owner.data or None, parts, self.reason.data or "", self.decided_by.data or "",
            self.decided_on.data or clock.today(), How(self.how.data), tuple(self.supporting.data or ()),
        )  # fmt: skip


def decide_form(units: Sequence[UnitLabel], lang: str, **values: Any) -> DecideForm:
    """The form with one share for each of these units."""
    limits = [Optional(), NumberRange(0, 100, _l("归属比例在 0 至 100 之间"))]
    fields = {f"{PART}{unit.id}": PercentField(unit.short(lang), validators=limits, places=None) for unit in units}
    return type("DecideFormOfSides", (DecideForm,), fields)(**values)  # type: ignore[no-any-return]
