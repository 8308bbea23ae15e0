"""What is typed about phases and expansions of a project."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional

from crm.leads.forms.fields import text
from crm.leads.rules.phases import Basis, NewPhase, PhaseKind
from crm.web.forms import Form, WholeField, once_field, text_field_limits
from crm.web.words import choices


class PhaseForm(Form):
    """分期与增资: below which project, as what, and what the sums of this one say."""

    parent = SelectField(_l("上级项目"), validators=[Optional()])
    parent_number = text(_l("上级项目编号"), 20, description=_l("投资方不同的上级项目填编号"))
    kind = RadioField(_l("关系"), validators=[InputRequired(_l("请选择"))])
    number = WholeField(
        _l("第几期（次）"), default=2,
        validators=[InputRequired(_l("请填写数字")), NumberRange(1, 99, message=_l("请填 1 到 99 的数字"))],
    )  # fmt: skip
    basis = RadioField(_l("本项目金额的口径"), validators=[InputRequired(_l("请选择"))], default="own")
    reason = TextAreaField(_l("说明"), validators=text_field_limits(400), description=_l("投资方与上级项目不同须写明原因"))
    once = once_field()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices, self.basis.choices = choices("phase_kind"), choices("phase_basis")

    def offer(self, leads: Sequence[tuple[str, str]]) -> "PhaseForm":
        """Say which projects may be chosen: number and name of each."""
        self.parent.choices = [("", _l("不选，填编号")), *leads]
        return self

    def to_phase(self) -> NewPhase:
        """What was typed, without the form."""
        parent = self.parent_number.data or self.parent.data or ""
        return NewPhase(parent, PhaseKind(self.kind.data), self.number.data or 1, Basis(self.basis.data), self.reason.data or "")


class PhaseEndForm(Form):
    """Ending the relation."""

    reason = TextAreaField(_l("解除原因"), validators=text_field_limits(400, required=True))
