"""The first page of an officer and of a manager."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import ScalarSelect, and_, or_, select
from sqlalchemy.orm import joinedload

from crm.claims import queries as claims
from crm.core import clock
from crm.core.db import db
from crm.deputies import queries as deputies
from crm.disputes import queries as disputes
from crm.leads.models import Lead
from crm.leads.queries import access, listing
from crm.leads.queries import claims as lead_claims
from crm.leads.queries import queue as queue_reads
from crm.leads.queries.rows import Row, rows_of
from crm.leads.rules.listing import Question, Scope, together
from crm.matters import queries as matters
from crm.notifications import queries as notifications
from crm.pipeline import queries as pipeline
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.supervision import queries as supervision
from crm.tasks import queries as tasks
from crm.transfers import queries as transfers
from crm.visits import queries as visits


def coordination_waiting(actor: Actor, **more: ScalarSelect[int]) -> dict[str, int]:
    """Disputes, matters, milestones and supervised tasks that wait for somebody, and `more` numbers: one statement."""
    kinds = {"disputes": disputes, "matters": matters, "milestones": pipeline, "instructions": supervision}
    asked = {f"waiting_{kind}": room.waiting(actor) for kind, room in kinds.items()} | more
    return dict(zip(asked, db.session.execute(select(*asked.values())).one(), strict=True))


def officer_home(actor: Actor) -> dict[str, Any]:
    """What is due, my leads, what concerns me."""
    today, desk = clock.today(), (actor.user_id, *actor.desks)
    due = tasks.due_for(desk, until=today + timedelta(days=14), limit=8)
    mine = Question(stage=None, scope=Scope.MINE, size=20)
    leads = {lead.id: lead for lead in _leads([step.lead_id for step in due], actor, or_late=True)}
    week = today - timedelta(days=today.weekday())
    soon, own = lead_claims.mine_running_out(actor, now=clock.now()), listing.page_ids(mine, actor)
    rows = rows_of([*soon, *own], actor)
    return {
        "running_out": lead_claims.most_urgent(_pick(rows, soon)),
        "due": [(step, leads[step.lead_id]) for step in due if step.lead_id in leads],
        "expected_late": _late(leads.values(), actor),
        "mine": _pick(rows, own),
        "done_for": deputies.names_of(actor.desks),
        "mine_count": listing.count_of(mine, actor),
        "this_week": visits.count_by(actor.user_id, since=week),
        "messages": notifications.mine(actor, limit=6),
        "transfers_waiting": transfers.waiting_for(actor),
        **coordination_waiting(actor, late=tasks.due_before(desk, today)),
    }


def _pick(rows: dict[int, Row], ids: list[int]) -> list[Row]:
    """The rows of one list, of those that were read for several."""
    return [rows[lead_id] for lead_id in ids if lead_id in rows]


def _leads(ids: list[int], actor: Actor, *, or_late: bool = False) -> list[Lead]:
    """Of these leads those that this person reads (what they were to do may have got a code name since). `or_late`: with those of
    their own whose expected day has passed, in the same statement.
    """
    mine = and_(access.led_by(actor), Lead.merged_into_id.is_(None), *listing.late_expected(clock.today()))
    where = or_(Lead.id.in_(ids), mine) if or_late else Lead.id.in_(ids)
    found = db.session.scalars(select(Lead).where(where).options(joinedload(Lead.investor)))
    return [lead for lead in found if policy.can(policy.towards_lead(actor, lead), "lead", "read_detail")]


def _late(leads: Iterable[Lead], actor: Actor) -> list[tuple[Lead, pipeline.Nearest]]:
    """One's own leads whose next milestone was expected before today, the longest overdue first."""
    today = clock.today()
    near = ((lead, pipeline.nearest_of(lead, today)) for lead in leads if lead.owner_id in {actor.user_id, *actor.desks})
    return sorted(((lead, one) for lead, one in near if one is not None and one.overdue), key=lambda pair: pair[1].on)


def _to_coordinate(actor: Actor) -> int:
    """How many leads wait for a coordinator, of those that the list behind this number shows."""
    return listing.count_of(Question(stage=None, scope=Scope.CITY, to_coordinate=True), actor).number


def manager_home(actor: Actor) -> dict[str, Any]:
    """The unit's numbers, each with its list: stages, sums, what waits and what is late."""
    question = Question(stage=None, scope=Scope.UNIT)
    waiting, count = queue_reads.waiting(actor, size=6)
    stages = listing.numbers_of(question, actor)
    to_release, release_count = lead_claims.to_release(actor, now=clock.now(), size=6)
    recent = listing.page_ids(question.on(size=8), actor)
    rows = rows_of([*waiting, *to_release, *recent], actor)
    return {
        "to_release": _pick(rows, to_release),
        "release_count": release_count,
        "stages": stages,
        "totals": together(stages.values()),
        "overdue": listing.count_of(question.on(overdue=True), actor),
        "to_coordinate": _to_coordinate(actor) if policy.may(actor, "coordination", "list") else None,
        "waiting": _pick(rows, waiting),
        "waiting_count": count,
        "assess_due": claims.assess_due,
        "transfers_waiting": transfers.waiting_for(actor),
        **coordination_waiting(actor),
        "recent": _pick(rows, recent),
        "messages": notifications.mine(actor, limit=6),
    }
