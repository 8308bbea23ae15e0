"""Named reads of rates."""

from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from crm.core.db import db, known
from crm.rates.models import ExchangeRate
from crm.rates.rules import Rates

NANO = Decimal(1_000_000_000)


def table() -> Rates:
    """All rates, frozen for one act."""
    return known("rates.table", _read)


def _read() -> Rates:
    found: dict[str, tuple[list, list]] = {}  # type: ignore[type-arg]
    columns = select(ExchangeRate.currency, ExchangeRate.day, ExchangeRate.nano_cny)
    for currency, day, nano in db.session.execute(columns.order_by(ExchangeRate.currency, ExchangeRate.day)):
        days, values = found.setdefault(currency, ([], []))
        days.append(day)
        values.append(Decimal(nano) / NANO)
    return Rates(found)


def in_force(today: date) -> date | None:
    """The day of the newest rates that have begun; those of days to come wait."""
    return db.session.scalar(select(func.max(ExchangeRate.day)).where(ExchangeRate.day <= today))


def newest() -> list[ExchangeRate]:
    """All stored rates, newest day first."""
    return list(db.session.scalars(select(ExchangeRate).order_by(ExchangeRate.day.desc(), ExchangeRate.currency)))
