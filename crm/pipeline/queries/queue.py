"""节点认定: what waits for whom; what of many may be decided, and why not the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, literal_column, or_, select
from sqlalchemy.orm import joinedload

from crm.core import clock
from crm.core.db import db
from crm.core.errors import Forbidden, Refusal
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.pipeline.models import Milestone, MilestoneFile
from crm.pipeline.queries.milestones import check, evidence_of
from crm.pipeline.rules import Act, MilestoneMoved, MilestoneState
from crm.policy import rules as policy
from crm.policy.rules import Actor, Role

SIZE = 50
MOST = 200  # of one batch
_TABS = {
    Role.OFFICER: ("mine", "done"),
    Role.DISTRICT_MANAGER: ("review", "confirm", "mine", "done"),
    Role.COORDINATOR: ("confirm", "review", "mine", "done"),
    Role.LEADER: ("confirm", "review", "done"),
}


@dataclass(frozen=True, slots=True)
class Waits:
    """A milestone in the queue, with its lead and files; what this person may do about it now."""

    row: Milestone
    lead: Lead
    files: list[MilestoneFile]
    acts: frozenset[Act]

    @property
    def late(self) -> bool:
        """Whether its day is past."""
        return self.row.due_on is not None and clock.today() > self.row.due_on


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue, under one tab; how many there are under each. `act`: what may be done with many of it."""

    tab: str
    counts: dict[str, int]
    rows: list[Waits]
    page: int
    more: bool
    act: Act | None


def queue(actor: Actor, tab: str, page: int) -> Queue:
    """The milestones in this person's sight that wait for the district's word, for the city's, that they entered themselves, or
    that are settled; what is due first stands first, before it what came back to be mended (it has no day).
    """
    tabs = _TABS.get(actor.role, ("done",))
    counts = {
        name: db.session.scalar(_seen(actor, _under(name, actor)).with_only_columns(func.count()).order_by(None)) or 0
        for name in tabs if name != "done"
    }  # fmt: skip
    chosen = tab if tab in tabs else next((name for name in tabs if counts.get(name)), tabs[0])
    page = max(page, 1)
    query = _seen(actor, _under(chosen, actor)).options(joinedload(Milestone.entered_unit))
    order = (Milestone.confirmed_at.desc().nulls_last(),) if chosen == "done" else (Milestone.due_on.asc().nulls_first(),)
    query = query.order_by(*order, Milestone.id).offset((page - 1) * SIZE).limit(SIZE + 1)
    rows = list(db.session.scalars(query))
    return Queue(chosen, counts, waits(rows[:SIZE], actor), page, len(rows) > SIZE, _act_of(chosen, actor))


def _act_of(tab: str, actor: Actor) -> Act | None:
    if tab == "review" and actor.role is Role.DISTRICT_MANAGER:
        return Act.REVIEW
    return Act.CONFIRM if tab in ("confirm", "review") and actor.role is Role.COORDINATOR else None


def _seen(actor: Actor, where: ColumnElement[bool]) -> Select[Any]:
    return select(Milestone).join(Lead, Lead.id == Milestone.lead_id).where(where, access.in_own_sight(actor))


# As the index of what waits says it: with bound values SQLite cannot tell that it may read that index, and walks all leads.
_QUEUED = Milestone.state.in_([literal_column("'reported'"), literal_column("'reviewed'")])


def _under(tab: str, actor: Actor) -> ColumnElement[bool]:
    waits: ColumnElement[bool] = Milestone.due_on.is_not(None)
    if tab in ("review", "confirm"):
        waits = and_(waits, _QUEUED)
    if tab == "review":
        manages = Lead.following_unit_path.startswith(actor.unit_path, autoescape=True)
        here = [manages] if actor.role is Role.DISTRICT_MANAGER else []
        return and_(Milestone.state == MilestoneState.REPORTED, waits, *here)
    if tab == "confirm":
        return and_(Milestone.state == MilestoneState.REVIEWED, waits)
    if tab == "mine":
        open_ = or_(Milestone.state == MilestoneState.RETURNED, waits)
        return and_(Milestone.entered_by_id == actor.user_id, open_)
    return Milestone.state == MilestoneState.CONFIRMED


def waits(rows: Sequence[Milestone], actor: Actor) -> list[Waits]:
    """These milestones with what a page shows of them."""
    ids = {row.lead_id for row in rows}
    query = select(Lead).where(Lead.id.in_(ids)).options(joinedload(Lead.investor), joinedload(Lead.following_unit))
    leads = {lead.id: lead for lead in db.session.scalars(query)} if ids else {}
    files = evidence_of(row.id for row in rows)
    return [Waits(row, leads[row.lead_id], files[row.id], acts_of(row, leads[row.lead_id], actor)) for row in rows]


def acts_of(row: Milestone, lead: Lead, actor: Actor) -> frozenset[Act]:
    """What this person may do about a milestone now."""
    return frozenset(act for act in Act if why_not(act, row, lead, actor) is None)


def why_not(act: Act, row: Milestone, lead: Lead, actor: Actor) -> Refusal | None:
    """What stands against it; None for nothing."""
    stands = policy.towards_lead(actor, lead)
    needs = "confirm" if act is Act.RETURN and row.state == MilestoneState.REVIEWED else act.value
    if not policy.can(stands, "milestone", needs):
        return Forbidden(record="milestone", action=needs)
    try:
        check(act, row, lead, actor, clock.today())
    except Refusal as refusal:
        return refusal
    return None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of many that were picked: what stands against deciding it, None for nothing."""

    waits: Waits
    refusal: Refusal | None


def preview(act: Act, items: Sequence[tuple[str, int]], actor: Actor) -> list[Candidate]:
    """Of what was picked (public id, version that was seen) what would be done and what would not. What this person does not
    see is not there.
    """
    versions = dict(items[:MOST])
    query = _seen(actor, Milestone.public_id.in_(versions)).order_by(Milestone.due_on, Milestone.id)
    found = waits(list(db.session.scalars(query)), actor)
    return [Candidate(one, _against(act, one, versions, actor)) for one in found]


def _against(act: Act, one: Waits, versions: dict[str, int], actor: Actor) -> Refusal | None:
    if one.row.version != versions[one.row.public_id]:
        return MilestoneMoved()
    return why_not(act, one.row, one.lead, actor)


def waiting(actor: Actor) -> ScalarSelect[int]:
    """SQL: how many milestones wait for this person's word."""
    tab = {Role.DISTRICT_MANAGER: "review", Role.COORDINATOR: "confirm"}.get(actor.role)
    if tab is None:
        returned = and_(Milestone.state == MilestoneState.RETURNED, Milestone.entered_by_id == actor.user_id)
        return select(func.count()).select_from(Milestone).where(returned).scalar_subquery()
    return _seen(actor, _under(tab, actor)).with_only_columns(func.count()).scalar_subquery()
