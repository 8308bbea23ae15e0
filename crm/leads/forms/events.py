"""What is typed to put a lead to an event."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from crm.events.models import Event
from crm.events.words import choice_of
from crm.web.forms import Form, text_field_limits


class EventLinkForm(Form):
    """来源活动, 签约活动: one event or none; `was`: the key of the one that the page showed."""

    event = SelectField(_l("活动"), coerce=int, default=0)
    reason = TextAreaField(_l("原因"), validators=text_field_limits(400), description=_l("更换或解除时须写明"))
    was = HiddenField(validators=[Optional(), Length(max=9)])

    def offer(self, events: Iterable[Event]) -> "EventLinkForm":
        """Say which events may be chosen."""
        self.event.choices = [(0, _l("不关联")), *((event.id, choice_of(event)) for event in events)]
        return self

    def showed(self) -> int | None:
        """The event that the page showed; None for none, and for what no page sends (which then moved)."""
        data = self.was.data or ""
        return int(data) if data.isascii() and data.isdigit() else None
