"""The rows of each file, as somebody may read them: what hangs on a lead is asked of the policy lead by lead."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from crm.claims.models import Claim
from crm.companies.models import Company
from crm.core.db import db, one_of, rows_of_columns
from crm.core.money import Money
from crm.credit.models import CreditLine
from crm.datasets.rules import month
from crm.events.models import Event, EventLink
from crm.fields.queries import facts_of
from crm.fields.rules import FIELDS, Facts, Kind
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.money.models import Receipt, Utilised
from crm.money.queries import scope
from crm.money.queries.ledger import not_corrected
from crm.money.rules import Question
from crm.pipeline.models import Milestone
from crm.pipeline.rules import LIVE
from crm.pipeline.rules import Kind as MilestoneKind
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.rates.rules import NoRate, Rates
from crm.targets.queries import targets
from crm.targets.rules import SCALE
from crm.transfers.models import Transfer
from crm.units import queries as units

PORTION = 500
Line = list[Any]


def numbers_in_sight(actor: Actor) -> int:
    """How many leads this person reads the names of."""
    query = select(func.count()).select_from(Lead).where(Lead.merged_into_id.is_(None), access.names_in_sight(actor))
    return db.session.scalar(query) or 0


def lead_ids(actor: Actor) -> Iterator[list[int]]:
    """Those leads in portions, in the order in which they came in."""
    after = 0
    while True:
        query = select(Lead.id).where(Lead.id > after, Lead.merged_into_id.is_(None), access.names_in_sight(actor))
        ids = list(rows_of_columns(query.order_by(Lead.id).limit(PORTION)).scalars())
        if not ids:
            return
        yield ids
        after = ids[-1]


def lead_rows(
    ids: Sequence[int], actor: Actor, *, today: date, rates: Rates, say: Callable[[str, Any], str]
) -> dict[str, list[Line]]:  # fmt: skip
    """The rows of every file that hangs on leads, of one portion of them. `say` puts names of units and clusters into words."""
    facts = facts_of(ids, actor, today)
    labels = units.labels()

    def name(unit_id: int) -> str:
        return labels[unit_id].zh

    return {
        "leads": [_of_lead(one, today, rates, say) for one in facts.values()],
        "milestones": list(_milestones(facts)),
        "money": list(_money(facts)),
        "claims": list(_claims(facts, name)),
        "transfers": list(_transfers(facts, name)),
        "attribution": list(_attribution(facts, name)),
        "event_leads": list(_event_leads(facts)),
    }


def _of_lead(one: Facts, today: date, rates: Rates, say: Callable[[str, Any], str]) -> Line:
    row: Line = []
    for code, field in FIELDS.items():
        if field.tier.value == "contacts":
            continue
        value = one.values.get(code)
        if field.kind is not Kind.MONEY:
            row.append(say(code, value) if value and field.kind is Kind.TEXT else value)
            continue
        currency = field.unit[1] if field.unit else "CNY"
        row += [value, value.currency if value else None, _converted(value, currency, today, rates) if value else None]
    return row


def _converted(value: Money, currency: str, today: date, rates: Rates) -> Money | None:
    try:
        return rates.convert(value, currency, today)
    except NoRate:
        return None


def _readable(facts: dict[int, Facts], record: str) -> list[int]:
    return [id_ for id_, one in facts.items() if policy.can(one.stands, record, "read")]


def _number(facts: dict[int, Facts], lead_id: int) -> str:
    return str(facts[lead_id].values["number"])


def _rows(model: Any, facts: dict[int, Facts], record: str, *where: Any) -> list[Any]:
    ids = _readable(facts, record)
    if not ids:
        return []
    return list(db.session.scalars(select(model).where(one_of(model.lead_id, ids), *where).order_by(model.lead_id, model.id)))


def _milestones(facts: dict[int, Facts]) -> Iterator[Line]:
    for row in _rows(Milestone, facts, "milestone"):
        said, confirmed = row.reported_sum, row.confirmed_sum
        yield [
            _number(facts, row.lead_id), row.kind, row.on_date, row.state, row.entered_at, row.entered_unit.zh,
            said, said.currency if said else None, row.confirmed_on, confirmed, confirmed.currency if confirmed else None,
        ]  # fmt: skip


def _money(facts: dict[int, Facts]) -> Iterator[Line]:
    """Sums as somebody said them and as the city confirmed them stand on lines of their own, and so do those of framework
    agreements, which no contract sum holds, and what arrived.
    """
    for row in _rows(Milestone, facts, "milestone", Milestone.state.in_(sorted(LIVE))):
        sums = (("reported", row.on_date, row.reported_sum), ("confirmed", row.confirmed_on, row.confirmed_sum))
        for basis, on, value in sums:
            if value is not None:
                basis = "unverified" if row.kind == MilestoneKind.FRAMEWORK else basis
                yield [_number(facts, row.lead_id), basis, on, row.kind, value, value.currency, None, None]
    for row in _rows(Receipt, facts, "receipt", Receipt.amount > 0, not_corrected()):
        yield [
            _number(facts, row.lead_id), "received" if row.file_id is not None else "received_unproven", row.received_on,
            row.kind, Money(row.amount, row.currency), row.currency, Money(row.usd, "USD"), row.rate_day,
        ]  # fmt: skip


def _claims(facts: dict[int, Facts], name: Callable[[int], str]) -> Iterator[Line]:
    for row in _rows(Claim, facts, "claim"):
        yield [
            row.number, _number(facts, row.lead_id), name(row.unit_id), row.state, row.counts_from, row.granted_at, row.is_major,
            row.evidence_count, row.rules_version, row.evidenced,
        ]  # fmt: skip


def _transfers(facts: dict[int, Facts], name: Callable[[int], str]) -> Iterator[Line]:
    for row in _rows(Transfer, facts, "transfer"):
        yield [
            _number(facts, row.lead_id), row.kind, row.state, name(row.from_unit_id), name(row.to_unit_id), row.offered_at,
            row.closed_at, row.handed_over_on, row.model, row.giver_parts, row.city_move,
        ]  # fmt: skip


def _attribution(facts: dict[int, Facts], name: Callable[[int], str]) -> Iterator[Line]:
    ids = _readable(facts, "credit")
    if not ids:
        return
    later = aliased(CreditLine)
    corrected = select(later.id).where(later.corrects_id == CreditLine.id).exists()
    query = select(CreditLine, case((corrected, 1), else_=0)).where(one_of(CreditLine.lead_id, ids))
    for row, gone in db.session.execute(query.order_by(CreditLine.lead_id, CreditLine.id)):
        yield [
            _number(facts, row.lead_id), row.indicator, name(row.unit_id), row.parts, row.valid_from, row.model, row.source,
            bool(gone), row.at,
        ]  # fmt: skip


def _event_leads(facts: dict[int, Facts]) -> Iterator[Line]:
    """Which lead came from which event, or was signed at it, as it stands today."""
    for row in _rows(EventLink, facts, "lead_event", EventLink.ended_at.is_(None)):
        yield [_number(facts, row.lead_id), row.event.public_id, row.event.number, row.event.name, row.role, row.at]


def event_rows(actor: Actor) -> Iterator[Line]:
    """The events that stand; everybody who reads the list of events reads all of them."""
    if not policy.may(actor, "event", "list"):
        return
    query = select(Event).where(Event.withdrawn_at.is_(None)).order_by(Event.first_on, Event.id)
    for row in db.session.scalars(query):
        yield [
            row.public_id, row.number, row.name, row.kind, row.first_on, row.last_on, row.country, row.city, row.unit.zh
        ]  # fmt: skip


def utilised_rows(actor: Actor) -> Iterator[Line]:
    """实际使用外资 as the official tables say: what counts today, never added to what arrived."""
    asked = Question(date(1979, 1, 1), date(2999, 12, 1))
    seen = scope.linked(asked, actor)
    query = (
        select(Utilised.credit_code, Utilised.name, Utilised.month, Utilised.usd, case((seen, Company.name)))
        .outerjoin(Company, Company.id == Utilised.company_id)
        .where(Utilised.state == "live", scope.official_in_sight(asked, actor))
        .order_by(Utilised.month, Utilised.credit_code)
    )
    for code, name, on, usd, company in db.session.execute(query):
        yield [code, name, month(on), Money(usd, "USD"), company]


def target_rows(actor: Actor, today: date) -> Iterator[Line]:
    """Targets in force with what has come of each; everybody who reads the board's targets reads all of them."""
    if not policy.may(actor, "target", "read"):
        return
    for one in targets.rows(today):
        target, present = one.target, one.present
        place = target.unit.zh if target.unit else target.cluster.zh if target.cluster else ""
        yield [
            target.indicator, one.indicator.zh, target.period, target.place, place, target.operator,
            Decimal(target.value) / SCALE, one.indicator.unit_zh, Decimal(present.value) / SCALE if present else None,
            month(present.month) if present else "",
            Decimal(one.progress.done) / 10 if one.progress.done is not None else None, target.verified,
        ]  # fmt: skip
