"""What an officer types about a lead."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from crm.clusters import queries as clusters
from crm.core import industries, regions
from crm.core.identifiers import fold_registration, normalise_phone, normalise_uscc, registrable_domain
from crm.core.money import CURRENCIES, Money
from crm.leads.rules.lead import (
    Band,
    Conflict,
    Decision,
    Decisions,
    HitDecision,
    LeadEdit,
    NewContact,
    NewLead,
    NewParty,
    Outcome,
    PartyRole,
    Source,
)
from crm.units import queries as units
from crm.web.forms import Form, once_field, one_line, version_field
from crm.web.words import choices, word

UNITS = {"yi": 100_000_000, "wan": 10_000, "one": 1}


def _limit(maximum: int) -> Length:
    return Length(max=maximum, message=_l("最多%(max)d个字"))


def _text(label: Any, maximum: int, *, required: bool = False, description: Any = "") -> StringField:
    need = InputRequired(_l("请填写")) if required else Optional()
    return StringField(label, filters=[one_line], validators=[need, _limit(maximum)], description=description)


class PickManyField(SelectMultipleField):
    """Several of a few, as chips."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class AmountFields:
    """A sum as people write it: a number, its unit (亿, 万, 元) and a currency."""

    @staticmethod
    def read(number: str | None, unit: str, currency: str) -> Money | None:
        """The sum, None when empty. ValidationError in words when it is no number, negative or beyond all measure."""
        if not number:
            return None
        try:
            value = Decimal(number.replace(",", "").replace("，", "")) * UNITS[unit]
            if not value.is_finite():
                raise InvalidOperation
        except InvalidOperation as error:
            raise ValidationError(str(_l("请填写数字，例如 3.6"))) from error
        if value < 0:
            raise ValidationError(str(_l("金额不能为负")))
        try:
            return Money.of(value, currency)
        except ValueError as error:
            raise ValidationError(str(_l("金额过大，请检查单位"))) from error


def _unit_choices() -> list[tuple[str, Any]]:
    return [("yi", _l("亿")), ("wan", _l("万")), ("one", _l("元（单位）"))]


class _SumMixin:
    """Two sums with unit and currency."""

    total_number = _text(_l("总投资"), 30)
    total_unit = SelectField(_l("总投资单位"), choices=_unit_choices(), default="yi")
    total_currency = SelectField(_l("总投资币种"), default="CNY")
    contracted_number = _text(_l("合同外资"), 30)
    contracted_unit = SelectField(_l("合同外资单位"), choices=_unit_choices(), default="wan")
    contracted_currency = SelectField(_l("合同外资币种"), default="USD")

    def offer_currencies(self) -> None:
        """Fill the currency lists."""
        offered = [(code, word("currency", code)) for code in CURRENCIES]
        self.total_currency.choices = self.contracted_currency.choices = offered

    def validate_total_number(self, field: Field) -> None:
        """The total must be a sum."""
        AmountFields.read(field.data, self.total_unit.data, self.total_currency.data)

    def validate_contracted_number(self, field: Field) -> None:
        """The contracted sum must be a sum."""
        AmountFields.read(field.data, self.contracted_unit.data, self.contracted_currency.data)

    def sums(self) -> tuple[Money | None, Money | None]:
        """Total investment and contracted foreign capital."""
        return (
            AmountFields.read(self.total_number.data, self.total_unit.data, self.total_currency.data),
            AmountFields.read(self.contracted_number.data, self.contracted_unit.data, self.contracted_currency.data),
        )


