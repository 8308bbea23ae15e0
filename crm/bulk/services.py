"""Named writes of bulk runs: see one before it is done, do it, whole or in chunks, take it back; one field of one lead."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.bulk import queries
from crm.bulk.models import BulkItem, BulkRun
from crm.bulk.rules import (
    AT_ONCE,
    CAP,
    UNDOABLE,
    Act,
    FieldMoved,
    ItemState,
    LeadEnded,
    NothingChosen,
    NothingToDo,
    RunOver,
    RunState,
    Wanted,
    check_jump,
)
from crm.core import clock
from crm.core.db import db
from crm.core.errors import Refusal
from crm.core.money import Money
from crm.jobs import services as jobs
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import Band, Status
from crm.leads.services.share import share_lead
from crm.notifications import services as notifications
from crm.pipeline import services as pipeline
from crm.pipeline.rules import Kind
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.rates import queries as rates
from crm.sharing.rules import Level, ShareRole, Terms, Tier, check_terms


def see_run(lead_ids: Sequence[int], act: Act, wanted: Wanted, *, over: int, actor: Actor, now: datetime) -> BulkRun:
    """Put down what would be done to these leads and what would be skipped; nothing of it is done. Raises NothingChosen, and for
    a share what is wrong with its terms.
    """
    if act is Act.SHARE:
        check_terms(_terms(wanted), clock.city_day(now))
    found = queries.chosen(list(dict.fromkeys(lead_ids))[:CAP])
    read = [lead for lead in found if policy.can(policy.towards_lead(actor, lead), "lead", "read_detail")]
    if not read:
        raise NothingChosen
    run = BulkRun(
        act=act, wanted=wanted.to_json(), unseen=len(found) - len(read), over=over, asked_by_id=actor.user_id, asked_at=now,
        state=RunState.READY,
    )  # fmt: skip
    db.session.add(run)
    db.session.flush()
    for lead in read:
        why = queries.why(lead, act, wanted, seen=lead.version, actor=actor, now=now)
        db.session.add(_item(run, lead.id, lead.version, why))
    db.session.flush()
    return run


def _item(run: BulkRun, lead_id: int, seen: int, why: str | None, wanted: dict[str, Any] | None = None) -> BulkItem:
    state = ItemState.SKIPPED if why else ItemState.WAITING
    return BulkItem(run_id=run.id, lead_id=lead_id, seen=seen, state=state, why=why, wanted=wanted)


def begin_run(public_id: str, *, actor: Actor, now: datetime) -> BulkRun:
    """Do what was seen: at once when it is little, else as a job. Raises NotFound, RunOver, NothingToDo."""
    run = _locked(public_id, actor)
    if run.state != RunState.READY:
        raise RunOver
    waiting = queries.counts_of(run)[ItemState.WAITING]
    if not waiting:
        raise NothingToDo
    run.state = RunState.RUNNING
    if waiting > AT_ONCE:
        run.job_id = jobs.enqueue("bulk.apply", {"run_id": run.id}, actor=actor, now=now, total=waiting).id
        db.session.flush()
        return run
    do_some(run, waiting, actor=actor, now=now)
    finish_run(run, actor=actor, now=now)
    return run


def do_some(run: BulkRun, most: int, *, actor: Actor, now: datetime) -> int:
    """The next leads of a run, each in its own right: what is not as it was seen is skipped and said. How many were looked at."""
    query = select(BulkItem).where(BulkItem.run_id == run.id, BulkItem.state == ItemState.WAITING)
    items = list(db.session.scalars(query.order_by(BulkItem.lead_id).limit(most)))  # in one order
    for item in items:
        try:
            _do(run, item, actor, now)
        except Refusal as refusal:  # each raises before it writes
            item.state, item.why = ItemState.SKIPPED, refusal.code[:40]
        else:
            item.state = ItemState.DONE
    db.session.flush()
    return len(items)


def _do(run: BulkRun, item: BulkItem, actor: Actor, now: datetime) -> None:
    act, wanted = Act(run.act), Wanted.from_json(item.wanted or run.wanted)
    lead = access.locked_for_room(item.lead_id)
    queries.check(lead, act, wanted, seen=item.seen, actor=actor, now=now)
    item.before = _before(lead, act)
    _write(lead, act, wanted, actor, now)
    item.after = lead.version


def _write(lead: Lead, act: Act, wanted: Wanted, actor: Actor, now: datetime) -> None:
    if act is Act.OWNER:
        leads.choose_owner(lead, wanted.owner_id, actor=actor, now=now)
    elif act is Act.CLUSTER:
        leads.tag_lead(lead.public_id, wanted.cluster_ids, actor=actor, now=now)
    elif act is Act.NEXT:
        leads.set_next_step(lead, wanted.step, wanted.due_on, actor=actor, now=now)
    else:
        share_lead(lead.public_id, _terms(wanted), unit_id=wanted.unit_id, user_id=None, actor=actor, now=now)
    db.session.flush()


def change_one(public_id: str, act: Act, wanted: Wanted, *, was: str, actor: Actor, now: datetime) -> Lead:
    """The next step or the owner of one lead. `was`: what stood there when the form was opened (queries.stands). Raises
    FieldMoved when somebody put something else there since, what stops a lead in a run, NotFound, Forbidden.
    """
    lead = access.locked_lead(public_id, actor=actor, action="assign" if act is Act.OWNER else "write_progress")
    there = queries.stands(lead, act)
    if there == queries.said(wanted, act):
        return lead
    if there != was:
        raise FieldMoved
    queries.check(lead, act, wanted, seen=lead.version, actor=actor, now=now)
    _write(lead, act, wanted, actor, now)
    if act is Act.OWNER and wanted.owner_id is not None:
        facts = {"person": actor.name, "count": 1}
        notifications.notify([wanted.owner_id], "lead.given", subject=("lead", lead.public_id), facts=facts, actor=actor, now=now)
    return lead


def change_total(
    public_id: str, total: Money | None, band: Band | None, *, was: str, sure: bool, actor: Actor, now: datetime
) -> Lead:
    """The total investment of one lead, and the band of one whose investor is undisclosed. Raises FieldMoved, TenfoldTotal unless
    `sure`, LeadEnded, NotFound, Forbidden.
    """
    lead = access.locked_lead(public_id, actor=actor, action="edit")
    band = band if lead.investor_id is None else Band(lead.amount_band) if lead.amount_band else None
    there = queries.total_stands(lead)
    if there == queries.total_said(total, band):
        return lead
    if there != was:
        raise FieldMoved
    if lead.status == Status.ENDED:
        raise LeadEnded
    if not sure:
        table = rates.table()
        old = Money(lead.total_amount, lead.total_currency) if lead.total_amount and lead.total_currency else None
        check_jump(*(table.convert(sum_, "CNY", clock.city_day(now)).amount if sum_ else None for sum_ in (old, total)))
    leads.set_total(lead, total, band, actor=actor, now=now)
    return lead


def change_expected(public_id: str, kind: Kind, on: date | None, reason: str, *, was: str, actor: Actor, now: datetime) -> Lead:
    """The day of the milestone that a lead expects next. Raises FieldMoved when the next one, or its day, is another than `was`;
    what `pipeline.set_expected` raises.
    """
    lead = access.locked_lead(public_id, actor=actor, action="read_detail")
    policy.require(policy.towards_lead(actor, lead), "expected", "set", seen_by="read")
    there = queries.expected_stands(lead)
    if there == queries.expected_said(kind, on):
        return lead
    if there != was:
        raise FieldMoved
    pipeline.set_expected(public_id, {kind: on}, reason, opened=None, actor=actor, now=now)
    return lead


def _before(lead: Lead, act: Act) -> dict[str, Any] | None:
    if act is Act.OWNER:
        return Wanted(owner_id=lead.owner_id).to_json()
    return Wanted(cluster_ids=tuple(tag.cluster_id for tag in lead.clusters)).to_json() if act is Act.CLUSTER else None


def _terms(wanted: Wanted) -> Terms:
    assert wanted.until is not None
    return Terms(ShareRole(wanted.role), Level(wanted.level), Tier(wanted.tier), wanted.until, wanted.note)


def finish_run(run: BulkRun, *, actor: Actor, now: datetime) -> None:
    """It is done; the new owner is told once, however many leads they got."""
    run.state, run.finished_at = RunState.DONE, now
    done = queries.counts_of(run)[ItemState.DONE]
    owner_id = Wanted.from_json(run.wanted).owner_id
    if run.act == Act.OWNER and run.undoes_id is None and owner_id is not None and done:
        facts = {"person": actor.name, "count": done}
        notifications.notify([owner_id], "lead.given", subject=None, facts=facts, actor=actor, now=now)
    if run.job_id is not None:
        facts = {"count": done}
        # The run's page belongs to whoever asked for it: told even though they asked themselves.
        notifications.notify([run.asked_by_id], "bulk.done", subject=("bulk", run.public_id), facts=facts, actor=None, now=now)
    db.session.flush()


def undo_run(public_id: str, *, actor: Actor, now: datetime) -> BulkRun:
    """Prepare the counter-act of a run: to each lead that it changed, and nobody since, what it had before. It is seen first like
    any other. Raises NotFound, RunOver, NothingToDo.
    """
    run = _locked(public_id, actor)
    if run.state != RunState.DONE or Act(run.act) not in UNDOABLE or run.undoes_id is not None:
        raise RunOver
    before = queries.counter_run(run)
    if before is not None:
        return before
    done = [line.item for line in queries.lines_of(run, actor) if line.item.state == ItemState.DONE]
    if not done:
        raise NothingToDo
    undo = BulkRun(act=run.act, wanted=Wanted().to_json(), asked_by_id=actor.user_id, asked_at=now, undoes_id=run.id,
                   state=RunState.READY, unseen=0, over=0)  # fmt: skip
    db.session.add(undo)
    db.session.flush()
    for item in done:
        assert item.before is not None
        assert item.after is not None
        wanted = Wanted.from_json(item.before)
        why = queries.why(item.lead, Act(run.act), wanted, seen=item.after, actor=actor, now=now)
        db.session.add(_item(undo, item.lead_id, item.after, why, item.before))
    db.session.flush()
    return undo


def _locked(public_id: str, actor: Actor) -> BulkRun:
    run = queries.visible_run(public_id, actor=actor)
    held = select(BulkRun).where(BulkRun.id == run.id).with_for_update(of=BulkRun)
    return db.session.scalars(held.execution_options(populate_existing=True)).one()


def starter(run: BulkRun) -> Actor | None:
    """Who asked for a run, as they stand today; None when their account is closed."""
    user = accounts.by_id(run.asked_by_id)
    return user.as_actor() if user is not None and user.is_active else None
