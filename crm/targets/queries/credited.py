"""What counts for whom: confirmed milestones, proven arrivals and the official table, each given to units by the attribution
ledger alone. One lead counts once for each measure, in the period in which it was first entered; moves inside the city count
nothing; a phase (一期/二期) is no project more than the one above it, of its sums and an expansion's what they add counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from crm.core import clock
from crm.core.db import db, one_of
from crm.core.money import Money
from crm.credit import queries as credit
from crm.credit.rules import Indicator
from crm.leads.models import Lead
from crm.leads.rules.lead import Status
from crm.leads.rules.phases import PhaseKind
from crm.money.models import Receipt, Utilised
from crm.money.queries.ledger import not_corrected
from crm.pipeline.models import Milestone
from crm.pipeline.rules import Kind
from crm.rates import queries as rates
from crm.rates.rules import NoRate, Rates

CENTS = 1_000_000  # cents of ten thousand dollars
# A measure of projects, and the milestones that make one: the first of them counts.
_PROJECTS = {
    "signed": (Kind.CONTRACT_SIGNED,), "registered": (Kind.REGISTERED,), "funded": (Kind.FIRST_FUNDS,),
    "started": (Kind.CONSTRUCTION_STARTED, Kind.FITOUT_STARTED), "operating": (Kind.IN_OPERATION,),
}  # fmt: skip
_BY_CONTRACT = frozenset({"signed", "big_signed", "contracted"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A fact that counts: `value` is 1 for a project, cents for money; `day` on which it counts; `ref` names the record behind it
    (a milestone, an arrival, an official row).
    """

    measure: str
    lead_id: int
    value: int
    day: date
    kind: str
    ref: int


@dataclass(frozen=True, slots=True)
class Part:
    """A unit's part of a piece, of 10,000."""

    piece: Piece
    unit_id: int
    parts: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which measures, of which days (both included); from how many cents a project is large; after how many days a signed project
    that has not started is overdue.
    """

    measures: frozenset[str]
    first: date
    last: date
    big: int = 0
    start_days: int = 365


def parts_of(wanted: Wanted) -> list[Part]:
    """Every unit's part of everything that counts, in a settled order."""
    found: list[Part] = []
    for indicator, pieces in _by_indicator(pieces_of(wanted)).items():
        shares = credit.shares_on(((one.lead_id, one.day) for one in pieces), indicator)
        found += [Part(one, unit, parts) for one in pieces for unit, parts in sorted(shares[one.lead_id, one.day].items())]
    return sorted(found, key=lambda part: (part.piece.measure, part.piece.day, part.piece.ref, part.unit_id))


def _by_indicator(pieces: Sequence[Piece]) -> dict[Indicator, list[Piece]]:
    ours = {"contracted": Indicator.CONTRACTED, "received": Indicator.RECEIVED, "utilised": Indicator.UTILISED}
    found: dict[Indicator, list[Piece]] = {}
    for piece in pieces:
        found.setdefault(ours.get(piece.measure, Indicator.SIGNED), []).append(piece)
    return found


def pieces_of(wanted: Wanted) -> list[Piece]:
    """Everything that counts, once each."""
    found: list[Piece] = []
    asked = wanted.measures
    if asked & (_PROJECTS.keys() | _BY_CONTRACT):
        found += _of_milestones(wanted)
    if "received" in asked:
        found += _received(wanted)
    if "utilised" in asked:
        found += _utilised(wanted)
    if "overdue" in asked:
        found += _overdue(wanted)
    return found


def _counts() -> list[ColumnElement[bool]]:
    return [Lead.merged_into_id.is_(None), Lead.admitted_at.is_not(None), Lead.city_move_on.is_(None)]


def _of_milestones(wanted: Wanted) -> list[Piece]:
    kinds = {kind for name, group in _PROJECTS.items() if name in wanted.measures for kind in group}
    kinds |= {Kind.CONTRACT_SIGNED} if wanted.measures & _BY_CONTRACT else set()
    rows = _confirmed(kinds, wanted.first, wanted.last)
    table, found = rates.table(), []
    for name, group in _PROJECTS.items():
        if name in wanted.measures:
            firsts = [(day, row) for day, row in _first(rows, group, wanted) if row.phase_kind != PhaseKind.PHASE]
            found += [Piece(name, row.lead_id, 1, day, "milestone", row.id) for day, row in firsts]
    for day, row in _first(rows, (Kind.CONTRACT_SIGNED,), wanted) if wanted.measures & {"contracted", "big_signed"} else ():
        usd = _dollars(row, table)
        if usd and "contracted" in wanted.measures:
            found.append(Piece("contracted", row.lead_id, usd, day, "milestone", row.id))
        if usd and usd >= wanted.big and row.phase_kind != PhaseKind.PHASE and "big_signed" in wanted.measures:
            found.append(Piece("big_signed", row.lead_id, 1, day, "milestone", row.id))
    return found


