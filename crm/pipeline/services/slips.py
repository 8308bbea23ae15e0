"""A sum that looks like a slip of the hand is asked about before it is stored."""

from datetime import datetime

from crm.core import clock
from crm.core.money import Money
from crm.leads.models import Lead
from crm.pipeline.models import Milestone
from crm.pipeline.rules import Kind, NewMilestone, check_slip
from crm.rates import queries as rates


def look_at_sum(lead: Lead, new: NewMilestone, checked: str | None, now: datetime) -> None:
    """Raise SumSlip where a typed sum is far from the lead's contracted foreign capital, or from its total investment while there
    is none. First funds and a registered capital may be a small part of it, a contract may not; a framework agreement promises
    what it likes and is held against the total alone. `checked`: the signature of the
    sum that somebody looked at, None where there is nobody to ask.
    """
    if checked is None or new.amount is None:
        return
    total = _usd(Money(lead.total_cny, "CNY"), now) if lead.total_cny else None
    known = {"contracted": None if new.kind is Kind.FRAMEWORK else lead.contracted_usd, "total": total}
    check_slip(new.amount, _usd(new.amount, now), known, checked, both=new.kind is Kind.CONTRACT_SIGNED)


def look_at_verdict(row: Milestone, amount: Money | None, checked: str | None, now: datetime) -> None:
    """The same for what the city confirms, against what was reported."""
    reported = row.reported_sum
    if checked is None or amount is None or reported is None or amount == reported:
        return
    check_slip(amount, _usd(amount, now), {"reported": _usd(reported, now)}, checked, both=True)


def _usd(sum_: Money, now: datetime) -> int:
    return rates.table().convert(sum_, "USD", clock.city_day(now)).amount
