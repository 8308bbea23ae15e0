"""How a line comes into the table, and the first one before it."""

from datetime import datetime
from typing import Protocol

from crm.core import clock
from crm.core.db import db, lock_key
from crm.credit import queries
from crm.credit.models import CreditLine
from crm.credit.rules import FULL, CreditReasonNeeded, CreditSource, Entry, Indicator, ShareModel
from crm.policy.rules import Actor, NamedLead


class TheLead(NamedLead, Protocol):
    """A lead, as far as attribution needs it."""

    @property
    def registered_unit_id(self) -> int:
        """The unit that registered it."""

    @property
    def registered_at(self) -> datetime:
        """When."""


def hold(lead: TheLead) -> None:
    """Let nobody else write lines of a lead until the transaction ends."""
    lock_key(f"credit:{lead.id}")


def begin(lead: TheLead, indicator: Indicator, *, actor: Actor, now: datetime) -> list[CreditLine]:
    """The lines of an indicator; the first one, which was only implied, is written when there are none: the following unit has
    all since the registration.
    """
    found = queries.lines_of(lead.id, indicator)
    if found:
        return found
    entry = Entry(lead.following_unit_id, FULL, clock.city_day(lead.registered_at))
    why = (ShareModel.WHOLE, CreditSource.REGISTRATION, None, "")
    return [write(lead, indicator, entry, why, actor=actor, now=now)]


def write(
    lead: TheLead, indicator: Indicator, entry: Entry, why: tuple[ShareModel, CreditSource, str | None, str], *, actor: Actor,
    now: datetime,
) -> CreditLine:  # fmt: skip
    """Add one line; `why` is its model, its source, the record behind it and the reason."""
    model, source, ref, reason = why
    if source is not CreditSource.REGISTRATION and not reason.strip():
        raise CreditReasonNeeded
    row = CreditLine(
        lead_id=lead.id, unit_id=entry.unit_id, indicator=indicator, parts=entry.parts, valid_from=entry.valid_from, model=model,
        source=source, ref=ref, corrects_id=entry.corrects_id, reason=reason.strip()[:400], by_id=actor.user_id, at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
