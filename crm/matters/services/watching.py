"""What the nightly pass does about one matter: remind, send up, say that it is late at the top. Never twice for the same day."""

from datetime import datetime

from crm.audit import services as audit
from crm.claims import queries as claims
from crm.core import clock
from crm.core.db import db
from crm.leads.models import Lead
from crm.matters import queries
from crm.matters.models import Matter
from crm.matters.rules import EventKind, NoLevelAbove, Now, read
from crm.matters.services.holding import again, answerers, due_fact, note, raisers, tell
from crm.matters.services.matters import go_up


def look_after(matter_id: int, *, now: datetime) -> str:
    """Do what is to be done tonight, by what its events say; what that was, or nothing."""
    matter = again(matter_id)
    stand = read(queries.heard(matter.id), claims.calendar(), clock.city_day(now))
    if stand.reminds:
        note(matter, EventKind.REMINDED, actor=None, now=now, about=stand.due)
        tell(answerers(matter), "matter.reminded", matter, due_fact(matter), actor=None, now=now)
        return "reminded"
    if stand.escalates and _went_up(matter, stand, now):
        return "escalated"
    if stand.tells_late or (stand.escalates and not _told(matter.id, stand)):
        note(matter, EventKind.TOLD_LATE, actor=None, now=now, about=stand.due)
        tell([*answerers(matter), *raisers(matter)], "matter.late", matter, due_fact(matter), actor=None, now=now)
        return "late"
    return ""


def _told(matter_id: int, stand: Now) -> bool:
    """A city without headquarters: what is late there is told once, and stays."""
    return any(one.kind is EventKind.TOLD_LATE and one.about == stand.due for one in queries.heard(matter_id))


def _went_up(matter: Matter, stand: Now, now: datetime) -> bool:
    lead = db.session.get_one(Lead, matter.lead_id)
    before = answerers(matter)
    try:
        go_up(matter, lead.following_unit_id, now=now)
    except NoLevelAbove:
        return False
    note(matter, EventKind.ESCALATED, actor=None, now=now, about=stand.due)
    facts = {"ref": matter.public_id, "level": matter.level, "due": stand.due.isoformat()}
    audit.record("matter.escalated", subject=("lead", lead), facts=facts, actor=None, now=now)
    told = {"level": matter.level, **due_fact(matter)}
    tell([*before, *answerers(matter), *raisers(matter)], "matter.escalated", matter, told, actor=None, now=now)
    return True
