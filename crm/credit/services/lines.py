"""Single lines by the coordinator's hand: what was agreed or decided outside a transfer, and corrections."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from crm.accounts import queries as accounts
from crm.audit import services as audit
from crm.credit import queries
from crm.credit.models import CreditLine
from crm.credit.rules import FULL, CreditSource, Entry, Indicator, LineCorrected, PartsUnfit, ShareModel, stands
from crm.credit.services.writing import TheLead, begin, hold, write
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor, Role


@dataclass(frozen=True, slots=True)
class Credit:
    """What a unit is to be credited with from a day on, and why."""

    unit_id: int
    parts: int
    valid_from: date
    reason: str
    model: ShareModel = ShareModel.AGREED
    source: CreditSource = CreditSource.AGREEMENT
    ref: str | None = None


def credit_unit(
    lead: TheLead, indicators: Iterable[Indicator], credit: Credit, *, actor: Actor, now: datetime
) -> list[CreditLine]:  # fmt: skip
    """Add a line for each indicator; those concerned are told once. Raises PartsUnfit, CreditReasonNeeded, Forbidden."""
    _may_write(lead, actor)
    if not 0 <= credit.parts <= FULL:
        raise PartsUnfit
    hold(lead)
    entry = Entry(credit.unit_id, credit.parts, credit.valid_from)
    why = (credit.model, credit.source, credit.ref, credit.reason)
    rows = []
    for indicator in indicators:
        begin(lead, indicator, actor=actor, now=now)
        rows.append(write(lead, indicator, entry, why, actor=actor, now=now))
        audit.record("credit.credited", subject=("lead", lead), facts=_facts(rows[-1]), actor=actor, now=now)
    _tell(lead, rows[0], actor, now)
    return rows


def correct_lines(
    lead: TheLead, lines: Sequence[CreditLine], parts: int, reason: str, *, actor: Actor, now: datetime
) -> list[CreditLine]:  # fmt: skip
    """Put lines with another share in the place of those that say the same of several indicators, which stay to be read; those
    concerned are told once. Raises LineCorrected, PartsUnfit, CreditReasonNeeded, Forbidden.
    """
    _may_write(lead, actor)
    if not 0 <= parts <= FULL:
        raise PartsUnfit
    hold(lead)
    gone = {row.corrects_id for row in queries.lines_of(lead.id)}
    rows = []
    for line in lines:
        if line.id in gone:
            raise LineCorrected
        entry = Entry(line.unit_id, parts, line.valid_from, line.id)
        why = (ShareModel(line.model), CreditSource.AGREEMENT, line.ref, reason)
        rows.append(write(lead, Indicator(line.indicator), entry, why, actor=actor, now=now))
        audit.record("credit.corrected", subject=("lead", lead), facts=_facts(rows[-1]), actor=actor, now=now)
    _tell(lead, rows[0], actor, now)
    return rows


def _may_write(lead: TheLead, actor: Actor) -> None:
    parties = {lead.registered_unit_id, *(row.unit_id for row in queries.lines_of(lead.id))}
    policy.require(stands(actor, lead, parties), "credit", "write", seen_by="read")


def _facts(row: CreditLine) -> dict[str, object]:
    return {
        "unit": row.unit_id, "indicator": row.indicator, "parts": row.parts, "from": row.valid_from.isoformat(),
        "source": row.source, "corrects": row.corrects_id, "reason": row.reason,
    }  # fmt: skip


def _tell(lead: TheLead, row: CreditLine, actor: Actor, now: datetime) -> None:
    units = {row.unit_id, lead.following_unit_id}
    people = [user.id for user in accounts.of_role(Role.DISTRICT_MANAGER) if user.unit_id in units]
    facts = {"number": lead.number, "name": lead.display_name or lead.title, "why": row.reason}
    told = {*people, *([lead.owner_id] if lead.owner_id else [])}
    notifications.notify(told, "credit.changed", subject=("lead", lead.public_id), facts=facts, actor=actor, now=now)
