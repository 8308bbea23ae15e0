"""What the nightly pass does: remind a unit whose day is near, tell it that it is late, name the late ones to the city."""

from collections.abc import Iterable
from datetime import datetime

from crm.accounts import queries as accounts
from crm.core import clock
from crm.core.db import db
from crm.notifications import services as notifications
from crm.returns.models import ReturnNotice
from crm.returns.queries.weeks import Owes


def remind(owes: Owes, *, now: datetime) -> None:
    """A unit's day is near."""
    _tell(owes, "soon", "return.soon", now)


def name_late(owed: Iterable[Owes], *, now: datetime) -> int:
    """Tell units that their day is past, and the coordinators which units these are; how many."""
    late = list(owed)
    for owes in late:
        _tell(owes, "late", "return.late", now)
    if late:
        facts = {
            "count": len(late), "week": late[0].week.first.isoformat(), "names": "、".join(owes.unit.short_zh for owes in late),
        }  # fmt: skip
        people = [user.id for user in accounts.coordinators()]
        notifications.notify(people, "return.named", subject=_subject(late[0]), facts=facts, actor=None, now=now)
    return len(late)


def _tell(owes: Owes, kind: str, code: str, now: datetime) -> None:
    db.session.add(ReturnNotice(unit_id=owes.unit.id, week_on=owes.week.first, kind=kind, told_at=now))
    people = [user.id for user in accounts.managers_of(owes.unit.path)]
    people += [owes.writer_id] if owes.writer_id else []
    facts = {"unit": owes.unit.zh, "week": owes.week.first.isoformat(), "due": clock.start_of(owes.due).isoformat()}
    notifications.notify(people, code, subject=_subject(owes), facts=facts, actor=None, now=now)
    db.session.flush()


def _subject(owes: Owes) -> tuple[str, str]:
    """A week has no record of its own: its first day names it."""
    return ("return_week", owes.week.first.isoformat())
