"""What is typed about transfers and open projects."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from crm.core import clock
from crm.credit.forms import TermsForm
from crm.transfers.services import NewAnswer, NewCard
from crm.web.forms import Form, once_field, one_line, text_field_limits


class OfferForm(TermsForm):
    """流转: to whom, why not here, on which terms, with or without names."""

    unit = SelectField(_l("流转给"), coerce=int, validators=[InputRequired(_l("请选择"))])
    reason = TextAreaField(_l("为什么本单位不宜承接"), validators=text_field_limits(400, required=True))
    shows_names = BooleanField(_l("让承接单位看到企业和项目名称"))
    once = once_field()

    def offer(self, units: list[tuple[int, str]]) -> "OfferForm":
        """Say which units may be chosen."""
        self.unit.choices = [(0, _l("未选")), *units]
        return self

    def validate_unit(self, field: Any) -> None:
        """Somebody must be chosen."""
        if not field.data:
            raise ValidationError(_l("请选择"))


class AssignForm(OfferForm):
    """定向分派: besides, who is to lead it."""

    owner = SelectField(_l("负责人"), coerce=int, default=0, description=_l("不选则由承接单位负责人确定"))

    def offer_people(self, people: list[tuple[int, str]]) -> "AssignForm":
        """Say who may be chosen."""
        self.owner.choices = [(0, _l("未选")), *people]
        return self


class CounterForm(TermsForm):
    """另提方案: other terms, and why."""

    reason = StringField(_l("理由"), filters=[one_line], validators=text_field_limits(400, required=True))


class OwnerForm(Form):
    """Who leads the lead in the receiving unit."""

    owner = SelectField(_l("负责人"), coerce=int, validators=[InputRequired(_l("请选择"))])

    def offer(self, people: list[tuple[int, str]]) -> "OwnerForm":
        """Say who may be chosen."""
        self.owner.choices = people
        return self


class WhyForm(Form):
    """A reason."""

    reason = StringField(_l("理由"), filters=[one_line], validators=text_field_limits(400, required=True))


class CardForm(TermsForm):
    """待承接项目: what strangers read."""

    text = TextAreaField(
        _l("项目简介"), validators=text_field_limits(400, required=True), description=_l("不写企业、品牌、联系人")
    )
    site = StringField(_l("用地或厂房需求"), filters=[one_line], validators=text_field_limits(200))
    energy = StringField(_l("用能需求"), filters=[one_line], validators=text_field_limits(200))
    people = StringField(_l("用工需求"), filters=[one_line], validators=text_field_limits(200))
    once = once_field()

    def to_card(self) -> NewCard:
        """What was typed, without the form."""
        return NewCard(self.text.data or "", self.to_terms(), self.site.data, self.energy.data, self.people.data)


class ProposalForm(Form):
    """承接申请: where, by which published policies, from when."""

    site = StringField(_l("场地"), filters=[one_line], validators=text_field_limits(200, required=True))
    policies = StringField(
        _l("适用政策"), filters=[one_line], validators=text_field_limits(200), description=_l("只填已公开发布的政策文号")
    )
    ready_on = DateField(_l("最早可承接日期"), validators=[InputRequired(_l("请填写"))])
    note = TextAreaField(_l("说明"), validators=text_field_limits(400))
    once = once_field()

    def validate_ready_on(self, field: Any) -> None:
        """Not in the past, not in another century."""
        today = clock.today()
        if not isinstance(field.data, date) or not today <= field.data <= today.replace(year=today.year + 10, day=1):
            raise ValidationError(_l("请填写今天以后、十年以内的日期"))

    def to_answer(self) -> NewAnswer:
        """What was typed, without the form."""
        return NewAnswer(self.site.data or "", self.ready_on.data or clock.today(), self.policies.data, self.note.data)


class ChooseForm(Form):
    """Which proposal, and why."""

    answer = StringField(_l("承接申请"), validators=[InputRequired(_l("请选择"))])
    reason = StringField(_l("理由"), filters=[one_line], validators=text_field_limits(400, required=True))
