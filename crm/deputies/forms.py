"""What is typed to hand a desk on."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from crm.accounts.models import User
from crm.web.forms import Form, once_field, one_line

_DAY = _l("请填写日期，例如 2026-06-18")


class HandForm(Form):
    """Whose desk, who does it, from when until when, and why."""

    whose = SelectField(_l("谁的工作"), validators=[InputRequired(_l("请选择"))])
    to = SelectField(_l("由谁代理"), default="", validators=[InputRequired(_l("请选择"))])
    first = DateField(_l("自"), validators=[InputRequired(_DAY)])
    last = DateField(_l("至"), validators=[InputRequired(_DAY)])
    note = StringField(
        _l("说明"), filters=[one_line], description=_l("如休假、出差"),
        validators=[Optional(), Length(max=200, message=_l("最多200个字"))],
    )  # fmt: skip
    once = once_field()

    def offer(self, desks: list[User], colleagues: list[User], lang: str) -> "HandForm":
        """With these people to choose from."""
        several = len({user.unit_id for user in [*desks, *colleagues]}) > 1

        def called(user: User) -> str:
            return f"{user.name}　{user.unit.short(lang)}" if several else user.name

        self.whose.choices = [(user.public_id, called(user)) for user in desks]
        self.to.choices = [("", _l("请选择")), *((user.public_id, called(user)) for user in colleagues)]
        return self
