"""What pages show of a lead's milestones: the path with its stones, the gate before a stage, how long a stage has lasted."""

from dataclasses import dataclass
from datetime import date

from crm.core import clock
from crm.core.money import Money
from crm.leads.models import Lead
from crm.leads.rules.lead import STAGES, Stage, Status
from crm.pipeline.models import Milestone, MilestoneFile, StatusChange
from crm.pipeline.queries.contracts import confirmed_of
from crm.pipeline.queries.expected import Expected, expected_of, expected_rows
from crm.pipeline.queries.gate_tables import gates
from crm.pipeline.queries.gates import Held, missing_for, overrides_of, statuses_of, type_of
from crm.pipeline.queries.milestones import evidence_of, milestones_of
from crm.pipeline.queries.proofs import Unproven, unproven_of
from crm.pipeline.rules import LIVE, WAITING, Kind, MilestoneState, Missing, may_override
from crm.pipeline.rules.kanban import Age, age_of
from crm.policy import rules as policy
from crm.policy.rules import Actor


@dataclass(frozen=True, slots=True)
class Stone:
    """One place of the path: the milestone that holds there, if any. skipped: a later one is there, this one is not."""

    kind: Kind
    row: Milestone | None
    skipped: bool

    @property
    def mark(self) -> str:
        """confirmed, reached (reported, or needs nobody's word), skipped, ahead."""
        if self.row is None:
            return "skipped" if self.skipped else "ahead"
        settled = self.row.state == MilestoneState.CONFIRMED or self.row.due_on is None
        return "confirmed" if settled else "reached"


def stones_of(lead: Lead, rows: list[Milestone]) -> list[Stone]:
    """The path of the project's type, and off it what was entered all the same."""
    best: dict[str, Milestone] = {}
    for row in sorted(rows, key=lambda one: (one.state == MilestoneState.CONFIRMED, one.id)):
        if row.state in LIVE:
            best[row.kind] = row
    path = gates().path(type_of(lead))
    path = (*path, *(Kind(kind) for kind in best if kind not in path))
    if Kind.FRAMEWORK not in best and len(best) > 1:  # many projects sign without one: nothing was left out
        path = tuple(kind for kind in path if kind is not Kind.FRAMEWORK)
    last = max((n for n, kind in enumerate(path) if kind in best), default=-1)
    return [Stone(kind, best.get(kind), n < last) for n, kind in enumerate(path)]


@dataclass(frozen=True, slots=True)
class StageTime:
    """How long a lead is in its stage, of how many days at most."""

    days: int
    limit: int
    state: Age


def stage_time(lead: Lead, today: date) -> StageTime | None:
    """That of an active lead in a stage that has a limit."""
    table = gates()
    limit = table.stage_days.get(Stage(lead.stage))
    if limit is None or lead.status != Status.ACTIVE:
        return None
    days = (today - lead.stage_since).days
    return StageTime(days, limit, age_of(days, limit, table.stage_days_near))


@dataclass(frozen=True, slots=True)
class LeadMilestones:
    """The section of a lead's page. `unproven`: what its stage stands without; `contract`: what the city confirmed of
    it, where that is not what the lead says.
    """

    stones: list[Stone]
    rows: list[Milestone]
    past: list[Milestone]
    files: dict[int, list[MilestoneFile]]
    next_stage: Stage | None
    missing: list[Missing]
    overrides: list[Held]
    unproven: list[Unproven]
    time: StageTime | None
    statuses: list[StatusChange]
    expected: list[Expected]

    contract: Money | None

    @property
    def has_first_funds(self) -> bool:
        """Whether the milestone 首笔到资 holds, or none belongs on the path."""
        stones = [stone for stone in self.stones if stone.kind is Kind.FIRST_FUNDS]
        return not stones or stones[0].row is not None


def on_page(lead: Lead, there: set[str]) -> LeadMilestones:
    """All of it; `there` says what the lead has any of (milestone, override, status, expected). The caller has asked the
    policy.
    """
    rows = milestones_of(lead.id) if "milestone" in there else []
    place = STAGES.index(Stage(lead.stage))
    following = STAGES[place + 1] if place + 1 < len(STAGES) and lead.status == Status.ACTIVE else None
    place_of = {kind: n for n, kind in enumerate(gates().path(type_of(lead)))}  # of one day: in the order of the path
    rows = sorted(rows, key=lambda row: (row.on_date, place_of.get(Kind(row.kind), len(place_of)), row.id))
    held = [row for row in rows if row.state in LIVE or row.state == MilestoneState.RETURNED]
    promised = expected_rows(lead.id) if "expected" in there else []
    files = evidence_of(row.id for row in rows)
    overrides = overrides_of(lead) if "override" in there else []
    return LeadMilestones(
        stones=stones_of(lead, rows), rows=held, past=[row for row in rows if row not in held], files=files, next_stage=following,
        missing=missing_for(lead, following, there) if following is not None else [],
        overrides=overrides, unproven=unproven_of(lead, rows, files, overrides), time=stage_time(lead, clock.today()),
        statuses=statuses_of(lead.id) if "status" in there else [],
        expected=expected_of(lead, promised, rows, clock.today()), contract=confirmed_of(lead, rows),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class GateView:
    """The gate before a stage as somebody sees it: what is missing, which milestones may be entered along, whether they may let
    the lead through with gaps.
    """

    to: Stage
    forward: bool
    missing: list[Missing]
    kinds: tuple[Kind, ...]
    proposed: Kind | None
    overrides: bool


def gate_before(lead: Lead, to: Stage, actor: Actor) -> GateView:
    """That of a lead's page of moving."""
    table, kind = gates(), type_of(lead)
    between = table.between(kind, Stage(lead.stage), to)
    lacking = missing_for(lead, to)
    path = table.path(kind)
    wanted = [one for need in lacking if need.code == "milestone" for one in need.kinds if one in path]
    enters = between[-1].enters if between else ()
    kinds = tuple(dict.fromkeys([*wanted, *(one for one in enters if one in wanted)]))
    proposed = next((one for one in enters if one in wanted), kinds[0] if kinds else None)
    stands = policy.towards_lead(actor, lead)
    lets = bool(lacking) and may_override(between, stands.principals)
    return GateView(to, bool(between), lacking, kinds, proposed, lets)


def kinds_open(lead: Lead) -> tuple[Kind, ...]:
    """The milestones that may be entered for a lead: those of its path that are not there."""
    there = {row.kind for row in milestones_of(lead.id) if row.state in LIVE}
    return tuple(kind for kind in gates().path(type_of(lead)) if kind not in there)


def is_waiting(row: Milestone) -> bool:
    """Whether somebody's word is due."""
    return row.state in WAITING and row.due_on is not None
