"""A sweep's own acts: begin it or go on with it, store a chunk and the new position together, end it."""

from datetime import datetime

from sqlalchemy import select

from crm.audit import services as audit
from crm.core.db import db, lock_key
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.review.models import ReviewSweep
from crm.review.queries import finding
from crm.review.queries.finding import Compared, MadeUp
from crm.review.services.keep import PAIRS, keep_pairs


def start_sweep(*, full: bool, actor: Actor, now: datetime) -> ReviewSweep:
    """The sweep to work on: the one left unfinished, else a new one, of everything or of what changed since the last began."""
    policy.require(policy.of_role(actor), "review", "sweep")
    lock_key("review-sweep")
    sweep = finding.running_sweep()
    last = finding.last_sweep()
    since = None if full or last is None else last.started_at
    if sweep is None:
        sweep = ReviewSweep(since=since, position=0, compared=0, added=0, started_by_id=actor.user_id, started_at=now, total=0)
        db.session.add(sweep)
    elif full and sweep.since is not None:
        sweep.since, sweep.position, sweep.compared, sweep.started_at = None, 0, 0, now
    db.session.flush()
    sweep.total = finding.count_to_compare(sweep)
    db.session.flush()
    return sweep


def store_chunk(sweep_id: int, compared: Compared, *, now: datetime) -> ReviewSweep:
    """Store what a chunk found and how far the sweep is, together. A chunk that somebody else stored changes nothing."""
    lock_key(PAIRS)
    query = select(ReviewSweep).where(ReviewSweep.id == sweep_id).with_for_update()
    sweep = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if sweep.position != compared.start or sweep.finished_at is not None or compared.last is None:
        return sweep
    sweep.added += keep_pairs(compared, now=now)
    sweep.position = compared.last
    sweep.compared += compared.count
    return sweep


def take_up_late(late: MadeUp, *, now: datetime) -> None:
    """Store what comparing leads made up for: pairs to ask about, matters for the coordinators; the mark 待比对 goes."""
    lock_key(PAIRS)
    keep_pairs(late.compared, now=now)
    for lead_id, kin in late.kin.items():
        lead = db.session.get_one(Lead, lead_id)
        leads.make_up_for(lead, [db.session.get_one(Lead, other_id) for other_id in kin], now=now)


def finish_sweep(sweep: ReviewSweep, *, actor: Actor | None, now: datetime) -> None:
    """The sweep is through."""
    if sweep.finished_at is not None:
        return
    sweep.finished_at = now
    facts = {"compared": sweep.compared, "added": sweep.added, "full": sweep.since is None}
    audit.record("review.swept", subject=("review_sweep", sweep), facts=facts, actor=actor, now=now)
