"""登记线索 as a form, and the choices of its strip."""

from datetime import date
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    Field,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Optional

from crm.clusters import queries as clusters
from crm.core import industries, regions
from crm.core.identifiers import fold_registration, normalise_uscc, registrable_domain
from crm.core.text import has_letters
from crm.events import queries as events
from crm.events.rules import LinkRole
from crm.events.words import choice_of
from crm.leads.forms.fields import ContactFields, PickManyField, SumMixin, evidence_choices, limit, text
from crm.leads.rules.lead import (
    Band,
    Decision,
    Decisions,
    HitDecision,
    NewContact,
    NewLead,
    NewParty,
    PartyRole,
    Source,
)
from crm.units import queries as units
from crm.web.forms import Form, once_field, one_line
from crm.web.words import choices


class LeadForm(SumMixin, ContactFields, Form):
    """登记线索: five fields, the rest unfolds."""

    disclosed = RadioField(
        _l("投资方"), choices=[("yes", _l("投资方已知")), ("no", _l("暂未披露"))], default="yes", validators=[InputRequired()]
    )
    investor = text(_l("投资方名称"), 200, description=_l("任何语言"))
    intermediary = text(_l("中间人"), 120, description=_l("经谁得知"))
    amount_band = SelectField(_l("金额区间"), default="unknown")
    country = SelectField(_l("国家/地区"), validators=[InputRequired(_l("请选择国家/地区"))])
    source = SelectField(_l("来源"), validators=[InputRequired(_l("请选择来源"))])
    event = SelectField(_l("来源活动"), coerce=int, default=0, description=_l("招商活动上得来的可选"))
    introducer = text(_l("引荐人"), 120)
    title = StringField(_l("项目一句话"), filters=[one_line], validators=[InputRequired(_l("请用一句话写明项目")), limit(120)])
    districts = PickManyField(_l("拟落户区"), coerce=int, description=_l("可多选，不选即未定"))
    name_2 = text(_l("其他语言名称"), 200)
    name_3 = text(_l("简称或曾用名"), 200)
    website = text(_l("网址"), 300)
    uscc = text(_l("统一社会信用代码"), 30)
    registration_number = text(_l("境外注册号"), 60)
    controlling_country = SelectField(_l("控股方国家/地区"), default="")
    industry = SelectField(_l("行业（GB/T 4754）"), default="")
    cluster = SelectField(_l("主要产业集群"), coerce=int, default=0)
    cluster_2 = SelectField(_l("其他集群"), coerce=int, default=0)
    park = text(_l("园区"), 120)
    external_number = text(_l("外部编号"), 60)
    party_role = SelectField(_l("相关企业角色"), default="")
    party_name = text(_l("相关企业名称"), 200)
    next_step = text(_l("下一步"), 200)
    next_due = DateField(_l("何时"), validators=[Optional()])
    note = TextAreaField(_l("备注"), validators=[Optional(), limit(2000)])
    evidence = MultipleFileField(_l("佐证"), description=_l("邮件、会议纪要、照片等；有佐证才能申报首报"))
    evidence_type = SelectField(_l("佐证类型"), default="", description=_l("有附件时必选；不同类型请登记后分次上传"))
    once = once_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lang = "en" if str(get_locale()).startswith("en") else "zh"
        self.country.choices = [("", _l("请选择")), *regions.choices(lang)]
        self.controlling_country.choices = [("", _l("与投资方相同")), *regions.choices(lang)]
        self.source.choices = [("", _l("请选择")), *choices("source")]
        self.amount_band.choices = choices("band")
        self.industry.choices = [("", _l("未选")), *industries.choices(lang)]
        self.evidence_type.choices = evidence_choices()
        self.cluster.choices = [(0, _l("未选")), *((c.id, c.name(lang)) for c in clusters.current())]
        self.cluster_2.choices = self.cluster.choices
        self.party_role.choices = [("", _l("未选")), *choices("party_role")]
        self.districts.choices = [(unit.id, unit.short(lang)) for unit in units.areas()]
        self.event.choices = [(0, _l("未选"))]
        self.offer_currencies()

    def offer_events(self, today: date) -> "LeadForm":
        """Say which events it may have come from. Not asked for while a name is only compared."""
        offered = events.to_choose(LinkRole.SOURCE, today)
        self.event.choices = [(0, _l("未选")), *((event.id, choice_of(event)) for event in offered)]
        return self

    def validate_investor(self, field: Field) -> None:
        """A known investor has a name."""
        if self.disclosed.data == "yes" and not field.data:
            raise ValidationError(str(_l("请填写投资方名称，或选“暂未披露”")))
        if self.disclosed.data == "yes" and not has_letters(field.data or ""):
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

    def validate_evidence_type(self, field: Field) -> None:
        """Evidence says what it is."""
        if any(getattr(one, "filename", "") for one in self.evidence.data or []) and not field.data:
            raise ValidationError(str(_l("请选择佐证类型")))

    def validate_party_name(self, field: Field) -> None:
        """A role needs a name, a name a role."""
        if bool(field.data) != bool(self.party_role.data):
            raise ValidationError(str(_l("角色和名称请一起填写")))

    def validate_next_step(self, field: Field) -> None:
        """A day says what is due on it."""
        if not field.data and self.next_due.data:
            raise ValidationError(str(_l("已填日期，请写下一步做什么")))

    def to_new_lead(self) -> NewLead:
        """What was typed, without the form."""
        total, contracted = self.sums()
        known = self.disclosed.data == "yes"
        names = tuple(n for n in (self.name_2.data, self.name_3.data) if n)
        tags = tuple(dict.fromkeys(c for c in (self.cluster.data, self.cluster_2.data) if c))
        contact = self.to_contact()
        party = NewParty(PartyRole(self.party_role.data), self.party_name.data or "") if self.party_role.data else None
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
            event_id=self.event.data or None,
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

    read_by_program = frozenset({"text"})

    text = TextAreaField(_l("粘贴聊天记录、来函或通知"), validators=[InputRequired(_l("请先粘贴一段文字")), limit(4000)])
