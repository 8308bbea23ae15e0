"""What is typed to do one act for many leads: which act, and its own fields."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from crm.bulk.rules import Act, Wanted
from crm.clusters import queries as clusters
from crm.core import clock
from crm.core.money import CURRENCIES, Money
from crm.leads.forms.fields import AmountFields, unit_choices, unit_of_total
from crm.leads.rules.lead import Band
from crm.pipeline.rules import Kind
from crm.sharing.rules import ShareRole, settings
from crm.web.forms import Form, once_field, one_line, text_field_limits
from crm.web.locale import html_lang
from crm.web.words import choices, word

_NEEDS = {
    Act.OWNER: ("owner",), Act.CLUSTER: ("first",), Act.NEXT: ("step", "due_on"), Act.SHARE: ("unit", "until"), Act.EXPORT: (),
}  # fmt: skip


class BulkForm(Form):
    """One act; only its own fields are asked for."""

    act = RadioField(_l("要做什么"), validators=[InputRequired(_l("请选择"))])
    owner = SelectField(_l("新的负责人"), default="", validators=[Optional()])
    first = SelectField(_l("主要产业集群"), default="", validators=[Optional()])
    second = SelectField(_l("其他集群"), default="", validators=[Optional()])
    step = StringField(_l("下一步"), filters=[one_line], validators=text_field_limits(200))
    due_on = DateField(_l("完成日期"), validators=[Optional()])
    unit = SelectField(_l("共享给"), default="", validators=[Optional()])
    role = RadioField(_l("角色"), default=ShareRole.ASSIST.value, validators=[Optional()])
    tier = RadioField(_l("范围"), default="detail", validators=[Optional()])
    level = RadioField(_l("权限"), default="read", validators=[Optional()])
    until = DateField(_l("至哪一天"), validators=[Optional()])
    note = StringField(_l("说明"), filters=[one_line], validators=text_field_limits(200))
    state = HiddenField(validators=[Optional(), Length(max=4000)])
    once = once_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        none = [("", _l("未选"))]
        offered = [*none, *((str(one.id), one.name(html_lang())) for one in clusters.current())]
        self.first.choices = self.second.choices = offered
        self.role.choices, self.tier.choices = choices("share_role"), choices("share_tier")
        self.level.choices = choices("share_level")
        if not self.is_submitted() and self.until.data is None:
            self.until.data = clock.today() + timedelta(days=settings()["share_days_usual"])

    def offer(
        self, acts: list[Act], people: list[tuple[int, str]], units: list[tuple[int, str]]
    ) -> "BulkForm":  # fmt: skip
        """Say which acts this person may do at all, and who and which units may be chosen."""
        self.act.choices = [(code, label) for code, label in choices("bulk_act") if code in acts]
        self.owner.choices = [("", _l("未选")), *((str(key), name) for key, name in people)]
        self.unit.choices = [("", _l("未选")), *((str(key), name) for key, name in units)]
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields of the chosen act are needed; the others are not looked at."""
        good: bool = super().validate(extra_validators)
        if self.act.data in set(Act):
            for name in _NEEDS[Act(self.act.data)]:
                if not self[name].data and not self[name].errors:
                    self[name].errors = [_l("请填写")]
                    good = False
        return good

    def to_act(self) -> Act:
        """The chosen act."""
        return Act(self.act.data)

    def to_wanted(self) -> Wanted:
        """What was typed for it, without the form."""
        act = self.to_act()
        if act is Act.OWNER:
            return Wanted(owner_id=int(self.owner.data))
        if act is Act.CLUSTER:
            ids = [int(value) for value in (self.first.data, self.second.data) if value]
            return Wanted(cluster_ids=tuple(dict.fromkeys(ids)))
        if act is Act.NEXT:
            return Wanted(step=self.step.data or "", due_on=self.due_on.data)
        return Wanted(
            unit_id=int(self.unit.data), role=self.role.data, tier=self.tier.data, level=self.level.data, until=self.until.data,
            note=self.note.data or "",
        )  # fmt: skip


class BeginForm(Form):
    """Do what was seen, or prepare its counter-act."""


class NextForm(Form):
    """The next step of one lead, where it stands. `was`: what stood there when it was opened."""

    step = StringField(_l("下一步"), filters=[one_line], validators=text_field_limits(200, required=True))
    due_on = DateField(_l("完成日期"), validators=[InputRequired(_l("请填写"))])
    was = HiddenField(validators=[Optional(), Length(max=260)])


class OwnerForm(Form):
    """The owner of one lead, where it stands."""

    owner = SelectField(_l("负责人"), validators=[InputRequired(_l("请选择"))])
    was = HiddenField(validators=[Optional(), Length(max=260)])

    def offer(self, people: list[tuple[int, str]]) -> "OwnerForm":
        """Say who may be chosen."""
        self.owner.choices = [("", _l("未选")), *((str(key), name) for key, name in people)]
        return self


class TotalForm(Form):
    """The total investment of one lead, where it stands; of an undisclosed investor the band too. `sure`: a sum that was asked
    about and is meant.
    """

    total_number = StringField(_l("总投资"), filters=[one_line], validators=[Optional(), Length(max=30)])
    total_unit = SelectField(_l("总投资单位"), default=unit_of_total)
    total_currency = SelectField(_l("总投资币种"), default="CNY")
    band = SelectField(_l("金额区间"), default=Band.UNKNOWN.value)
    was = HiddenField(validators=[Optional(), Length(max=60)])
    sure = HiddenField(validators=[Optional(), Length(max=60)])

    def __init__(self, *args: Any, disclosed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.total_unit.choices = unit_choices()
        self.total_currency.choices = [(code, word("currency", code)) for code in CURRENCIES]
        self.band.choices = choices("band")
        if disclosed:
            del self.band

    def validate_total_number(self, _field: Field) -> None:
        """It must be a sum."""
        self.to_total()

    def to_total(self) -> Money | None:
        """The sum; None when it is empty. ValidationError in words."""
        return AmountFields.read(self.total_number.data, self.total_unit.data, self.total_currency.data)

    def to_band(self) -> Band | None:
        """The band, where it may be chosen."""
        return Band(self.band.data) if "band" in self else None

    def typed(self) -> str:
        """The sum in one text: what somebody says is meant."""
        total = self.to_total()
        return f"{total.amount} {total.currency}" if total else ""


class ExpectedDayForm(Form):
    """The day of the milestone that one lead expects next, where it stands; none takes it back."""

    kind = SelectField(_l("预计节点"), validators=[InputRequired(_l("请选择"))])
    on = DateField(_l("预计日期"), validators=[Optional()])
    reason = StringField(_l("调整原因"), filters=[one_line], validators=text_field_limits(400))
    was = HiddenField(validators=[Optional(), Length(max=60)])

    def offer(self, kinds: Iterable[Kind]) -> "ExpectedDayForm":
        """Say of which milestones a day may be set."""
        self.kind.choices = [(kind.value, word("milestone", kind)) for kind in kinds]
        return self
