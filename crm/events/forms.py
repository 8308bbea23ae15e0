"""What is typed of an event."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from crm.core import regions
from crm.events.models import Event
from crm.events.rules import HOME, EventKind, NewEvent
from crm.policy.rules import WORKS_IN_A_UNIT, Actor
from crm.units import queries as units
from crm.web.forms import Form, once_field, one_line, text_field_limits, version_field
from crm.web.locale import html_lang
from crm.web.words import choices


class EventForm(Form):
    """登记活动."""

    name = StringField(
        _l("活动名称"), filters=[one_line],
        validators=[InputRequired(_l("请填写活动名称")), Length(max=120, message=_l("最多 %(max)d 个字"))],
        description=_l("写全称和届次"),
    )  # fmt: skip
    kind = SelectField(_l("活动类别"), validators=[InputRequired(_l("请选择"))])
    first_on = DateField(_l("开始日期"), validators=[InputRequired(_l("请填写日期"))])
    last_on = DateField(_l("结束日期"), validators=[InputRequired(_l("请填写日期"))])
    country = SelectField(_l("国家/地区"), validators=[InputRequired(_l("请选择国家/地区"))], default=HOME)
    city = StringField(
        _l("举办城市"), filters=[one_line],
        validators=[InputRequired(_l("请填写城市")), Length(max=80, message=_l("最多 %(max)d 个字"))],
    )  # fmt: skip
    unit = SelectField(_l("主办单位"), coerce=int, validators=[InputRequired(_l("请选择"))])
    note = TextAreaField(_l("备注"), validators=text_field_limits(1000))
    once = once_field()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lang = html_lang()
        self.kind.choices = [("", _l("请选择")), *choices("event_kind")]
        abroad = [one for one in regions.choices(lang) if one[0] != HOME]
        self.country.choices = [("", _l("请选择")), (HOME, _l("中国大陆")), *abroad]
        below = set(units.under(actor.unit_path)) if actor.role in WORKS_IN_A_UNIT else None
        offered = [unit for unit in units.labels().values() if not unit.retired and (below is None or unit.id in below)]
        self.unit.choices = [(unit.id, unit.name(lang)) for unit in offered]

    def validate_last_on(self, field: Field) -> None:
        """An event does not end before it begins."""
        if isinstance(field.data, date) and self.first_on.data and field.data < self.first_on.data:
            raise ValidationError(str(_l("结束日期不能早于开始日期")))

    def to_event(self) -> NewEvent:
        """What was typed, without the form."""
        return NewEvent(
            self.name.data or "", EventKind(self.kind.data), self.first_on.data, self.last_on.data, self.country.data or "",
            self.city.data or "", self.unit.data, self.note.data or "",
        )  # fmt: skip


class ChangeForm(EventForm):
    """An event that is there, changed in place."""

    version = version_field()


class WithdrawForm(Form):
    """Why an event is taken off the list."""

    reason = TextAreaField(_l("撤销原因"), validators=text_field_limits(400, required=True))


def facts_of(event: Event) -> dict[str, Any]:
    """What a form that changes an event shows first."""
    return {
        "name": event.name, "kind": event.kind, "first_on": event.first_on, "last_on": event.last_on, "country": event.country,
        "city": event.city, "unit": event.unit_id, "note": event.note, "version": event.version,
    }  # fmt: skip
