"""认定合同额: what the city confirmed of a contract, beside what the lead says. 合同外资 is the sum that was declared, on every
page and in every total.
"""

from collections.abc import Collection, Iterable
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select, true

from crm.core.db import rows_of_columns
from crm.core.money import Money
from crm.leads.models import Lead
from crm.leads.queries.rows import Row
from crm.leads.rules.lead import SIGNED_STAGES
from crm.pipeline.models import Milestone
from crm.pipeline.rules import Kind, MilestoneState
from crm.rates import queries as rates


def confirmed_beside(rows: Iterable[Row], *, every: bool = False) -> dict[str, int]:
    """Of rows of a list whose sums their reader is shown, by public id, the confirmed contract in US cents, where it is not the
    declared one or of `every` row: at the rate of the day it was for, without what other phases of the project count.
    """
    ids = [row.public_id for row in rows if row.amounts and row.stage in SIGNED_STAGES]
    return _beside(ids, every=every) if ids else {}


def confirmed_of(lead: Lead, rows: Iterable[Milestone]) -> Money | None:
    """The same of one lead and its milestones, as it was confirmed; None where nothing else was."""
    found = [row.confirmed_sum for row in rows if row.kind == Kind.CONTRACT_SIGNED and row.state == MilestoneState.CONFIRMED]
    sum_ = next((one for one in found if one is not None), None)
    if sum_ is None or (sum_.amount, sum_.currency) == (lead.contracted_amount, lead.contracted_currency):
        return None
    return sum_


@cache
def _statement(*, every: bool) -> Select[Any]:
    """Put together once: a list asks this for each of its pages."""
    other = or_(
        Lead.contracted_amount.is_(None), Milestone.confirmed_amount != Lead.contracted_amount,
        Milestone.confirmed_currency != Lead.contracted_currency,
    )  # fmt: skip
    query: Any = select(
        Lead.public_id, Lead.less_usd, Milestone.confirmed_amount, Milestone.confirmed_currency, Milestone.confirmed_on,
        Milestone.on_date,
    ).join(Milestone, Milestone.lead_id == Lead.id).where(
        Lead.public_id.in_(bindparam("ids", expanding=True)), Milestone.kind == Kind.CONTRACT_SIGNED,
        Milestone.state == MilestoneState.CONFIRMED, Milestone.confirmed_amount.is_not(None), true() if every else other,
    )  # fmt: skip
    chosen: Select[Any] = query.order_by(Milestone.id)
    return chosen


def _beside(public_ids: Collection[str], *, every: bool) -> dict[str, int]:
    found: dict[str, int] = {}
    rows = rows_of_columns(_statement(every=every), {"ids": list(public_ids)})
    for public_id, less, amount, currency, confirmed_on, on in rows:
        found[public_id] = max(_usd(Money(amount, currency), confirmed_on or on) - (less or 0), 0)
    return found


def _usd(sum_: Money, on: date) -> int:
    return rates.table().convert(sum_, "USD", on).amount
