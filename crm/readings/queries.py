"""Named reads of readings and probes."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from crm.accounts.models import User
from crm.core import clock
from crm.core.db import db
from crm.readings.models import Probe, ProbeAlert, Reading
from crm.readings.rules import settings


def of_lead(lead_id: int, *, limit: int = 200) -> list[Reading]:
    """Who read a lead, the latest first."""
    query = select(Reading).where(Reading.lead_id == lead_id).order_by(Reading.first_at.desc(), Reading.id.desc())
    return list(db.session.scalars(query.limit(limit)))


def was_noted(lead_id: int, user_id: int, on: date) -> bool:
    """Whether somebody's reading of that day stands already."""
    query = select(Reading.id).where(Reading.lead_id == lead_id, Reading.user_id == user_id, Reading.on_date == on)
    return db.session.scalar(query) is not None


def open_probes(user_id: int, on: date) -> int:
    """How many leads somebody hit on a day without registering anything."""
    query = select(func.count()).select_from(Probe)
    return db.session.scalar(query.where(Probe.user_id == user_id, Probe.on_date == on, Probe.saved_at.is_(None))) or 0


@dataclass(frozen=True, slots=True)
class Asker:
    """One person's questions of a day: how many leads were hit without a registration, how many with one, and whether the
    coordinators were told. `typed`: some of the names, for those who may read them.
    """

    user: User
    on: date
    unsaved: int
    saved: int
    alerted: bool
    typed: tuple[str, ...]


def askers(*, names: bool, limit: int = 200) -> list[Asker]:
    """Who asked about what they may not see in the last days, the latest day and the most questions first."""
    since = clock.today() - timedelta(days=settings()["days_shown"])
    unsaved, saved = func.count().filter(Probe.saved_at.is_(None)), func.count().filter(Probe.saved_at.is_not(None))
    days = (
        select(Probe.user_id, Probe.on_date, unsaved, saved).where(Probe.on_date >= since).group_by(Probe.user_id, Probe.on_date)
    )
    rows = db.session.execute(days.order_by(Probe.on_date.desc(), unsaved.desc(), Probe.user_id).limit(limit)).all()
    people = {row[0] for row in rows}
    users = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(people)))} if rows else {}
    alerts = select(ProbeAlert.user_id, ProbeAlert.on_date).where(ProbeAlert.on_date >= since)
    told = {(user_id, on) for user_id, on in db.session.execute(alerts)}
    typed = _typed(people, since) if names and rows else {}
    return [
        Asker(users[user_id], on, some, others, (user_id, on) in told, typed.get((user_id, on), ()))
        for user_id, on, some, others in rows
    ]


def _typed(people: set[int], since: date) -> dict[tuple[int, date], tuple[str, ...]]:
    query = select(Probe.user_id, Probe.on_date, Probe.typed).where(Probe.user_id.in_(people), Probe.on_date >= since)
    found: dict[tuple[int, date], tuple[str, ...]] = {}
    for user_id, on, text in db.session.execute(query.where(Probe.saved_at.is_(None)).order_by(Probe.id)):
        found[user_id, on] = (*found.get((user_id, on), ()), text)
    return found