class LeadForm(_SumMixin, Form):
    """登记线索: five fields, the rest unfolds."""

    disclosed = RadioField(
        _l("投资方"), choices=[("yes", _l("投资方已知")), ("no", _l("暂未披露"))], default="yes", validators=[InputRequired()]
    )
    investor = _text(_l("投资方名称"), 200, description=_l("任何语言"))
    intermediary = _text(_l("中间人"), 120, description=_l("经谁得知"))
    amount_band = SelectField(_l("金额区间"), default="unknown")
    country = SelectField(_l("国家/地区"), validators=[InputRequired(_l("请选择国家/地区"))])
    source = SelectField(_l("来源"), validators=[InputRequired(_l("请选择来源"))])
    introducer = _text(_l("引荐人"), 120)
    title = StringField(_l("项目一句话"), filters=[one_line], validators=[InputRequired(_l("请用一句话写明项目")), _limit(120)])
    districts = PickManyField(_l("拟落户区"), coerce=int, description=_l("可多选，不选即未定"))
    name_2 = _text(_l("其他语言名称"), 200)
    name_3 = _text(_l("简称或曾用名"), 200)
    website = _text(_l("网址"), 300)
    uscc = _text(_l("统一社会信用代码"), 30)
    registration_number = _text(_l("境外注册号"), 60)
    controlling_country = SelectField(_l("控股方国家/地区"), default="")
    industry = SelectField(_l("行业（GB/T 4754）"), default="")
    cluster = SelectField(_l("主要产业集群"), coerce=int, default=0)
    cluster_2 = SelectField(_l("其他集群"), coerce=int, default=0)
    park = _text(_l("园区"), 120)
    external_number = _text(_l("外部编号"), 60)
    party_role = SelectField(_l("相关企业角色"), default="")
    party_name = _text(_l("相关企业名称"), 200)
    contact_name = _text(_l("联系人"), 80)
    contact_title = _text(_l("职务"), 80)
    contact_phone = _text(_l("电话"), 40)
    contact_email = _text(_l("邮箱"), 200)
    next_step = _text(_l("下一步"), 200)
    next_due = DateField(_l("何时"), validators=[Optional()])
    note = TextAreaField(_l("备注"), validators=[Optional(), _limit(2000)])
    evidence = MultipleFileField(_l("佐证"), description=_l("邮件、会议纪要、照片等；有佐证才能申报首报"))
    once = once_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lang = "en" if str(get_locale()).startswith("en") else "zh"
        self.country.choices = [("", _l("请选择")), *regions.choices(lang)]
        self.controlling_country.choices = [("", _l("与投资方相同")), *regions.choices(lang)]
        self.source.choices = [("", _l("请选择")), *choices("source")]
        self.amount_band.choices = choices("band")
        self.industry.choices = [("", _l("未选")), *industries.choices()]
        self.cluster.choices = [(0, _l("未选")), *((c.id, c.name(lang)) for c in clusters.current())]
        self.cluster_2.choices = self.cluster.choices
        self.party_role.choices = [("", _l("未选")), *choices("party_role")]
        self.districts.choices = [(unit.id, unit.short(lang)) for unit in units.areas()]
        self.offer_currencies()

    def validate_investor(self, field: Field) -> None:
        """A known investor has a name."""
        if self.disclosed.data == "yes" and not field.data:
            raise ValidationError(str(_l("请填写投资方名称，或选“暂未披露”")))
        if self.disclosed.data == "yes" and not any(c.isalnum() for c in field.data or ""):
            raise ValidationError(str(_l("名称里至少要有一个文字")))

    def validate_intermediary(self, field: Field) -> None:
        """An undisclosed investor comes through somebody."""
        if self.disclosed.data == "no" and not field.data:
            raise ValidationError(str(_l("暂未披露时，请写明经谁得知")))

    def validate_uscc(self, field: Field) -> None:
        """The check digit has to be right."""
        if field.data and normalise_uscc(field.data) is None:
            raise ValidationError(str(_l("统一社会信用代码的校验位不对，请核对18位代码")))

    def validate_website(self, field: Field) -> None:
        """An address a firm can have."""
        if field.data and registrable_domain(field.data) is None:
            raise ValidationError(str(_l("网址无法识别，例如 www.example.com")))

    def validate_registration_number(self, field: Field) -> None:
        """Long enough to tell firms apart."""
        if field.data and fold_registration(field.data) is None:
            raise ValidationError(str(_l("注册号过短")))

    def validate_contact_phone(self, field: Field) -> None:
        """A number somebody can call."""
        if field.data and normalise_phone(field.data) is None:
            raise ValidationError(str(_l("电话号码无法识别，境外号码请加国家代码，例如 +49 30 1234567")))

    def validate_contact_email(self, field: Field) -> None:
        """An address somebody can write to."""
        local, _sign, host = (field.data or "").rpartition("@")
        if field.data and (not local or "." not in host or " " in field.data):
            raise ValidationError(str(_l("邮箱无法识别")))

    def validate_party_name(self, field: Field) -> None:
        """A role needs a name, a name a role."""
        if bool(field.data) != bool(self.party_role.data):
            raise ValidationError(str(_l("角色和名称请一起填写")))

    def validate_contact_name(self, field: Field) -> None:
        """Phone and mail belong to somebody."""
        if not field.data and (self.contact_phone.data or self.contact_email.data or self.contact_title.data):
            raise ValidationError(str(_l("请填写联系人姓名")))

    def to_new_lead(self) -> NewLead:
        """What was typed, without the form."""
        total, contracted = self.sums()
        known = self.disclosed.data == "yes"
        names = tuple(n for n in (self.name_2.data, self.name_3.data) if n)
        tags = tuple(dict.fromkeys(c for c in (self.cluster.data, self.cluster_2.data) if c))
        contact = NewContact(
            self.contact_name.data or "", self.contact_title.data or None, self.contact_phone.data or None,
            self.contact_email.data or None,
        )  # fmt: skip
        party = NewParty(PartyRole(self.party_role.data), self.party_name.data) if self.party_role.data else None
        return NewLead(
            title=self.title.data or "",
            source=Source(self.source.data),
            investor=self.investor.data if known else None,
            other_names=names if known else (),
            country=self.country.data or None,
            controlling_country=self.controlling_country.data or None,
            intermediary=self.intermediary.data or None if not known else None,
            amount_band=Band(self.amount_band.data) if not known else None,
            introducer=self.introducer.data or None,
            district_ids=tuple(self.districts.data or ()),
            website=self.website.data or None,
            uscc=self.uscc.data or None,
            registration_number=self.registration_number.data or None,
            total=total,
            contracted=contracted,
            industry=self.industry.data or None,
            cluster_ids=tags,
            park=self.park.data or None,
            external_number=self.external_number.data or None,
            note=self.note.data or None,
            contacts=(contact,) if contact.name else (),
            parties=(party,) if party else (),
            next_step=self.next_step.data or None,
            next_due=self.next_due.data,
        )

    def to_subject_lead(self) -> NewLead:
        """What of a half-typed form the check can use."""
        names = tuple(n for n in (self.name_2.data, self.name_3.data) if n)
        phone = self.contact_phone.data or None
        contacts = (NewContact(self.contact_name.data or "?", phone=phone, email=self.contact_email.data or None),)
        return NewLead(
            title="", source=Source.OTHER, investor=self.investor.data or None, other_names=names,
            country=self.country.data or None, website=self.website.data or None, uscc=self.uscc.data or None,
            registration_number=self.registration_number.data or None, contacts=contacts,
        )  # fmt: skip


