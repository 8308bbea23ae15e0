"""Human numbers such as SZ-2026-00417, without gaps or doubles, given out inside the transaction that uses them."""

from crm.core.db import db, lock_key, scratch
from crm.core.models import NumberSeries


def next_number(series: str, year: int) -> int:
    """The next number of `series` in `year`, from 1. Two transactions never get the same one."""
    row = hold_series(series, year)
    row.last += 1
    return row.last


def take_numbers(series: str, year: int, count: int) -> range:
    """`count` numbers in a row, for bulk loads."""
    row = hold_series(series, year)
    first = row.last + 1
    row.last += count
    return range(first, first + count)


def hold_series(series: str, year: int) -> NumberSeries:
    """Let nobody else number in this series until the unit of work ends; it is locked and read once in it."""
    held: dict[tuple[str, int], NumberSeries] = scratch().setdefault("numbers", {})
    if (series, year) not in held:
        lock_key(f"number:{series}:{year}")
        row = db.session.get(NumberSeries, (series, year))
        if row is None:
            row = NumberSeries(series=series, year=year, last=0)
            db.session.add(row)
            db.session.flush()
        held[series, year] = row
    return held[series, year]
