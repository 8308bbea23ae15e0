"""Projects on the rolling list, where they go, and editions of it."""

from datetime import date, timedelta

from crm.batches import services
from crm.batches.queries import editions, sums
from crm.batches.rules.periods import EditionKind
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.money import Money
from crm.leads.models import Lead
from crm.leads.rules.lead import Status
from crm.pipeline.models import Milestone, StageChange
from tests.builders import a_lead, actor
from tests.claims.stories import at

START = at("2026-11-02 09:00")  # a Monday
NEXT = at("2026-11-09 09:00")
THIRD = at("2026-11-16 09:00")
IDLE = 30
YI = 10**10


def listed(stage="negotiating", *, by="officer.nanshan", now=START, total=3, usd=1000, verified=True, progress=None, **changed):
    """An admitted project in a stage, of so many 亿元 and 万美元."""
    sums_ = {"total": Money.of(total * 10**8, "CNY"), "contracted": Money.of(usd * 10_000, "USD")}
    lead = a_lead(by=by, now=now - timedelta(days=60), **({} if total is None else sums_), **changed)
    with unit_of_work():
        row = db.session.get_one(Lead, lead.id)
        row.admitted_at, row.total_verified = now - timedelta(days=59), verified
        row.last_progress_on = progress
    return moved(lead, stage, clock.city_day(now) - timedelta(days=10), entered=now - timedelta(days=10))


def moved(lead, stage, on, *, entered=START):
    """It reached a stage; straight as rows, whatever the gates ask."""
    with unit_of_work():
        row = db.session.get_one(Lead, lead.id)
        if row.stage != stage:
            db.session.add(
                StageChange(
                    lead_id=row.id, from_stage=row.stage, to_stage=stage, on_date=on, entered_by_id=actor().user_id,
                    entered_at=entered,
                )
            )  # fmt: skip
        row.stage, row.stage_since = stage, on
    return db.session.get_one(Lead, lead.id)


def changed(lead, **values):
    """Some columns of it say something else."""
    with unit_of_work():
        row = db.session.get_one(Lead, lead.id)
        for name, value in values.items():
            setattr(row, name, value)
    return db.session.get_one(Lead, lead.id)


def ended(lead):
    return changed(lead, status=Status.ENDED)


def confirmed(lead, kind, on, *, usd=None, when=None):
    """A milestone that the city confirmed."""
    amount = {"amount": usd * 1_000_000, "currency": "USD"} if usd else {}
    sure = {"confirmed_amount": usd * 1_000_000, "confirmed_currency": "USD"} if usd else {}
    with unit_of_work():
        who = actor()
        db.session.add(
            Milestone(
                lead_id=lead.id, kind=kind, on_date=on, **amount, **sure, entered_by_id=who.user_id, entered_unit_id=who.unit_id,
                entered_at=when or START, state="confirmed", confirmed_by_id=actor("coordinator").user_id,
                confirmed_at=when or START, confirmed_on=on, rules_version="1",
            )
        )  # fmt: skip


def frozen(now=START, kind=EditionKind.WEEKLY, first=None, by="coordinator"):
    with clock.fixed(now), unit_of_work():
        made = services.freeze_edition(kind, first, city="SZ", idle_days=IDLE, actor=actor(by), now=now)
        made_id = made.public_id
    return editions.by_public_id(made_id)


def rows(edition, username="coordinator", **asked):
    """An edition's rows as somebody reads them."""
    asked = editions.Asked(**({"size": 1000} | asked))
    return editions.rows_of(edition, asked, actor(username))


def numbers(username="coordinator", **asked):
    return sums.numbers_for(actor(username), sums.Asked(**asked), idle_days=IDLE, keep_seconds=0)


def day(text):
    return date.fromisoformat(text)
