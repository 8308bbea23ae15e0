"""领导批示: a leader, or who acts for them, says what is to be done, by whom and by when."""

from datetime import date, datetime

from crm.claims import queries as claims
from crm.core import clock
from crm.core.db import db
from crm.core.errors import NotFound
from crm.core.numbers import next_number
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import Status
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.supervision import queries
from crm.supervision.models import Instruction, InstructionUnit
from crm.supervision.rules import (
    DayUnfit,
    Deed,
    InstructionState,
    LeaderUnfit,
    NewInstruction,
    Said,
    TaskLeadUnfit,
    UnitUnfit,
    settings,
)
from crm.supervision.services.holding import (
    check_day,
    check_words,
    due_fact,
    note,
    record,
    supporters,
    tell,
    undertakers,
)
from crm.units import queries as units


def give_instruction(
    new: NewInstruction, *, city: str, actor: Actor, now: datetime, is_demo: bool = False
) -> Instruction:  # fmt: skip
    """Give an instruction in a leader's name. Raises NotFound, Forbidden, WordsNeeded, DayUnfit, UnitUnfit, LeaderUnfit,
    TaskLeadUnfit.
    """
    policy.require(queries.towards_leader(actor, new.leader_id), "instruction", "give", seen_by="list")
    if new.leader_id not in {user.id for user in queries.leaders()}:
        raise LeaderUnfit
    lead = access.locked_lead(new.lead, actor=actor, action="read_detail") if new.lead else None
    if lead is not None and lead.status == Status.ENDED:
        raise TaskLeadUnfit
    text, today = check_words(new.text), clock.city_day(now)
    _check_units(new)
    due = new.due_on or usual_day(now)
    check_day(due, today)
    if new.given_on > today or new.given_on.year < 2000:
        raise DayUnfit
    row = _stored(new, text, lead, due, city, actor, now, is_demo)
    for_id = None if new.leader_id == actor.user_id else new.leader_id
    note(row, Deed.GIVEN, actor=actor, now=now, said=Said(text, new.way), for_id=for_id)
    facts = {"leader": row.given_by_id, "way": row.way, "unit": row.unit_id, "due": due.isoformat()}
    record("instruction.given", row, facts, actor=actor, now=now)
    tell([*undertakers(row), *supporters(row)], "instruction.given", row, due_fact(due), actor=actor, now=now)
    if for_id is not None:
        tell([for_id], "instruction.in_your_name", row, {}, actor=actor, now=now)
    return row


def usual_day(now: datetime) -> date:
    """The day by which something is done when the leader names none."""
    return claims.calendar().after(clock.city_day(now), settings()["usual_working_days"], working=True)


def _check_units(new: NewInstruction) -> None:
    ids = [new.unit_id, *new.supporting]
    if len(set(ids)) != len(ids):
        raise UnitUnfit
    for unit_id in ids:
        try:
            unit = units.by_id(unit_id)
        except NotFound:
            raise UnitUnfit from None
        if unit.retired_on is not None:
            raise UnitUnfit


def _stored(
    new: NewInstruction, text: str, lead: Lead | None, due: date, city: str, actor: Actor, now: datetime, is_demo: bool
) -> Instruction:  # fmt: skip
    year = clock.city_day(now).year
    row = Instruction(
        number=f"{city}-DB-{year}-{next_number('instruction', year):04d}", lead_id=lead.id if lead else None, text=text,
        way=new.way, given_by_id=new.leader_id, given_on=new.given_on, unit_id=new.unit_id, due_on=due,
        state=InstructionState.OPEN, recorded_by_id=actor.user_id, recorded_at=now, is_demo=is_demo,
        supporting=[InstructionUnit(unit_id=unit_id) for unit_id in new.supporting],
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
