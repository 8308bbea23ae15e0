"""What is typed about a saved view: its name and for whom it is."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from crm.policy.rules import Actor
from crm.shelves.queries import may_keep
from crm.shelves.rules import Place, Reach
from crm.web.forms import Form, once_field, one_line, text_field_limits, version_field
from crm.web.words import word


class _Named(Form):
    name = StringField(_l("视图名称"), filters=[one_line], validators=text_field_limits(40, required=True))
    reach = RadioField(_l("给谁用"), default=Reach.MINE.value, validators=[InputRequired(_l("请选择"))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reach.choices = [(one.value, word("view_reach", one)) for one in Reach]

    def offer(self, actor: Actor, *also: str) -> Any:
        """Only what this person may publish, and what the view is already."""
        may = [one for one in Reach if may_keep(actor, one) or one.value in also]
        self.reach.choices = [(one.value, word("view_reach", one)) for one in may]
        return self

    def to_reach(self) -> Reach:
        """For whom."""
        return Reach(self.reach.data)


class KeepForm(_Named):
    """A state of the list, to be kept."""

    state = HiddenField(validators=[Optional(), Length(max=4000)])
    place = HiddenField(default=Place.LIST.value)
    once = once_field()

    def to_place(self) -> Place:
        """Where it opens."""
        return Place(self.place.data) if self.place.data in set(Place) else Place.LIST


class ChangeForm(_Named):
    """Another name, or for others."""

    version = version_field()


class StateForm(Form):
    """The present state, in the place of the one that a view keeps."""

    state = HiddenField(validators=[Optional(), Length(max=4000)])
    place = HiddenField(default=Place.LIST.value)
    version = version_field()

    def to_place(self) -> Place:
        """Where it opens."""
        return Place(self.place.data) if self.place.data in set(Place) else Place.LIST
