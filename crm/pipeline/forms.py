"""What is typed about the pipeline: a move with its milestone, a milestone, what is said of one, pausing and ending."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from wtforms import BooleanField, DateField, Field, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from crm.core import clock
from crm.core.errors import Refusal
from crm.core.money import CURRENCIES, Money
from crm.leads.forms.fields import UNITS, AmountFields, text, unit_choices, unit_for, unit_of_capital
from crm.pipeline.rules import LARGEST, Cause, Ending, Kind, NewMilestone, NewOverride, SumSlip
from crm.pipeline.services import Verdict
from crm.web.forms import Form, once_field, text_field_limits, version_field
from crm.web.words import choices, word

_DATE = _l("请填写日期，例如 2026-06-18")
Proofs = list[tuple[str, bytes]]


class GateTableForm(Form):
    """A table of gates, chosen or typed; kept as it was typed. `tried`: the hash of the text that was tried last."""

    read_by_program = frozenset({"text"})

    file = FileField(_l("关口表文件"), description=_l("文本文件，UTF-8；选了文件就不看下面的内容"))
    text = TextAreaField(
        _l("关口表内容"), validators=[Optional(), Length(max=LARGEST)], render_kw={"rows": 28, "spellcheck": "false"}
    )
    tried = HiddenField(validators=[Optional(), Length(max=64)])
    once = once_field()

    def raw_fields(self) -> frozenset[str]:
        """The table is taken as typed: errors name places in it."""
        return super().raw_fields() | {"text"}


class SumFields:
    """One sum with unit and currency."""

    number = text(_l("金额"), 30, description=_l("申报值，签约填合同外资"))
    unit = SelectField(_l("金额单位"), choices=unit_choices, default=unit_of_capital)
    currency = SelectField(_l("币种"), default="USD")
    checked = HiddenField(validators=[Optional(), Length(max=60)])
    doubt: SumSlip | None = None

    def doubted(self, refusal: Refusal) -> None:
        """Keep what makes the sum look like a slip, so that the page asks."""
        if isinstance(refusal, SumSlip):
            self.doubt = refusal

    def offer_currencies(self) -> None:
        """Fill the currency list."""
        self.currency.choices = [(code, word("currency", code)) for code in CURRENCIES]

    def validate_number(self, field: Field) -> None:
        """It must be a sum."""
        AmountFields.read(field.data, self.unit.data, self.currency.data)

    def sum_(self) -> Money | None:
        """What was typed; None for nothing."""
        return AmountFields.read(self.number.data, self.unit.data, self.currency.data)

    @staticmethod
    def values_of(sum_: Money | None) -> dict[str, str]:
        """A stored sum as its three fields."""
        if sum_ is None:
            return {}
        unit = unit_for(sum_.major)
        return {"number": f"{(sum_.major / UNITS[unit]).normalize():f}", "unit": unit, "currency": sum_.currency}


class StageForm(SumFields, Form):
    """To which stage, as of which day, with a note; the milestone by which it gets there; or let through with gaps."""

    to = RadioField(_l("进入阶段"), validators=[InputRequired(_l("请选择阶段"))])
    on = DateField(_l("发生日期"), default=clock.today, validators=[InputRequired(_DATE)])
    note = TextAreaField(
        _l("说明"), validators=[Optional(), Length(max=400, message=_l("最多400个字"))], description=_l("退回前一阶段须写明理由")
    )
    kind = SelectField(_l("同时登记节点"), default="")
    proofs = MultipleFileField(_l("佐证材料"))
    override = BooleanField(_l("带缺口放行"))
    reason = TextAreaField(_l("放行理由"), validators=text_field_limits(400))
    until = DateField(_l("补齐期限"), validators=[Optional()])
    version = version_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.to.choices = choices("stage")
        self.offer_currencies()

    def offer(self, kinds: Sequence[Kind], days: int) -> "StageForm":
        """Say which milestones may be entered along, and how long gaps may stay open where nothing else is said."""
        self.kind.choices = [("", _l("不在这里登记")), *((kind.value, word("milestone", kind)) for kind in kinds)]
        if self.until.data is None and not self.is_submitted():
            self.until.data = clock.today() + timedelta(days=days)
        return self

    def to_milestone(self, proofs: Proofs) -> NewMilestone | None:
        """The milestone, when one was chosen; who lets a lead through with gaps does not enter an empty one along."""
        if not self.kind.data or (self.override.data and not proofs and self.sum_() is None):
            return None
        return NewMilestone(Kind(self.kind.data), self.on.data, self.sum_(), None, tuple(proofs))

    def to_override(self) -> NewOverride | None:
        """The override, when one was ticked."""
        return NewOverride(self.reason.data or "", self.until.data or clock.today()) if self.override.data else None


class MilestoneForm(SumFields, Form):
    """节点: what happened when, how much, what shows it."""

    kind = SelectField(_l("节点"), validators=[InputRequired(_l("请选择节点"))])
    on = DateField(_l("发生日期"), validators=[InputRequired(_DATE)], description=_l("实际发生的日子，不是录入的日子"))
    note = TextAreaField(_l("说明"), validators=text_field_limits(400))
    proofs = MultipleFileField(_l("佐证材料"))
    once = once_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_currencies()

    def offer(self, kinds: Sequence[Kind]) -> "MilestoneForm":
        """Say which milestones may be chosen."""
        self.kind.choices = [(kind.value, word("milestone", kind)) for kind in kinds]
        return self

    def to_milestone(self, proofs: Proofs) -> NewMilestone:
        """What was typed, without the form."""
        return NewMilestone(Kind(self.kind.data), self.on.data, self.sum_(), self.note.data or None, tuple(proofs))


class CorrectForm(MilestoneForm):
    """The same, in the place of one that is there."""

    version = version_field()


class SeenForm(Form):
    """A word about a milestone, on the version that was seen."""

    version = version_field()


class ReasonForm(SeenForm):
    """The same with a reason. `about`: several stand on one page, each field wants an id of its own."""

    reason = TextAreaField(_l("理由"), validators=text_field_limits(400, required=True))

    def __init__(self, *args: Any, about: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.id = f"{about}reason"


class ConfirmForm(SumFields, SeenForm):
    """认定: another value than the reported one, with a reason; nothing for the same."""

    number = text(_l("认定值"), 30, description=_l("与申报值相同可不填"))
    note = TextAreaField(_l("认定说明"), validators=text_field_limits(400), description=_l("与申报值不同须写明"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_currencies()

    def to_verdict(self) -> Verdict:
        """What was typed, without the form."""
        return Verdict(self.sum_(), self.note.data or None, self.checked.data or "")


class ExpectedForm(Form):
    """预计节点: a day for each milestone to come, and why where one is moved or taken back. `version`: how many changes there
    were.
    """

    contract_signed = DateField(validators=[Optional()])
    registered = DateField(validators=[Optional()])
    first_funds = DateField(validators=[Optional()])
    construction_started = DateField(validators=[Optional()])
    fitout_started = DateField(validators=[Optional()])
    in_operation = DateField(validators=[Optional()])
    reason = TextAreaField(_l("调整原因"), validators=text_field_limits(400), description=_l("首次填写不必写，调整或取消须写"))
    version = version_field()

    def offer(self, kinds: Sequence[Kind]) -> "ExpectedForm":
        """Keep the fields of these milestones."""
        for kind in Kind:
            if kind.value not in self:
                continue
            if kind in kinds:
                self[kind.value].label.text = word("milestone", kind)
            else:
                del self[kind.value]
        return self

    def wanted(self) -> dict[Kind, date | None]:
        """What was typed, without the form."""
        return {kind: self[kind.value].data for kind in Kind if kind.value in self}


class PauseForm(Form):
    """暂缓."""

    wake_on = DateField(_l("唤醒日期"), validators=[InputRequired(_DATE)], description=_l("到这一天提醒负责人和区负责人"))
    reason = TextAreaField(_l("暂缓原因"), validators=text_field_limits(1000, required=True))
    version = version_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.id = "pause-reason"


class EndForm(Form):
    """终止."""

    cause = RadioField(_l("终止类别"), validators=[InputRequired(_l("请选择"))])
    reason = TextAreaField(_l("终止原因"), validators=text_field_limits(1000, required=True))
    lost_to = text(_l("落户到哪里"), 120, description=_l("落户其他地区须填"))
    would_have_won = TextAreaField(_l("什么条件能留住它"), validators=text_field_limits(400))
    version = version_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cause.choices = choices("end_cause")
        self.reason.id = "end-reason"

    def to_ending(self) -> Ending:
        """What was typed, without the form."""
        return Ending(Cause(self.cause.data), self.reason.data or "", self.lost_to.data or None, self.would_have_won.data or None)


class ResumeForm(Form):
    """恢复推进."""

    reason = TextAreaField(_l("恢复原因"), validators=text_field_limits(1000, required=True))
    version = version_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.id = "resume-reason"
