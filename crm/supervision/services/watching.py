"""What the nightly pass does about one task: remind, say that it is late. Never twice for the same day."""

from datetime import datetime

from crm.claims import queries as claims
from crm.core import clock
from crm.supervision import queries
from crm.supervision.rules import Deed, read
from crm.supervision.services.holding import again, due_fact, givers, note, supporters, tell, undertakers


def look_after(instruction_id: int, *, now: datetime) -> str:
    """Do what is to be done tonight, by what its events say; what that was, or nothing."""
    row = again(instruction_id)
    stand = read(queries.heard(row.id), claims.calendar(), clock.city_day(now))
    if stand.reminds:
        note(row, Deed.REMINDED, actor=None, now=now, about=stand.due)
        tell([*undertakers(row), *supporters(row)], "instruction.reminded", row, due_fact(stand.due), actor=None, now=now)
        return "reminded"
    if stand.tells_late:
        note(row, Deed.TOLD_LATE, actor=None, now=now, about=stand.due)
        tell([*undertakers(row), *givers(row)], "instruction.late", row, due_fact(stand.due), actor=None, now=now)
        return "late"
    return ""
