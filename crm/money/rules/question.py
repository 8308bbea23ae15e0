"""What the page of both figures asks for, out of its address: forgiving, never wrong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

SIZE = 50
NEAR = 10_000  # cents: figures that read alike with two decimals of 万美元 do not differ
_MONTH = re.compile(r"^(\d{4})-(\d{1,2})$")
_BY = ("month", "company", "country", "controlling")


@dataclass(frozen=True, slots=True)
class Question:
    """A range of months, filters, and how to group: by company and month, by company, or by either country."""

    first: date
    last: date
    unit_id: int | None = None
    district_id: int | None = None
    by: str = "month"
    differing: bool = False
    page: int = 1
    size: int = SIZE

    @property
    def split(self) -> bool:
        """Whether it is grouped by country."""
        return self.by in ("country", "controlling")

    def on(self, **changed: Any) -> "Question":
        """The same with some of it changed."""
        return replace(self, **changed)


def question_of(args: Mapping[str, str], *, today: date) -> Question:
    """From an address: months as 2026-05 in `from` and `to` (else the last three), `unit`, `district`, `by`, `differs`,
    `page`.
    """
    last = _month(args.get("to")) or today.replace(day=1)
    first = _month(args.get("from")) or min(_back(today.replace(day=1), 2), last)
    first, last = min(first, last), max(first, last)
    by = args.get("by", "")
    return Question(
        first, last, _number(args.get("unit")), _number(args.get("district")), by if by in _BY else "month",
        args.get("differs") == "1", max(_number(args.get("page")) or 1, 1),
    )  # fmt: skip


def differs(counted: int, official: int) -> bool:
    """Whether two figures read otherwise."""
    return abs(counted - official) >= NEAR


def _month(text: str | None) -> date | None:
    found = _MONTH.match(text or "")
    if not found or not 1979 <= int(found[1]) <= 2999 or not 1 <= int(found[2]) <= 12:
        return None
    return date(int(found[1]), int(found[2]), 1)


def _back(month: date, count: int) -> date:
    for _step in range(count):
        month = (month - timedelta(days=1)).replace(day=1)
    return month


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else None
