"""到资 since the last meeting, and 实际使用外资 of the year: two figures that nothing adds up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from crm.core import clock
from crm.core.db import db
from crm.leads.models import Lead
from crm.meetings.rules import CAPS, Part, Span
from crm.money.models import Receipt, Utilised
from crm.money.queries import scope
from crm.money.queries.ledger import not_corrected
from crm.money.rules import Question
from crm.policy.rules import Actor


@dataclass(frozen=True, slots=True)
class Arrived:
    """An arrival with its lead; `late`: it arrived before these days and was entered in them."""

    receipt: Receipt
    lead: Lead
    late: bool


@dataclass(frozen=True, slots=True)
class Funds:
    """到资 in cents: `counted` with proof, `bare` without it, received in these days, in `lines` and `bare_lines`; `late` with or
    without proof, received before and entered in them. 实际使用外资 in cents by month of the newest official `year` (None: no
    table yet).
    """

    counted: int
    lines: int
    bare: int
    bare_lines: int
    late: int
    late_lines: int
    arrivals: Part[Arrived]
    year: int | None
    months: Sequence[tuple[date, int]]

    @property
    def utilised(self) -> int:
        """实际使用外资 of the year so far."""
        return sum(usd for _month, usd in self.months)


def funds_of(span: Span, actor: Actor) -> Funds:
    """Both, as far as this person reads them: the arrivals of their leads, the official rows of those leads' companies."""
    question = Question(span.first.replace(day=1), span.last.replace(day=1))
    here = and_(Receipt.received_on >= span.first, Receipt.received_on <= span.last)
    entered = and_(Receipt.entered_at >= clock.start_of(span.first), Receipt.entered_at < clock.start_of(span.last, days=1))
    late = and_(Receipt.received_on < span.first, entered, Receipt.corrects_id.is_(None))
    where = [Receipt.amount > 0, not_corrected(), or_(here, late), *scope.leads_of(question, actor)]
    proven = Receipt.file_id.is_not(None)
    parts = (late, and_(here, proven), and_(here, ~proven))
    sums = [made for part in parts for made in (func.sum(Receipt.usd).filter(part), func.count().filter(part))]
    found = db.session.execute(select(*sums).select_from(Receipt).join(Lead, Lead.id == Receipt.lead_id).where(*where)).one()
    late_usd, late_lines, counted, lines, bare, bare_lines = (int(value or 0) for value in found)
    rows = _arrivals(where, span)
    year, months = _official(actor)
    return Funds(
        counted, lines, bare, bare_lines, late_usd, late_lines, Part(rows, lines + bare_lines + late_lines), year, months
    )  # fmt: skip


def _arrivals(where: list[ColumnElement[bool]], span: Span) -> list[Arrived]:
    query = select(Receipt, Lead).join(Lead, Lead.id == Receipt.lead_id).where(*where)
    query = query.options(joinedload(Lead.investor), joinedload(Lead.following_unit, innerjoin=True))
    query = query.order_by(Receipt.usd.desc(), Receipt.id).limit(CAPS["receipts"])
    return [Arrived(row, lead, row.received_on < span.first) for row, lead in db.session.execute(query).unique()]


def _official(actor: Actor) -> tuple[int | None, list[tuple[date, int]]]:
    newest = db.session.scalar(select(func.max(Utilised.month)).where(Utilised.state == "live"))
    if newest is None:
        return None, []
    question = Question(newest.replace(month=1), newest)
    query = select(Utilised.month, func.sum(Utilised.usd)).where(
        Utilised.state == "live", Utilised.month >= question.first, Utilised.month <= question.last,
        scope.official_in_sight(question, actor),
    )  # fmt: skip
    found = db.session.execute(query.group_by(Utilised.month).order_by(Utilised.month))
    return newest.year, [(month, int(usd)) for month, usd in found]
