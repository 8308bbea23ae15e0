"""The ledger of one lead."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from crm.core.db import db
from crm.core.errors import NotFound
from crm.leads.models import Lead
from crm.money.models import Receipt
from crm.money.rules import Entry, Totals, in_force, total


@dataclass(frozen=True, slots=True)
class Line:
    """A line in force, with what had arrived by then, counted lines alone."""

    receipt: Receipt
    running: int
    corrects: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """A lead's arrivals: the lines in force in the order of their days, those that others stand in the place of, what they come
    to against contracted foreign capital (cents).
    """

    lines: Sequence[Line]
    past: Sequence[Receipt]
    totals: Totals
    contracted: int | None

    @property
    def percent(self) -> int | None:
        """How much of contracted foreign capital is counted as arrived, in whole percent, rounded down."""
        return self.totals.counted * 100 // self.contracted if self.contracted else None


def entry_of(row: Receipt) -> Entry:
    """A row as the arithmetic sees it."""
    return Entry(row.id, row.usd, row.file_id is not None, row.corrects_id)


def ledger_of(lead: Lead) -> Ledger:
    """A lead's arrivals. The caller has asked the policy."""
    query = select(Receipt).where(Receipt.lead_id == lead.id).order_by(Receipt.received_on, Receipt.id)
    rows = list(db.session.scalars(query))
    entries = [entry_of(row) for row in rows]
    by_id = {row.id: row for row in rows}
    stand = {entry.id for entry in in_force(entries)}
    lines, running = [], 0
    for row in rows:
        if row.id in stand:
            running += row.usd if row.file_id is not None else 0
            lines.append(Line(row, running, by_id.get(row.corrects_id or 0)))
    past = [row for row in rows if row.id not in stand]
    return Ledger(lines, sorted(past, key=lambda row: row.id), total(entries), lead.contracted_usd)


def standing_lines(lead_id: int) -> list[Receipt]:
    """The lines of a lead that are in force."""
    query = select(Receipt).where(Receipt.lead_id == lead_id, Receipt.amount > 0, not_corrected())
    return list(db.session.scalars(query.order_by(Receipt.id)))


def not_corrected() -> ColumnElement[bool]:
    """SQL: no other line stands in the place of this one."""
    later = aliased(Receipt)
    return ~exists().where(later.corrects_id == Receipt.id)


def line(public_id: str) -> Receipt:
    """The line named in a URL, as it is now; NotFound. The caller asks the policy of its lead."""
    query = select(Receipt).where(Receipt.public_id == public_id).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def is_corrected(receipt_id: int) -> bool:
    """Whether another line stands in the place of this one."""
    return bool(db.session.scalar(select(exists().where(Receipt.corrects_id == receipt_id))))