def decisions_from(posted: "MultiDict[str, str]") -> Decisions:
    """The choices of the strip: `decide-<company>` = decision[:lead], `because-<company>` the reason, `coordinate`."""
    hits: list[HitDecision] = []
    for key, value in posted.items():
        if not key.startswith("decide-") or not value:
            continue
        company = key.removeprefix("decide-")
        name, _sign, lead = value.partition(":")
        if name in set(Decision):
            reason = one_line(posted.get(f"because-{company}", "")) or ""
            hits.append(HitDecision(company[:22], Decision(name), lead[:22] or None, reason[:400]))
    return Decisions(tuple(hits), posted.get("coordinate") == "yes")


class PasteForm(Form):
    """粘贴登记."""

    text = TextAreaField(_l("粘贴聊天记录、来函或通知"), validators=[InputRequired(_l("请先粘贴一段文字")), _limit(4000)])


class AssessForm(Form):
    """研判."""

    outcome = RadioField(_l("研判结果"), validators=[InputRequired(_l("请选择研判结果"))])
    reason = TextAreaField(_l("理由"), validators=[Optional(), _limit(1000)], description=_l("补充材料、不予入库须写明理由"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outcome.choices = choices("outcome")

    def to_outcome(self) -> Outcome:
        """The chosen outcome."""
        return Outcome(self.outcome.data)


class EditForm(_SumMixin, Form):
    """The facts of a lead, edited in place."""

    title = StringField(_l("项目一句话"), filters=[one_line], validators=[InputRequired(_l("请填写")), _limit(120)])
    country = SelectField(_l("国家/地区"), default="")
    controlling_country = SelectField(_l("控股方国家/地区"), default="")
    source = SelectField(_l("来源"))
    introducer = _text(_l("引荐人"), 120)
    industry = SelectField(_l("行业（GB/T 4754）"), default="")
    park = _text(_l("园区"), 120)
    external_number = _text(_l("外部编号"), 60)
    first_talks_on = DateField(_l("首谈日期"), validators=[Optional()])
    total_verified = BooleanField(_l("总投资已核实"))
    districts = PickManyField(_l("拟落户区"), coerce=int, description=_l("可多选，不选即未定"))
    note = TextAreaField(_l("备注"), validators=[Optional(), _limit(2000)])
    version = version_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lang = "en" if str(get_locale()).startswith("en") else "zh"
        self.country.choices = [("", _l("未选")), *regions.choices(lang)]
        self.controlling_country.choices = [("", _l("与投资方相同")), *regions.choices(lang)]
        self.source.choices = choices("source")
        self.industry.choices = [("", _l("未选")), *industries.choices()]
        self.districts.choices = [(unit.id, unit.short(lang)) for unit in units.areas()]
        self.offer_currencies()

    @staticmethod
    def plain_names() -> tuple[str, ...]:
        """Fields that are called like the lead's own columns."""
        return (
            "title", "country", "controlling_country", "source", "introducer", "industry", "park", "external_number",
            "first_talks_on", "total_verified", "note", "version",
        )  # fmt: skip

    @staticmethod
    def sum_values(name: str, amount: int, currency: str) -> dict[str, str]:
        """A stored sum as its three fields, in the unit people would write it in."""
        major = Money(amount, currency).major
        unit = "yi" if major >= UNITS["yi"] else "wan" if major >= UNITS["wan"] else "one"
        number = f"{(major / UNITS[unit]).normalize():f}"
        return {f"{name}_number": number, f"{name}_unit": unit, f"{name}_currency": currency}

    def conflicts_with(self, saved: "EditForm") -> list[Conflict]:
        """The fields in which what was typed differs from what a colleague saved meanwhile."""
        return [
            Conflict(name=str(mine.label.text), saved=_shown(saved[mine.name]), typed=_shown(mine))
            for mine in self
            if mine.name not in ("csrf_token", "version") and _shown(mine) != _shown(saved[mine.name])
        ]

    def to_edit(self) -> LeadEdit:
        """What was typed, without the form."""
        total, contracted = self.sums()
        return LeadEdit(
            title=self.title.data or "",
            country=self.country.data or None,
            controlling_country=self.controlling_country.data or None,
            source=Source(self.source.data),
            introducer=self.introducer.data or None,
            industry=self.industry.data or None,
            park=self.park.data or None,
            external_number=self.external_number.data or None,
            note=self.note.data or None,
            total=total,
            total_verified=bool(self.total_verified.data),
            contracted=contracted,
            first_talks_on=self.first_talks_on.data,
            district_ids=tuple(self.districts.data or ()),
        )


def _shown(field: Field) -> str:
    """A field's value as people read it."""
    value = field.data
    if value in (None, "", [], False):
        return "—"
    labels = {str(code): str(label) for code, label in getattr(field, "choices", None) or []}
    if isinstance(value, list):
        return "、".join(labels.get(str(item), str(item)) for item in value)
    return labels.get(str(value), str(value))


class TagForm(Form):
    """产业集群: one primary, up to two more."""

    first = SelectField(_l("主要产业集群"), coerce=int, default=0)
    second = SelectField(_l("其他集群"), coerce=int, default=0)
    third = SelectField(_l("其他集群"), coerce=int, default=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lang = "en" if str(get_locale()).startswith("en") else "zh"
        offered = [(0, _l("未选")), *((c.id, c.name(lang)) for c in clusters.current())]
        self.first.choices = self.second.choices = self.third.choices = offered

    def to_ids(self) -> tuple[int, ...]:
        """The chosen clusters, primary first."""
        return tuple(dict.fromkeys(c for c in (self.first.data, self.second.data, self.third.data) if c))


class RevealForm(Form):
    """Looking behind a contact's mask."""

    reason = _text(_l("理由"), 200, required=True)


class EvidenceForm(Form):
    """More files for a lead."""

    files = MultipleFileField(_l("选择文件"), validators=[InputRequired(_l("请选择文件"))])
    purpose = RadioField(
        _l("用途"), choices=[("evidence", _l("佐证")), ("attachment", _l("附件"))], default="evidence",
        validators=[InputRequired()],
    )  # fmt: skip
