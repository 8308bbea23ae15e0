"""The one place where facts of leads are read by field. What a list's row says is cut by the list's own cutter; what lies
beyond it (detail, contacts, milestones, money) is added for those whose standing reads that tier, and for nobody else.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, func, select

from crm.companies.models import Company, CompanyIdentifier, Contact
from crm.companies.rules import Scheme
from crm.core import clock
from crm.core.db import one_of, rows_of_columns
from crm.core.money import Money
from crm.events import queries as events
from crm.events.rules import LinkRole
from crm.fields.rules import RIGHTS, Facts, Tier, hidden_from
from crm.leads.models import Lead, LeadParty
from crm.leads.queries.rows import Row, rows_of
from crm.money.models import Receipt
from crm.money.queries.ledger import not_corrected
from crm.pipeline.models import Milestone
from crm.pipeline.queries import milestones
from crm.pipeline.rules import Kind, MilestoneState
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.supervision import queries as supervision
from crm.units import queries as units
from crm.visits.models import Interaction

_DETAIL = (
    Lead.id, Lead.total_amount, Lead.total_currency, Lead.contracted_amount, Lead.contracted_currency, Lead.controlling_country,
    Lead.industry, Lead.park, Lead.source, Lead.introducer, Lead.note, Lead.admitted_at, Lead.first_talks_on,
    Lead.registered_unit_id, Lead.investor_id, Company.website,
)  # fmt: skip
_DAYS = {
    "signed_on": (Kind.CONTRACT_SIGNED,), "company_on": (Kind.REGISTERED,), "funds_on": (Kind.FIRST_FUNDS,),
    "started_on": (Kind.CONSTRUCTION_STARTED, Kind.FITOUT_STARTED), "operating_on": (Kind.IN_OPERATION,),
}  # fmt: skip
_PARTIES = ("chinese_partner", "project_company")


def facts_of(lead_ids: Sequence[int], actor: Actor, today: date) -> dict[int, Facts]:
    """What these leads say to this person, in their order; without those whose names they may not read. Twelve statements at
    most, however many leads: ask for some hundreds at a time.
    """
    rows = {id_: row for id_, row in rows_of(lead_ids, actor).items() if not row.masked}
    may = {id_: tiers_of(row.stands) for id_, row in rows.items()}
    found = {id_: Facts(_of_row(row), hidden_from(may[id_]), row.stands) for id_, row in rows.items()}
    _add_detail(found, may)
    _add_parties(found, _having(may, Tier.DETAIL))
    _add_events(found, _having(may, Tier.DETAIL))
    _add_sponsors(found, _having(may, Tier.DETAIL))
    _add_progress(found, _having(may, Tier.DETAIL))
    _add_contacts(found, _having(may, Tier.CONTACTS))
    _add_milestones(found, _having(may, Tier.MILESTONES))
    _add_receipts(found, _having(may, Tier.RECEIPTS), today)
    return found


def tiers_of(stands: policy.Standing) -> dict[Tier, bool]:
    """Which tiers somebody of this standing reads of a lead."""
    return {tier: policy.can(stands, *right) for tier, right in RIGHTS.items()}


def _having(may: dict[int, dict[Tier, bool]], tier: Tier) -> list[int]:
    return [id_ for id_, tiers in may.items() if tiers[tier]]


def _of_row(row: Row) -> dict[str, Any]:
    """What the list says of a lead; the row holds nothing that its reader may not read."""
    values: dict[str, Any] = {
        "number": row.number, "title": row.title, "investor": row.name, "investor_foreign": row.alt if row.name else None,
        "country": row.country, "clusters": tuple(row.clusters), "stage": row.stage, "stage_since": row.stage_since,
        "stage_days": row.days, "unit": row.unit, "owner": row.owner, "districts": tuple(row.districts),
        "registered_on": clock.city_day(row.registered_at),
    }  # fmt: skip
    if row.amounts and row.total_cny is not None:
        values["total_verified"] = "yes" if row.total_verified else "no"
    if row.detail:
        values |= {"next_step": row.next_step, "next_due": row.next_due, "status": row.status, "project_type": row.project_type}
    return values


def _add_detail(found: dict[int, Facts], may: dict[int, dict[Tier, bool]]) -> None:
    if not found:
        return
    query = select(*_DETAIL).outerjoin(Company, Company.id == Lead.investor_id).where(one_of(Lead.id, found))
    codes: dict[int, list[int]] = defaultdict(list)
    labels = units.labels()
    for item in rows_of_columns(query):
        values = found[item.id].values
        values["website"] = item.website
        if item.investor_id is not None:
            codes[item.investor_id].append(item.id)
        if may[item.id][Tier.AMOUNTS]:
            values["total"] = _sum(item.total_amount, item.total_currency)
            values["contracted"] = _sum(item.contracted_amount, item.contracted_currency)
        if may[item.id][Tier.DETAIL]:
            for name in ("controlling_country", "industry", "park", "source", "introducer", "note", "first_talks_on"):
                values[name] = getattr(item, name)
            values["admitted_on"] = clock.city_day(item.admitted_at) if item.admitted_at else None
            values["first_unit"] = labels[item.registered_unit_id]
    said = select(CompanyIdentifier.company_id, CompanyIdentifier.value).where(
        CompanyIdentifier.scheme == Scheme.USCC, one_of(CompanyIdentifier.company_id, codes)
    )
    for company_id, value in rows_of_columns(said.order_by(CompanyIdentifier.id)):
        for lead_id in codes[company_id]:
            found[lead_id].values["credit_code"] = value


def _sum(amount: int | None, currency: str | None) -> Money | None:
    return Money(amount, currency) if amount is not None and currency else None


def _add_parties(found: dict[int, Facts], ids: Iterable[int]) -> None:
    query = select(LeadParty.lead_id, LeadParty.role, LeadParty.name).where(
        one_of(LeadParty.lead_id, ids), LeadParty.role.in_(_PARTIES)
    )
    for lead_id, role, name in rows_of_columns(query.order_by(LeadParty.id)):
        found[lead_id].values[role] = (*found[lead_id].values.get(role, ()), name)


def _add_events(found: dict[int, Facts], ids: Iterable[int]) -> None:
    for lead_id, names in events.names_of(list(ids)).items():
        found[lead_id].values |= {"source_event": names.get(LinkRole.SOURCE), "signed_event": names.get(LinkRole.SIGNED)}


def _add_sponsors(found: dict[int, Facts], ids: Iterable[int]) -> None:
    for lead_id, names in supervision.sponsors_named(ids).items():
        found[lead_id].values["sponsors"] = names


def _add_progress(found: dict[int, Facts], ids: Iterable[int]) -> None:
    """The newest progress of each lead: of one day the one entered last."""
    newest = (
        select(
            Interaction.lead_id, Interaction.on_date, Interaction.text,
            func.row_number().over(
                partition_by=Interaction.lead_id, order_by=(Interaction.on_date.desc(), Interaction.id.desc())
            ).label("place"),
        ).where(one_of(Interaction.lead_id, ids)).subquery()
    )  # fmt: skip
    for lead_id, on, text in rows_of_columns(
        select(newest.c.lead_id, newest.c.on_date, newest.c.text).where(newest.c.place == 1)
    ):
        found[lead_id].values |= {"progress": text, "progress_on": on}


def _add_contacts(found: dict[int, Facts], ids: Iterable[int]) -> None:
    """The first contact of each lead. Whoever writes it into a table masks it: nothing but a page reveals one, with a reason."""
    query = select(Contact.lead_id, Contact.name, Contact.phone).where(
        one_of(Contact.lead_id, ids), Contact.merged_into_id.is_(None)
    )
    for lead_id, name, phone in rows_of_columns(query.order_by(Contact.id.desc())):
        found[lead_id].values |= {"contact": name, "phone": phone}


def _add_milestones(found: dict[int, Facts], ids: Iterable[int]) -> None:
    for lead_id, kinds in milestones.counted(ids).items():
        values = found[lead_id].values
        for name, wanted in _DAYS.items():
            there = [kinds[kind] for kind in wanted if kind in kinds]
            values[name] = _day_of(there[0]) if there else None
        signed = kinds.get(Kind.CONTRACT_SIGNED)
        if signed is not None:
            values["signed_reported"], values["signed_confirmed"] = signed.reported_sum, signed.confirmed_sum


def _day_of(row: Milestone) -> date:
    confirmed = row.state == MilestoneState.CONFIRMED and row.confirmed_on is not None
    return row.confirmed_on if confirmed else row.on_date  # type: ignore[return-value]


def _add_receipts(found: dict[int, Facts], ids: Iterable[int], today: date) -> None:
    """到资 of each lead: what has its proof, of that what arrived this year, and apart from both what has none."""
    proven, this_year = Receipt.file_id.is_not(None), Receipt.month >= date(today.year, 1, 1)
    query = select(
        Receipt.lead_id, func.sum(Receipt.usd).filter(proven), func.sum(Receipt.usd).filter(and_(proven, this_year)),
        func.sum(Receipt.usd).filter(~proven),
    ).where(one_of(Receipt.lead_id, ids), Receipt.amount > 0, not_corrected()).group_by(Receipt.lead_id)  # fmt: skip
    for lead_id, *sums in rows_of_columns(query):
        for name, usd in zip(("received", "received_year", "received_unproven"), sums, strict=True):
            found[lead_id].values[name] = Money(int(usd), "USD") if usd else None
