"""Two editions of the three batches that were frozen at the end of the last two months, out of the invented leads' own history."""

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.batches import services
from crm.batches.queries import editions, entries
from crm.batches.rules.comparing import Entry
from crm.batches.rules.periods import EditionKind, Period, period_of
from crm.batches.rules.rolling import BATCHES, Batch, LeftReason, Where, batch_of, is_idle, left_because
from crm.clusters.models import Cluster
from crm.core import clock
from crm.core.db import db
from crm.core.money import Money
from crm.leads.models import FieldChange, Lead
from crm.leads.rules.lead import Stage, Status
from crm.pipeline.models import ExpectedDate, Milestone, StageChange
from crm.pipeline.rules import Change as ExpectedChange
from crm.pipeline.rules import Kind, Promise, next_of, promises_of
from crm.visits.models import Interaction

IDLE_DAYS = 30
_SEED = 31


def make_editions(now: datetime) -> None:
    """Both editions, and what was corrected after the second. Call inside a unit of work, after all leads and their history."""
    second = period_of(EditionKind.MONTHLY, clock.city_day(now)).before
    leads = list(db.session.scalars(select(Lead).where(Lead.is_demo, Lead.merged_into_id.is_(None)).order_by(Lead.id)))
    dice = random.Random(_SEED)  # noqa: S311 - invented data wants a seed
    raised = {lead.id for lead in dice.sample(leads, len(leads) // 12)}
    corrected = {lead.id for lead in dice.sample(leads, len(leads) // 24)} - raised
    _freeze(second.before, leads, {**dict.fromkeys(raised, 80), **dict.fromkeys(corrected, 90)})
    _freeze(second, leads, dict.fromkeys(corrected, 90))
    _correct([lead for lead in leads if lead.id in corrected], second, now)


def _coordinator() -> Any:
    found = accounts.by_username("coordinator")
    assert found is not None
    return found.as_actor()


def _freeze(period: Period, leads: list[Lead], parts: Mapping[int, int]) -> None:
    day = period.last
    rows, gone = _as_of(leads, day, parts)
    last = editions.newest("SZ", period.kind)
    kept = entries.rows_of_edition(last) if last is not None else {}
    moment = clock.start_of(day) + timedelta(hours=17, minutes=30)
    services.store_edition(
        services.Snapshot("SZ", period, day, rows, gone, is_demo=True), kept, actor=_coordinator(), now=moment
    )  # fmt: skip


def _as_of(leads: list[Lead], day: date, parts: Mapping[int, int]) -> tuple[dict[int, Any], dict[int, Any]]:
    """The list as it stood on a day. `parts`: per cent of its present total that a lead had then."""
    held, stages, progress = entries.held_of([lead.id for lead in leads]), _stages(day), _progress(day)
    promised = _promised(day)
    sure = select(Milestone.lead_id, Milestone.kind).where(Milestone.confirmed_at >= clock.start_of(day, days=1))
    later = {(lead_id, kind) for lead_id, kind in db.session.execute(sure)}
    rows: dict[int, Any] = {}
    gone: dict[int, tuple[LeftReason, str | None]] = {}
    for lead in leads:
        stage, since = stages.get(lead.id, (Stage.LEAD.value, clock.city_day(lead.registered_at)))
        admitted = lead.admitted_at is not None and clock.city_day(lead.admitted_at) <= day
        where = Where(stage, Status.ACTIVE, admitted)
        batch = batch_of(where)
        if batch is None:
            gone[lead.id] = (left_because(where), None)
            continue
        then = {
            kind: replace(one, confirmed_on=None, confirmed_usd=None) if (lead.id, kind) in later else one
            for kind, one in held.get(lead.id, {}).items() if one.on <= day
        }  # fmt: skip
        idle = is_idle(progress.get(lead.id), clock.city_day(lead.registered_at), days=IDLE_DAYS, today=day)
        one = next_of(promises_of(promised.get(lead.id, ())), then)
        rows[lead.id] = _row(lead, one, batch, since, parts.get(lead.id, 100), entries.of_batch(batch, then, lead.less_usd), idle)
    order = {batch: place for place, batch in enumerate(BATCHES)}
    ranked = sorted(rows.items(), key=lambda one: (order[one[1][0].batch], -one[1][1]["since"].toordinal(), one[0]))
    return dict(ranked), gone


def _row(
    lead: Lead, expected: Promise | None, batch: Batch, since: date, part: int, held: Any, idle: bool
) -> tuple[Entry, dict[str, Any]]:
    reported, confirmed, usd = held
    total = lead.total_cny * part // 100 if lead.total_cny is not None else None
    entry = Entry(batch, total, lead.total_verified, lead.contracted_usd, usd, lead.following_unit_id)
    tags: list[Cluster] = [tag.cluster for tag in lead.clusters]
    return entry, {
        "number": lead.number, "title": lead.title, "name": lead.display_name, "country": lead.country,
        "cluster_id": tags[0].id if tags else None, "stage": batch.value, "since": since, "idle": idle, "framework": False,
        "sealed": lead.sealed, "code_name": lead.code_name, "reported_on": reported, "confirmed_on": confirmed,
        "expected_kind": expected.kind.value if expected else None, "expected_on": expected.on if expected else None,
    }  # fmt: skip


def _promised(day: date) -> dict[int, list[ExpectedChange]]:
    """What had been promised of milestones by then."""
    query = select(ExpectedDate.lead_id, ExpectedDate.kind, ExpectedDate.old_on, ExpectedDate.new_on)
    query = query.where(ExpectedDate.at < clock.start_of(day, days=1)).order_by(ExpectedDate.at, ExpectedDate.id)
    found: dict[int, list[ExpectedChange]] = defaultdict(list)
    for lead_id, kind, old, new in db.session.execute(query):
        found[lead_id].append(ExpectedChange(Kind(kind), old, new))
    return found


def _stages(day: date) -> dict[int, tuple[str, date]]:
    query = select(StageChange.lead_id, StageChange.to_stage, StageChange.on_date).where(StageChange.on_date <= day)
    return {lead_id: (stage, on) for lead_id, stage, on in db.session.execute(query.order_by(StageChange.id))}


def _progress(day: date) -> dict[int, date]:
    found: dict[int, date] = defaultdict(lambda: date.min)
    for lead_id, on in db.session.execute(select(Interaction.lead_id, Interaction.on_date).where(Interaction.on_date <= day)):
        found[lead_id] = max(found[lead_id], on)
    return dict(found)


def _correct(leads: list[Lead], second: Period, now: datetime) -> None:
    """What the total of some leads was said to be after the second edition."""
    moment = max(now - timedelta(days=9), clock.start_of(second.last, days=1) + timedelta(hours=9))
    for lead in leads:
        if lead.total_amount and lead.total_currency:
            old = Money(lead.total_amount * 90 // 100, lead.total_currency)
            new = Money(lead.total_amount, lead.total_currency)
            db.session.add(
                FieldChange(
                    lead_id=lead.id, field="total", old=f"{old.major:f} {old.currency}", new=f"{new.major:f} {new.currency}",
                    changed_by_id=_coordinator().user_id, changed_at=moment,
                )
            )  # fmt: skip
    db.session.flush()
