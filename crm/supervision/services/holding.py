"""The task, locked; the line that every act leaves; who is told."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db, lock_key
from crm.leads.models import Lead
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.supervision import queries
from crm.supervision.models import Instruction, InstructionEvent
from crm.supervision.rules import DayUnfit, Deed, Said, WayNeeded, WordsNeeded
from crm.units import queries as units

LONGEST = timedelta(days=731)


def hold(public_id: str, action: str, actor: Actor) -> queries.Seen:
    """A task, locked and as it is now, for somebody who may do `action`. NotFound, Forbidden."""
    row = again(queries.by_public_id(public_id).id)
    lead = db.session.get_one(Lead, row.lead_id) if row.lead_id is not None else None
    standing = queries.stands(actor, row, lead)
    policy.require(standing, "instruction", action, seen_by="read")
    return queries.Seen(row, lead, standing, clock.today())


def again(instruction_id: int) -> Instruction:
    """A task, locked until the transaction ends."""
    lock_key(f"instruction:{instruction_id}")
    query = select(Instruction).where(Instruction.id == instruction_id).with_for_update(of=Instruction)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def note(
    row: Instruction, deed: Deed, *, actor: Actor | None, now: datetime, said: Said | None = None, about: date | None = None,
    for_id: int | None = None,
) -> InstructionEvent:  # fmt: skip
    """Write down what happened, with the day as it is from now on (of a wish for more time the one that is asked for)."""
    due = said.due_on if deed is Deed.ASKED_TIME and said and said.due_on else row.due_on
    event = InstructionEvent(
        instruction_id=row.id, kind=deed, due_on=due, about_on=about, text=said.text if said else None,
        way=said.way if said and for_id else None, for_id=for_id, by_id=actor.user_id if actor else None,
        by_unit_id=actor.unit_id if actor else None, at=now,
    )  # fmt: skip
    db.session.add(event)
    db.session.flush()
    return event


def record(action: str, row: Instruction, facts: Mapping[str, object], *, actor: Actor | None, now: datetime) -> None:
    """A line of the audit: about the lead, where there is one."""
    subject = ("lead", row.lead_id) if row.lead_id is not None else ("instruction", row)
    audit.record(action, subject=subject, facts={"number": row.number, **facts}, actor=actor, now=now)


def check_words(text: str | None) -> str:
    """The words, or WordsNeeded."""
    if not (text or "").strip():
        raise WordsNeeded
    return (text or "").strip()[:2000]


def check_day(day: date, today: date) -> None:
    """Raise DayUnfit unless the day is one of the next two years."""
    if not today <= day <= today + LONGEST:
        raise DayUnfit


def for_whom(seen: queries.Seen, said: Said) -> int | None:
    """The leader in whose name a decision is taken; None for the leader, and for the coordinator who decides as the office: one
    to whom the leader gave a delegation decides for the leader by saying how the leader said it. Raises WayNeeded when somebody
    acts for the leader and does not say it.
    """
    if not seen.speaks_for or (said.way is None and not seen.acts_for):
        return None
    if said.way is None:
        raise WayNeeded
    return seen.row.given_by_id


def undertakers(row: Instruction) -> list[int]:
    """Who is to do it: managers of the unit or above it; all of a unit without one; where nobody works the coordinators."""
    managers = [user.id for user in accounts.managers_of(row.unit.path)]
    return managers or [user.id for user in accounts.active_in([row.unit_id])] or [user.id for user in accounts.coordinators()]


def supporters(row: Instruction) -> list[int]:
    """Those who manage the units that help."""
    return [user.id for user in accounts.managers_of(*(one.unit.path for one in row.supporting))] if row.supporting else []


def givers(row: Instruction) -> list[int]:
    """The leader, those who act for them today, the coordinators."""
    return [row.given_by_id, *queries.delegates_of(row.given_by_id), *(user.id for user in accounts.coordinators())]


def tell(
    people: list[int], code: str, row: Instruction, facts: dict[str, str], *, actor: Actor | None, now: datetime
) -> None:  # fmt: skip
    """A message about a task. It says neither what it is about nor whom: that is read on its page."""
    who = {"unit": units.by_id(actor.unit_id).zh, "person": actor.name} if actor else {}
    about = ("instruction", row.public_id)
    notifications.notify(people, code, subject=about, facts=who | {"number": row.number} | facts, actor=actor, now=now)


def due_fact(day: date) -> dict[str, str]:
    """A day, for a message."""
    return {"due": clock.start_of(day).isoformat()}
