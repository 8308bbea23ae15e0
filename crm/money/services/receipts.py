"""Lines of the ledger: an arrival, and a line that stands in the place of another. Nothing is ever changed."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from crm.audit import services as audit
from crm.claims.rules.evidence import EvidenceType
from crm.core import clock
from crm.core.db import db
from crm.core.errors import NotFound
from crm.core.money import Money
from crm.files import services as files
from crm.files.models import StoredFile
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.money import queries
from crm.money.models import Receipt
from crm.money.rules import (
    Before,
    LineCorrected,
    NewReceipt,
    ReasonNeeded,
    SlipsUnchecked,
    check,
    first_of,
    signature,
    slips,
)
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.rates import queries as rates


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that the money arrived: a new file, or one of the lead's, by its public id. Neither: it is to come."""

    name: str = ""
    content: bytes | None = None
    public_id: str = ""


def add_receipt(
    public_id: str, new: NewReceipt, proof: Proof, *, checked: str = "", root: str, actor: Actor, now: datetime
) -> Receipt:  # fmt: skip
    """Enter an arrival for a lead. Raises what `check` raises, and SlipsUnchecked while the sum looks like a slip and `checked`
    is not what was said about this very sum.
    """
    lead = access.locked_lead(public_id, actor=actor, action="read_detail")
    policy.require(policy.towards_lead(actor, lead), "receipt", "add", seen_by="read")
    row = _line(lead, new, checked, None, actor, now)
    row.file_id = _stored(lead, proof, root, actor, now)
    return _written(lead, row, "receipt.added", actor, now)


def correct_receipt(
    public_id: str, new: NewReceipt | None, proof: Proof, reason: str, *, checked: str = "", root: str, actor: Actor,
    now: datetime,
) -> Receipt:  # fmt: skip
    """Put a line in the place of one, for a reason; without `new` the one is taken back. Raises LineCorrected when another stands
    in its place already, ReasonNeeded, and what add_receipt raises.
    """
    lead = access.locked_for_room(queries.line(public_id).lead_id)
    old = queries.line(public_id)
    if old.lead_id != lead.id:  # merged away while we waited
        lead = access.locked_for_room(old.lead_id)
    policy.require(policy.towards_lead(actor, lead), "receipt", "correct", seen_by="read")
    if not reason.strip():
        raise ReasonNeeded
    if queries.is_corrected(old.id):
        raise LineCorrected
    if new is None:
        row = _empty(lead, old, actor, now)
    else:
        row = _line(lead, new, checked, old, actor, now)
        row.file_id = _stored(lead, proof, root, actor, now)
    row.corrects_id, row.reason = old.id, reason.strip()[:400]
    return _written(lead, row, "receipt.corrected", actor, now)


def _line(lead: Lead, new: NewReceipt, checked: str, old: Receipt | None, actor: Actor, now: datetime) -> Receipt:
    row = _empty(lead, None, actor, now)
    row.amount, row.currency, row.usd = new.money.amount, new.money.currency, weigh(lead, new, checked, old, now=now)
    row.rate_day = rates.table().day_of(new.money.currency, "USD", new.received_on)
    row.received_on, row.month = new.received_on, first_of(new.received_on)
    row.kind, row.payer_country, row.note = new.kind, new.payer_country, new.note
    return row


def weigh(lead: Lead, new: NewReceipt, checked: str, old: Receipt | None = None, *, now: datetime) -> int:
    """What an arrival comes to in cents. Raises what add_receipt raises about the sum."""
    usd = rates.table().convert(new.money, "USD", new.received_on).amount
    check(new, usd, today=clock.city_day(now))
    found = slips(new, usd, before(lead, old))
    if found and checked != (said := signature(new, found)):
        raise SlipsUnchecked(slips=found, signature=said)
    return usd


def before(lead: Lead, old: Receipt | None = None) -> Before:
    """What a new line of a lead is compared with, but for the one in whose place it is to stand."""
    rows = [row for row in queries.standing_lines(lead.id) if old is None or row.id != old.id]
    lines = tuple((row.usd, Money(row.amount, row.currency), row.received_on) for row in rows)
    return Before(lead.contracted_usd, lines)


def _empty(lead: Lead, old: Receipt | None, actor: Actor, now: datetime) -> Receipt:
    row = Receipt(
        lead_id=lead.id, amount=0, usd=0, entered_by_id=actor.user_id, entered_unit_id=actor.unit_id, entered_at=now
    )  # fmt: skip
    if old is not None:
        row.currency, row.received_on, row.month, row.kind = old.currency, old.received_on, old.month, old.kind
    return row


def _stored(lead: Lead, proof: Proof, root: str, actor: Actor, now: datetime) -> int | None:
    if proof.content is not None:
        return files.store_file(
            proof.content, proof.name, purpose="evidence", root=root, actor=actor, now=now, lead_id=lead.id,
            evidence_type=EvidenceType.FACT,
        ).id  # fmt: skip
    if not proof.public_id:
        return None
    query = select(StoredFile.id).where(StoredFile.public_id == proof.public_id, StoredFile.lead_id == lead.id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def _written(lead: Lead, row: Receipt, action: str, actor: Actor, now: datetime) -> Receipt:
    db.session.add(row)
    db.session.flush()
    facts: dict[str, object] = {
        "amount": row.amount, "currency": row.currency, "usd": row.usd, "rate_day": _iso(row.rate_day),
        "received_on": row.received_on.isoformat(), "kind": row.kind, "payer_country": row.payer_country, "file": row.file_id,
        "corrects": row.corrects_id, "reason": row.reason,
    }  # fmt: skip
    audit.record(action, subject=("lead", lead), facts=facts, actor=actor, now=now)
    return row


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
