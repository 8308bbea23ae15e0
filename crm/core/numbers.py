"""Human numbers such as SZ-2026-00417, without gaps or doubles, given out inside the transaction that uses them."""

from crm.core.db import db, lock_key
from crm.core.models import NumberSeries


def next_number(series: str, year: int) -> int:
    """The next number of `series` in `year`, from 1. Two transactions never get the same one."""
    lock_key(f"number:{series}:{year}")
    row = db.session.get(NumberSeries, (series, year))  # read once in a unit of work: under the lock nobody else changes it
    if row is None:
        row = NumberSeries(series=series, year=year, last=0)
        db.session.add(row)
        db.session.flush()
    row.last += 1
    return row.last


def take_numbers(series: str, year: int, count: int) -> range:
    """`count` numbers in a row, for bulk loads."""
    first = next_number(series, year)
    row = db.session.get_one(NumberSeries, (series, year))
    row.last = first + count - 1
    return range(first, first + count)
