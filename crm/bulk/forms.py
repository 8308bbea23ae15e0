"""What is typed to do one act for many leads: which act, and its own fields."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from crm.bulk.rules import Act, Wanted
from crm.clusters import queries as clusters
from crm.core import clock
from crm.sharing.rules import ShareRole, settings
from crm.web.forms import Form, once_field, one_line, text_field_limits
from crm.web.locale import html_lang
from crm.web.words import choices

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
