"""What is typed about a lead that is there: 研判, facts, tags, files, contacts."""

from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    DateField,
    Field,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Optional

from crm.claims.rules.evidence import EvidenceType
from crm.clusters import queries as clusters
from crm.core import industries, regions
from crm.core.money import Money
from crm.core.text import has_letters
from crm.leads.forms.fields import UNITS, ContactFields, PickManyField, SumMixin, evidence_choices, limit, text, unit_for
from crm.leads.rules.lead import (
    Conflict,
    LeadEdit,
    Outcome,
    ProjectType,
    Source,
)
from crm.units import queries as units
from crm.web.forms import Form, once_field, one_line, version_field
from crm.web.words import choices


class AssessForm(Form):
    """研判."""

    outcome = RadioField(_l("研判结果"), validators=[InputRequired(_l("请选择研判结果"))])
    reason = TextAreaField(_l("理由"), validators=[Optional(), limit(1000)], description=_l("补充材料、不予入库须写明理由"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outcome.choices = choices("outcome")

    def to_outcome(self) -> Outcome:
        """The chosen outcome."""
        return Outcome(self.outcome.data)


class EditForm(SumMixin, Form):
    """The facts of a lead, edited in place."""

    title = StringField(_l("项目一句话"), filters=[one_line], validators=[InputRequired(_l("请填写")), limit(120)])
    country = SelectField(_l("国家/地区"), default="")
    controlling_country = SelectField(_l("控股方国家/地区"), default="")
    source = SelectField(_l("来源"))
    introducer = text(_l("引荐人"), 120)
    industry = SelectField(_l("行业（GB/T 4754）"), default="")
    park = text(_l("园区"), 120)
    external_number = text(_l("外部编号"), 60)
    project_type = SelectField(_l("项目类型"), default="", description=_l("决定后面要走哪些节点"))
    first_talks_on = DateField(_l("首谈日期"), validators=[Optional()])
    total_verified = BooleanField(_l("总投资已核实"))
    districts = PickManyField(_l("拟落户区"), coerce=int, description=_l("可多选，不选即未定"))
    note = TextAreaField(_l("备注"), validators=[Optional(), limit(2000)])
    version = version_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lang = "en" if str(get_locale()).startswith("en") else "zh"
        self.country.choices = [("", _l("未选")), *regions.choices(lang)]
        self.controlling_country.choices = [("", _l("与投资方相同")), *regions.choices(lang)]
        self.source.choices = choices("source")
        self.project_type.choices = [("", _l("未选")), *choices("project_type")]
        self.industry.choices = [("", _l("未选")), *industries.choices(lang)]
        self.districts.choices = [(unit.id, unit.short(lang)) for unit in units.areas()]
        self.offer_currencies()

    @staticmethod
    def plain_names() -> tuple[str, ...]:
        """Fields that are called like the lead's own columns."""
        return (
            "title", "country", "controlling_country", "source", "introducer", "industry", "park", "external_number",
            "project_type", "first_talks_on", "total_verified", "note", "version",
        )  # fmt: skip

    @staticmethod
    def sum_values(name: str, amount: int, currency: str) -> dict[str, str]:
        """A stored sum as its three fields, in the unit people would write it in."""
        major = Money(amount, currency).major
        unit = unit_for(major)
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
            project_type=ProjectType(self.project_type.data) if self.project_type.data else None,
            district_ids=tuple(self.districts.data or ()),
        )


def _shown(field: Field) -> str:
    """A field's value as people read it."""
    value = field.data
    if value in (None, "", [], False):
        return "—"
    labels = {str(code): str(label) for code, label in getattr(field, "choices", None) or []}
    if isinstance(value, list):  # several of a list: the order in which they came says nothing
        chosen = {str(item) for item in value}
        return str(_l("、")).join([label for code, label in labels.items() if code in chosen] or sorted(chosen))
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

    reason = text(_l("理由"), 200, required=True)


class EvidenceForm(Form):
    """More files for a lead."""

    files = MultipleFileField(_l("选择文件"), validators=[InputRequired(_l("请选择文件"))])
    purpose = RadioField(
        _l("用途"), choices=[("evidence", _l("佐证")), ("attachment", _l("附件"))], default="evidence",
        validators=[InputRequired()],
    )  # fmt: skip
    evidence_type = SelectField(_l("佐证类型"), default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.evidence_type.choices = evidence_choices()

    def validate_evidence_type(self, field: Field) -> None:
        """Evidence says what it is."""
        if self.purpose.data == "evidence" and not field.data:
            raise ValidationError(str(_l("请选择佐证类型")))

    def to_type(self) -> str | None:
        """What the evidence is; nothing for an attachment."""
        return (self.evidence_type.data or None) if self.purpose.data == "evidence" else None


class EvidenceTypeForm(Form):
    """What a piece of evidence is."""

    evidence_type = SelectField(_l("佐证类型"), validators=[InputRequired(_l("请选择佐证类型"))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.evidence_type.choices = evidence_choices()

    def to_type(self) -> EvidenceType:
        """The chosen type."""
        return EvidenceType(self.evidence_type.data)


class ContactForm(ContactFields, Form):
    """One more contact of a lead."""

    contact_name = text(_l("联系人"), 80, required=True)
    once = once_field()


class ParentForm(Form):
    """The company above one in its group: by name, then chosen among those that may be meant."""

    parent_name = text(_l("上级公司名称"), 200, required=True, description=_l("任何语言"))
    reason = text(_l("依据"), 400, required=True, description=_l("年报、股权资料、对方说明等"))
    parent = StringField(_l("是哪一家"), validators=[Optional(), limit(22)])

    def validate_parent_name(self, field: Field) -> None:
        """A name has letters."""
        if not has_letters(field.data or ""):
            raise ValidationError(str(_l("名称里至少要有一个文字")))


class ParentOffForm(Form):
    """Why a company has no parent on record any more."""

    off_reason = text(_l("取消的依据"), 400, required=True)


class SeenForm(Form):
    """What a coordinator says of a lead that met others of its group."""

    note = text(_l("协调意见"), 400, required=True)


class ClaimReasonForm(Form):
    """Why a first report is extended or released."""

    reason = StringField(_l("理由"), filters=[one_line], validators=[InputRequired(_l("请写明理由")), limit(400)])
