"""The pipeline list's question: which leads, in which order, which page. It lives in the URL."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from crm.leads.rules.lead import Stage, Status
from crm.leads.rules.telling import Summed


class Sort(StrEnum):
    """In which order."""

    RECENT = "recent"
    NAME = "name"
    TOTAL = "total"
    REGISTERED = "registered"
    STAGE_DAYS = "stage_days"
    NEXT_DUE = "next_due"


class Scope(StrEnum):
    """mine: what I lead; unit: my unit and below; shared: what others share with my unit or me; city: the whole board as far as
    the policy shows it.
    """

    MINE = "mine"
    UNIT = "unit"
    SHARED = "shared"
    CITY = "city"


class Grouped(StrEnum):
    """By what the list is added up above its rows."""

    UNIT = "unit"
    CLUSTER = "cluster"
    COUNTRY = "country"
    STAGE = "stage"


ANY_STATUS = "all"
STATUSES = (*(one.value for one in Status), ANY_STATUS)
PAGE_SIZES = (20, 50, 100)
CLAIM_MARKS = ("amber", "due", "live")
MISSING = ("country", "amount", "next", "proof")  # what a lead lacks; proof: a milestone that its stage stands on
COUNT_CAP = 1000
COLUMNS = ("country", "cluster", "total", "contracted", "unit", "owner", "days", "next", "expected", "registered")
DEFAULT_COLUMNS = ("country", "cluster", "total", "contracted", "unit", "days", "next")


@dataclass(frozen=True, slots=True)
class Question:
    """Everything a list page needs to know. Empty means: not filtered. `rolling`: what stands on the three batches' list;
    `event_id`: put to that event (`event_role`: in that role);
    `reached`: in that stage or beyond; `unsealed`: without what goes by a code name today;
    `late`: the next expected milestone's day has passed; `slipped`: it was moved by so many days at least;
    `status`: in that one, or any (`ANY_STATUS`); None leaves it to `standing`.
    """

    stage: Stage | None = Stage.NEGOTIATING
    scope: Scope = Scope.UNIT
    text: str = ""
    unit_id: int | None = None
    unit_only: bool = False
    district_id: int | None = None
    cluster_id: int | None = None
    event_id: int | None = None
    event_role: str | None = None
    primary: bool = False
    untagged: bool = False
    country: str | None = None
    owner_id: int | None = None
    min_cny: int | None = None
    max_cny: int | None = None
    registered_from: date | None = None
    registered_to: date | None = None
    admitted: bool | None = None
    admitted_from: date | None = None
    admitted_to: date | None = None
    overdue: bool = False
    idle: int | None = None
    late: bool = False
    slipped: int | None = None
    rolling: bool = False
    import_id: int | None = None
    unchecked: bool = False
    to_coordinate: bool = False
    disputed: bool = False
    claim: str = ""
    reached: Stage | None = None
    missing: tuple[str, ...] = ()
    unsealed: bool = False
    status: str | None = None
    sort: Sort = Sort.RECENT
    descending: bool = True
    page: int = 1
    size: int = 50
    columns: tuple[str, ...] = field(default=DEFAULT_COLUMNS)
    exact: bool = False
    group: Grouped | None = None

    @property
    def whole(self) -> bool:
        """Whether masked leads may be among the rows: a filter or an order that would tell what they hide leaves them out."""
        filters = (
            self.text,
            self.unit_id,
            self.district_id,
            self.event_id,
            self.owner_id,
            self.country,
            self.min_cny,
            self.max_cny,
            self.overdue,
            self.idle,
            self.late,
            self.slipped is not None,
            self.unchecked,
            self.to_coordinate,
            self.disputed,
            self.claim,
            self.missing,
            self.group in (Grouped.UNIT, Grouped.COUNTRY),
        )
        return not any(filters) and self.sort in (Sort.RECENT, Sort.REGISTERED, Sort.STAGE_DAYS)

    @property
    def standing(self) -> str:
        """The status that is asked for. Where nothing is said: what is pursued, as on the three batches' list, so that what was
        paused or ended is no longer counted as being in a stage; but whatever it is where a record is looked for (by its name,
        an import, an event, something that somebody has to settle) or what came in during some days.
        """
        looked_for = (self.text, self.event_id, self.import_id, self.claim, self.unchecked, self.to_coordinate, self.disputed)
        days = (self.registered_from, self.registered_to, self.admitted_from, self.admitted_to)
        return self.status or (ANY_STATUS if any(looked_for) or any(days) else Status.ACTIVE.value)

    @property
    def narrowed(self) -> bool:
        """Whether anything but the stage, the scope and the way of showing leaves leads out."""
        shown = ("stage", "scope", "sort", "descending", "page", "size", "columns", "exact", "group")
        return self != Question(**{name: getattr(self, name) for name in shown})

    def on(self, **changes: object) -> "Question":
        """The same question with something else."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Count:
    """How many: exact, or "more than" the cap."""

    number: int
    capped: bool

    def __str__(self) -> str:
        return f"{self.number:,}+" if self.capped else f"{self.number:,}"


@dataclass(frozen=True, slots=True)
class Totals(Summed):
    """Sums of admitted leads: total investment in fen, contracted foreign capital in cents; what is not verified stands
    apart, what is not admitted is only counted. `withheld`: admitted ones whose sums this reader does not see.
    """

    count: int = 0
    total_cny: int = 0
    unverified_cny: int = 0
    contracted_usd: int = 0
    not_admitted: int = 0
    withheld: int = 0

    @property
    def blank(self) -> bool:
        """Whether there is no sum that this reader may see: then none is shown, not a nought."""
        return self.withheld > 0 and self.withheld == self.count - self.not_admitted


@dataclass(frozen=True, slots=True)
class Held:
    """What one stage holds: its sums, and for how many days its leads have been in it on the average (None: it holds none)."""

    totals: Totals
    average_days: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What leads of one kind hold together: a unit's or cluster's id, a country's or stage's code; None: without."""

    key: int | str | None
    totals: Totals


def together(totals: Iterable[Totals]) -> Totals:
    """The sum of several stages."""
    return sum(totals, Totals())
