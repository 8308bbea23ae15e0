"""What is typed about matters."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired

from crm.matters.rules import Level, NewMatter
from crm.web.forms import Form, once_field, text_field_limits
from crm.web.words import word


class MatterForm(Form):
    """需协调事项: what is needed, from which level, unit and person."""

    text = TextAreaField(
        _l("需要协调什么"),
        validators=text_field_limits(1000, required=True),
        description=_l("写清问题、希望谁做什么，不写联系方式"),
    )
    level = RadioField(_l("层级"), default=Level.DISTRICT.value, validators=[InputRequired(_l("请选择"))])
    unit = SelectField(_l("责任单位"), coerce=int, default=0, description=_l("不选则区级由跟进单位、市级由市统筹答复"))
    user = SelectField(_l("责任人"), coerce=int, default=0)
    once = once_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.level.choices = [(level.value, word("matter_level", level)) for level in (Level.DISTRICT, Level.CITY)]

    def offer(self, units: list[tuple[int, str]], people: list[tuple[int, str]]) -> "MatterForm":
        """Say which units and people may be chosen."""
        self.unit.choices = [(0, _l("未选")), *units]
        self.user.choices = [(0, _l("未选")), *people]
        return self

    def to_matter(self) -> NewMatter:
        """What was typed, without the form."""
        return NewMatter(self.text.data or "", Level(self.level.data), self.unit.data or None, self.user.data or None)


class TextForm(Form):
    """An answer, or a reason."""

    text = TextAreaField(_l("内容"), validators=text_field_limits(1000, required=True))
