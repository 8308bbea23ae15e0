"""What the list says of every project at this moment, as an edition keeps it: columns, in a few statements however many rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, select

from crm.batches.models import Edition, EditionRow
from crm.batches.queries.sums import on_list
from crm.batches.rules.comparing import Entry
from crm.batches.rules.rolling import BATCHES, Batch, Where, is_idle
from crm.companies.models import Company
from crm.core import clock
from crm.core.db import db, one_of
from crm.core.money import Money
from crm.leads.models import Lead, LeadCluster
from crm.pipeline.models import Milestone
from crm.pipeline.rules import LIVE, Kind, MilestoneState
from crm.rates import queries as rates
from crm.sharing.rules import read_seal

# The milestone that stands for a batch; of two the first that is there.
STANDS_FOR: dict[Batch, tuple[Kind, ...]] = {
    Batch.NEGOTIATING: (Kind.FIRST_TALKS,),
    Batch.SIGNED: (Kind.CONTRACT_SIGNED, Kind.REGISTERED),
    Batch.UNDER_CONSTRUCTION: (Kind.CONSTRUCTION_STARTED, Kind.FITOUT_STARTED),
}
# Facts of a row that an edition keeps and does not compare.
FACTS = (
    "number", "title", "name", "country", "cluster_id", "stage", "since", "idle", "framework", "sealed", "code_name",
    "reported_on", "confirmed_on", "expected_kind", "expected_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """A milestone as far as a row needs it."""

    on: date
    confirmed_on: date | None
    confirmed_usd: int | None


def held_of(lead_ids: Iterable[int]) -> dict[int, dict[Kind, Held]]:
    """Of each lead the milestone of each kind that counts: the newest confirmed one, else the newest that waits."""
    query = select(
        Milestone.lead_id, Milestone.kind, Milestone.on_date, Milestone.state, Milestone.confirmed_on, Milestone.confirmed_amount,
        Milestone.confirmed_currency,
    ).where(one_of(Milestone.lead_id, lead_ids), Milestone.state.in_(sorted(LIVE)))  # fmt: skip
    return _newest(db.session.execute(query.order_by(Milestone.id)))


def _newest(rows: Iterable[Any]) -> dict[int, dict[Kind, Held]]:
    found, sure = dict[int, dict[Kind, Held]](), set[tuple[int, Kind]]()
    for lead_id, kind_, on, state, confirmed_on, amount, currency in rows:
        kind, confirmed = Kind(kind_), state == MilestoneState.CONFIRMED
        if (lead_id, kind) in sure and not confirmed:
            continue
        usd = None
        if confirmed and amount is not None and currency:
            usd = rates.table().convert(Money(amount, currency), "USD", confirmed_on or on).amount
        found.setdefault(lead_id, {})[kind] = Held(on, confirmed_on if confirmed else None, usd)
        if confirmed:
            sure.add((lead_id, kind))
    return found


def of_batch(
    batch: Batch, held: Mapping[Kind, Held], less_usd: int | None
) -> tuple[date | None, date | None, int | None]:  # fmt: skip
    """What milestones say of a row in a batch: the day reported, the day confirmed, the contract sum that the city confirmed,
    without what other phases of the project count (`less_usd`).
    """
    one = next((held[kind] for kind in STANDS_FOR[batch] if kind in held), None)
    contract = held.get(Kind.CONTRACT_SIGNED)
    usd = contract.confirmed_usd if contract is not None and batch is not Batch.NEGOTIATING else None
    usd = None if usd is None else max(usd - (less_usd or 0), 0)
    return (one.on if one else None), (one.confirmed_on if one else None), usd


_PRIMARY = and_(LeadCluster.lead_id == Lead.id, LeadCluster.rank == 0)
_SAID = (
    select(
        Lead.id, Lead.number, Lead.title, Company.name, Lead.country, LeadCluster.cluster_id, Lead.following_unit_id, Lead.stage,
        Lead.stage_since, Lead.last_progress_on, Lead.registered_at, Lead.seal_text, Lead.total_cny, Lead.total_verified,
        Lead.contracted_usd, Lead.less_usd, Lead.expected_kind, Lead.expected_on,
    )
    .select_from(Lead).outerjoin(Company, Company.id == Lead.investor_id).outerjoin(LeadCluster, _PRIMARY)
)  # fmt: skip


def rows_now(*, idle_days: int, demo_only: bool = False) -> dict[int, tuple[Entry, dict[str, Any]]]:
    """Every project on the list, in the order of an edition: by batch, in each the newest first, code names last (an order by
    money would tell of money that is not shown). What is compared, and the FACTS besides.
    """
    query = _SAID.where(*on_list())
    if demo_only:
        query = query.where(Lead.is_demo)
    said = list(db.session.execute(query))
    held = held_of(row.id for row in said)
    rank, today = {batch.value: place for place, batch in enumerate(BATCHES)}, clock.today()
    said.sort(
        key=lambda row: (rank[row.stage], read_seal(row.seal_text, today) is not None, -row.stage_since.toordinal(), row.id)
    )
    return {row.id: _row(row, held.get(row.id, {}), idle_days) for row in said}


def _row(row: Any, held: Mapping[Kind, Held], idle_days: int) -> tuple[Entry, dict[str, Any]]:
    batch, today = Batch(row.stage), clock.today()
    reported, confirmed, usd = of_batch(batch, held, row.less_usd)
    code = read_seal(row.seal_text, today)
    verified = bool(row.total_verified) and row.total_cny is not None
    entry = Entry(batch, row.total_cny, verified, row.contracted_usd, usd, row.following_unit_id)
    facts = {
        "number": row.number, "title": row.title, "name": row.name, "country": row.country, "cluster_id": row.cluster_id,
        "stage": row.stage, "since": row.stage_since,
        "idle": is_idle(row.last_progress_on, clock.city_day(row.registered_at), days=idle_days, today=today),
        "framework": Kind.FRAMEWORK in held and Kind.CONTRACT_SIGNED not in held, "sealed": code is not None, "code_name": code,
        "reported_on": reported, "confirmed_on": confirmed, "expected_kind": row.expected_kind, "expected_on": row.expected_on,
    }  # fmt: skip
    return entry, facts


def rows_of_edition(edition: Edition) -> dict[int, tuple[Entry, dict[str, Any]]]:
    """The same, as an edition has it, without what had left."""
    query = select(EditionRow).where(EditionRow.edition_id == edition.id, EditionRow.batch.in_(sorted(BATCHES)))
    rows = db.session.execute(query.with_only_columns(*EditionRow.__table__.c).order_by(EditionRow.position))
    return {
        row.lead_id: (
            Entry(
                Batch(row.batch), row.total_cny, bool(row.total_verified), row.contracted_usd, row.confirmed_usd, row.unit_id
            ),
            {name: getattr(row, name) for name in FACTS},
        )
        for row in rows
    }  # fmt: skip


def known_before(edition: Edition | None) -> set[int]:
    """The leads that ever stood in an edition of this kind."""
    if edition is None:
        return set()
    of_kind = select(Edition.id).where(Edition.city == edition.city, Edition.kind == edition.kind)
    return set(db.session.scalars(select(EditionRow.lead_id).where(EditionRow.edition_id.in_(of_kind)).distinct()))


def where_now(lead_ids: Iterable[int]) -> dict[int, tuple[Where, str | None]]:
    """Where leads that are not on the list any more are, and of one that was merged the number of the one that stays."""
    query = select(Lead.id, Lead.stage, Lead.status, Lead.admitted_at, Lead.merged_into_id).where(one_of(Lead.id, lead_ids))
    found = {row.id: row for row in db.session.execute(query)}
    stays = dict(found)
    while missing := {row.merged_into_id for row in stays.values() if row.merged_into_id} - stays.keys():
        more = select(Lead.id, Lead.number, Lead.merged_into_id).where(one_of(Lead.id, missing))
        stays |= {row.id: row for row in db.session.execute(more)}
    numbers = dict(db.session.execute(select(Lead.id, Lead.number).where(one_of(Lead.id, stays))).all())  # type: ignore[arg-type]

    def last(lead_id: int) -> int:
        while stays[lead_id].merged_into_id:
            lead_id = stays[lead_id].merged_into_id
        return lead_id

    return {
        id_: (
            Where(row.stage, row.status, row.admitted_at is not None, row.merged_into_id is not None),
            numbers[last(id_)] if row.merged_into_id else None,
        )
        for id_, row in found.items()
    }