def _confirmed(kinds: Iterable[Kind], first: date, last: date) -> list[tuple[date, Any]]:
    """Confirmed milestones with the day on which each was first entered: a correction counts where the corrected one did."""
    begin, end = clock.start_of(first), clock.start_of(last, days=1)
    query = (
        select(
            Milestone.id, Milestone.lead_id, Milestone.kind, Milestone.on_date, Milestone.entered_at, Milestone.replaces_id,
            Milestone.confirmed_amount, Milestone.confirmed_currency, Lead.less_usd, Lead.phase_kind,
        )
        .join(Lead, Lead.id == Milestone.lead_id)
        .where(Milestone.state == "confirmed", Milestone.kind.in_(sorted(kinds)), *_counts())
        .where(or_(Milestone.replaces_id.is_not(None), (Milestone.entered_at >= begin) & (Milestone.entered_at < end)))
        .order_by(Milestone.id)
    )  # fmt: skip
    rows = list(db.session.execute(query))
    entered = _first_entered([row.replaces_id for row in rows if row.replaces_id is not None])
    return [(clock.city_day(entered.get(row.replaces_id, row.entered_at)), row) for row in rows]


def _first_entered(ids: Sequence[int]) -> dict[int, Any]:
    """When the first of each chain of corrections was entered, by the id of any of them."""
    known: dict[int, tuple[int | None, Any]] = {}
    ask = set(ids)
    while ask:
        query = select(Milestone.id, Milestone.replaces_id, Milestone.entered_at).where(one_of(Milestone.id, ask))
        known |= {row.id: (row.replaces_id, row.entered_at) for row in db.session.execute(query)}
        ask = {before for before, _at in known.values() if before is not None and before not in known}

    def root(one: int) -> Any:
        before, at = known[one]
        return at if before is None else root(before)

    return {one: root(one) for one in ids}


def _first(rows: Sequence[tuple[date, Any]], group: Sequence[Kind], wanted: Wanted) -> list[tuple[date, Any]]:
    """Of each lead the earliest of these milestones, when it counts in these days."""
    found: dict[int, tuple[date, Any]] = {}
    for day, row in rows:
        if row.kind in group and (row.lead_id not in found or (day, row.id) < (found[row.lead_id][0], found[row.lead_id][1].id)):
            found[row.lead_id] = (day, row)
    earlier = _had_before(found, group, wanted.first) if len(group) > 1 else set()
    return [(day, row) for day, row in found.values() if wanted.first <= day <= wanted.last and row.lead_id not in earlier]


def _had_before(lead_ids: Iterable[int], group: Sequence[Kind], first: date) -> set[int]:
    """Leads that counted by another milestone of the group before."""
    query = select(Milestone.lead_id).where(
        one_of(Milestone.lead_id, lead_ids), Milestone.kind.in_(group), Milestone.state.in_(("confirmed", "replaced")),
        Milestone.entered_at < clock.start_of(first), Milestone.replaces_id.is_(None),
    )  # fmt: skip
    return set(db.session.scalars(query))


def _dollars(row: Any, table: Rates) -> int:
    if row.confirmed_amount is None or row.confirmed_currency is None:
        return 0
    try:
        stated = table.convert(Money(row.confirmed_amount, row.confirmed_currency), "USD", row.on_date).amount
        return max(stated - (row.less_usd or 0), 0)  # of a phase or expansion only what it adds counts
    except NoRate:
        return 0


def _received(wanted: Wanted) -> list[Piece]:
    query = (
        select(Receipt.id, Receipt.lead_id, Receipt.usd, Receipt.received_on).join(Lead, Lead.id == Receipt.lead_id)
        .where(
            Receipt.month >= wanted.first.replace(day=1), Receipt.received_on >= wanted.first, Receipt.received_on <= wanted.last,
            Receipt.amount > 0, Receipt.file_id.is_not(None), not_corrected(), *_counts(),
        )
    )  # fmt: skip
    return [Piece("received", row.lead_id, row.usd, row.received_on, "receipt", row.id) for row in db.session.execute(query)]


def _utilised(wanted: Wanted) -> list[Piece]:
    """Official rows by their company's first project: what is of no known company is nobody's."""
    first = (
        select(Lead.investor_id, func.min(Lead.id).label("lead_id")).where(Lead.investor_id.is_not(None), *_counts())
        .group_by(Lead.investor_id).subquery()
    )  # fmt: skip
    query = (
        select(Utilised.id, first.c.lead_id, Utilised.usd, Utilised.month)
        .join(first, first.c.investor_id == Utilised.company_id)
        .where(Utilised.state == "live", Utilised.month >= wanted.first, Utilised.month <= wanted.last, Utilised.usd != 0)
    )
    return [Piece("utilised", row.lead_id, row.usd, row.month, "utilised", row.id) for row in db.session.execute(query)]


def _overdue(wanted: Wanted) -> list[Piece]:
    """Signed so long ago at the end of the days, active, and not started."""
    end = min(wanted.last, clock.today())
    started = select(Milestone.lead_id).where(
        Milestone.kind.in_((*_PROJECTS["started"], Kind.IN_OPERATION)), Milestone.state == "confirmed", Milestone.on_date <= end
    )
    query = (
        select(Milestone.lead_id, func.min(Milestone.id).label("id")).join(Lead, Lead.id == Milestone.lead_id)
        .where(
            Milestone.kind == Kind.CONTRACT_SIGNED, Milestone.state == "confirmed", Lead.status == Status.ACTIVE,
            Milestone.on_date <= end - timedelta(days=wanted.start_days), Milestone.lead_id.not_in(started), *_counts(),
        )
        .group_by(Milestone.lead_id)
    )  # fmt: skip
    return [Piece("overdue", row.lead_id, 1, end, "milestone", row.id) for row in db.session.execute(query)]


def whole(parts: Iterable[Part]) -> int:
    """What parts come to, in ten-thousandths of the piece's value: exact."""
    return sum(part.piece.value * part.parts for part in parts)
