"""What is typed to share a lead, to offer help, and to give a code name."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from crm.core import clock
from crm.sharing.rules import Level, Sealing, ShareRole, Terms, Tier, settings
from crm.web.forms import Form, once_field, one_line, text_field_limits
from crm.web.words import choices


class ShareForm(Form):
    """共享: who, in which role, how far, until when."""

    holder = SelectField(_l("共享给"), validators=[InputRequired(_l("请选择"))])
    role = RadioField(_l("角色"), default="assist", validators=[InputRequired(_l("请选择"))])
    tier = RadioField(_l("范围"), default="detail", validators=[InputRequired(_l("请选择"))])
    level = RadioField(_l("权限"), default="read", validators=[InputRequired(_l("请选择"))])
    until = DateField(_l("至哪一天"), validators=[InputRequired(_l("请填写"))])
    note = StringField(_l("说明"), filters=[one_line], validators=text_field_limits(200))
    once = once_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices, self.tier.choices = choices("share_role"), choices("share_tier")
        self.level.choices = choices("share_level")
        if not self.is_submitted() and self.until.data is None:
            self.until.data = clock.today() + timedelta(days=settings()["share_days_usual"])

    def offer(self, units: list[tuple[int, str]], people: list[tuple[int, str]]) -> "ShareForm":
        """Say who may be chosen: units, and people of the following unit."""
        groups: dict[str, list[tuple[str, str]]] = {_("单位"): [(f"unit-{key}", name) for key, name in units]}
        if people:
            groups[_("本单位人员")] = [(f"person-{key}", name) for key, name in people]
        self.holder.choices = {"": [("", _("未选"))], **groups}
        return self

    def chosen(self) -> tuple[int | None, int | None]:
        """The chosen unit's key, or the chosen person's."""
        kind, _dash, key = (self.holder.data or "").partition("-")
        return (int(key), None) if kind == "unit" else (None, int(key))

    def to_terms(self) -> Terms:
        """What was typed, without the form."""
        return Terms(
            ShareRole(self.role.data), Level(self.level.data), Tier(self.tier.data), self.until.data, self.note.data or ""
        )


class AssistForm(Form):
    """申请协办: as what, and why."""

    role = RadioField(_l("角色"), default="assist", validators=[InputRequired(_l("请选择"))])
    note = TextAreaField(_l("能提供什么、为什么"), validators=text_field_limits(200, required=True))
    once = once_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [one for one in choices("share_role") if one[0] != ShareRole.MAIN]

    def to_role(self) -> ShareRole:
        """The chosen role."""
        return ShareRole(self.role.data)


class SealForm(Form):
    """代号项目: what it is called, until when, why."""

    code_name = StringField(
        _l("代号"), filters=[one_line], validators=text_field_limits(20, required=True),
        description=_l("不能含有企业名称"),
    )  # fmt: skip
    seal_until = DateField(_l("至哪一天"), validators=[InputRequired(_l("请填写"))])
    seal_reason = TextAreaField(_l("设代号的理由"), validators=text_field_limits(400, required=True))
    once = once_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted() and self.seal_until.data is None:
            self.seal_until.data = clock.today() + timedelta(days=settings()["seal_days_usual"])

    def to_sealing(self) -> Sealing:
        """What was typed, without the form."""
        return Sealing(self.code_name.data or "", self.seal_until.data, self.seal_reason.data or "")


class AnswerForm(Form):
    """Yes or no, and a word about it."""

    reply = RadioField(_l("答复"), choices=[("yes", _l("同意")), ("no", _l("不同意"))], validators=[InputRequired(_l("请选择"))])
    reason = StringField(_l("理由"), filters=[one_line], validators=text_field_limits(400))

    @property
    def agreed(self) -> bool:
        """Whether it is a yes."""
        return bool(self.reply.data == "yes")


class EndForm(Form):
    """Ending a share or a code name."""

    reason = StringField(_l("理由"), filters=[one_line], validators=text_field_limits(200))


class RenewForm(Form):
    """延期: until which later day a code name stays, and why."""

    until = DateField(_l("延期至"), validators=[InputRequired(_l("请填写"))])
    reason = StringField(_l("理由"), filters=[one_line], validators=text_field_limits(400, required=True))
