"""What a lead is: stages, statuses, sources, bands; what a person hands in; what is refused."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from crm.core.errors import AlreadyDone, Refusal
from crm.core.money import Money


class Stage(StrEnum):
    """阶段, in order. The codes are stored."""

    LEAD = "lead"
    NEGOTIATING = "negotiating"
    SIGNED = "signed"
    UNDER_CONSTRUCTION = "under_construction"
    OPERATING = "operating"


STAGES = tuple(Stage)
STAGE_DAY = "stage_day."  # before a stage's code: that stage's day, as a field that changes
SIGNED_STAGES = frozenset({Stage.SIGNED, Stage.UNDER_CONSTRUCTION, Stage.OPERATING})


class Status(StrEnum):
    """状态."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class ProjectType(StrEnum):
    """项目类型: 建设类, 非建设类 (headquarters, services), 增资扩产, 利润再投资, 并购. It decides which path a project takes."""

    BUILDING = "building"
    NON_BUILDING = "non_building"
    EXPANSION = "expansion"
    REINVESTMENT = "reinvestment"
    ACQUISITION = "acquisition"


class Source(StrEnum):
    """来源: the channel a lead came through."""

    VISIT = "visit"
    FAIR = "fair"
    INTRODUCED = "introduced"
    OVERSEAS_OFFICE = "overseas_office"
    CHAMBER = "chamber"
    INQUIRY = "inquiry"
    EXISTING_FIRM = "existing_firm"
    TARGET_LIST = "target_list"
    HIGHER_LEVEL = "higher_level"
    OTHER = "other"


class Band(StrEnum):
    """金额区间 of an undisclosed investor, and what an anonymised card shows; bounds in CNY (domain study §4.4)."""

    UNDER_1YI = "under_1yi"
    FROM_1YI = "from_1yi"
    FROM_5YI = "from_5yi"
    FROM_10YI = "from_10yi"
    FROM_50YI = "from_50yi"
    UNKNOWN = "unknown"


_FEN_PER_YI = 10_000_000_000
_BOUNDS = tuple(yi * _FEN_PER_YI for yi in (1, 5, 10, 50))
_BETWEEN = (Band.UNDER_1YI, Band.FROM_1YI, Band.FROM_5YI, Band.FROM_10YI, Band.FROM_50YI)


def band_of(total_cny: int | None) -> Band:
    """The band of a sum in fen."""
    return Band.UNKNOWN if total_cny is None else _BETWEEN[bisect_right(_BOUNDS, total_cny)]


class PartyRole(StrEnum):
    """What another company is on a lead."""

    OTHER_INVESTOR = "other_investor"
    CHINESE_PARTNER = "chinese_partner"
    PROJECT_COMPANY = "project_company"
    INTRODUCER = "introducer"


class Outcome(StrEnum):
    """研判 outcomes: 入库, 补充材料, 不予入库."""

    ADMITTED = "admitted"
    MORE_NEEDED = "more_needed"
    NOT_ADMITTED = "not_admitted"


class Decision(StrEnum):
    """What a person says of a hit: 就是这一家, 同一投资方另一项目, 关联企业, 不是同一家; 请市级协调 for what they may not see."""

    SAME = "same"
    ANOTHER_PROJECT = "another_project"
    RELATED = "related"
    DIFFERENT = "different"


NEEDS_REASON = frozenset({Decision.ANOTHER_PROJECT, Decision.DIFFERENT})


@dataclass(frozen=True, slots=True)
class NewContact:
    """A person on the investor's side, as typed."""

    name: str
    title: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class NewParty:
    """Another company's role, as typed."""

    role: PartyRole
    name: str


@dataclass(frozen=True, slots=True)
class NewLead:
    """What an officer hands in: from here on no form is in sight. `investor` None means 暂未披露."""

    title: str
    source: Source
    investor: str | None = None
    other_names: tuple[str, ...] = ()
    country: str | None = None
    controlling_country: str | None = None
    intermediary: str | None = None
    amount_band: Band | None = None
    introducer: str | None = None
    event_id: int | None = None
    district_ids: tuple[int, ...] = ()
    website: str | None = None
    uscc: str | None = None
    registration_number: str | None = None
    total: Money | None = None
    contracted: Money | None = None
    industry: str | None = None
    cluster_ids: tuple[int, ...] = ()
    park: str | None = None
    external_number: str | None = None
    note: str | None = None
    contacts: tuple[NewContact, ...] = ()
    parties: tuple[NewParty, ...] = ()
    first_talks_on: date | None = None
    next_step: str | None = None
    next_due: date | None = None
    project_type: ProjectType | None = None
    stage: Stage = Stage.LEAD
    origin: str = "form"
    import_id: int | None = None
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class HitDecision:
    """One choice in the strip: about which company (and lead, when it is this one), and why."""

    company_public_id: str
    decision: Decision
    lead_public_id: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Decisions:
    """All choices of one form. `coordinate`: the person knows that something they may not see is registered already."""

    hits: tuple[HitDecision, ...] = ()
    coordinate: bool = False

    def about(self, company_public_id: str) -> HitDecision | None:
        """The choice about one company, if one was made."""
        return next((hit for hit in self.hits if hit.company_public_id == company_public_id), None)


class LikelyDuplicate(Refusal):
    """The city may have it already and nobody has decided. The door looks the hits up and draws them."""

    code = "likely_duplicate"
    status = 409


class ReasonNeeded(Refusal):
    """A choice needs a reason."""

    code = "reason_needed"


class Matter(StrEnum):
    """What a coordinator is told of: 同一集团 (a firm of the group is another unit's), 另一项目 (the investor has a lead)."""

    SAME_GROUP = "same_group"
    ANOTHER_PROJECT = "another_project"


class LeadDisputed(AlreadyDone):
    """A dispute about the lead is open: until it is decided nobody merges it away, gives it away or disputes it again."""

    code = "lead_disputed"


class MatterSeen(AlreadyDone):
    """A coordinator has seen it already."""

    code = "matter_seen"


class ParentUnclear(Refusal):
    """Which company is meant as the parent? The door looks the candidates up and draws them."""

    code = "parent_unclear"
    status = 409


class ParentMasked(Refusal):
    """The parent is on the board, and this person may not see it: a coordinator puts it on record."""

    code = "parent_masked"


class NotAdmitted(Refusal):
    """Only an admitted lead moves on."""

    code = "not_admitted_yet"


def lead_number(city: str, year: int, serial: int) -> str:
    """SZ-2026-00417."""
    return f"{city}-{year}-{serial:05d}"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field of a stale form: what was there when it was opened, what is saved now, what was typed."""

    name: str
    saved: str
    typed: str


@dataclass(frozen=True, slots=True)
class LeadEdit:
    """The editable facts of a lead, as typed; compared field by field with what is stored."""

    title: str
    country: str | None = None
    controlling_country: str | None = None
    source: Source = Source.OTHER
    introducer: str | None = None
    industry: str | None = None
    park: str | None = None
    external_number: str | None = None
    note: str | None = None
    total: Money | None = None
    total_verified: bool = False
    contracted: Money | None = None
    first_talks_on: date | None = None
    project_type: ProjectType | None = None
    district_ids: tuple[int, ...] = field(default_factory=tuple)
