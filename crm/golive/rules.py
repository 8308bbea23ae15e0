"""Who brought the same investor: companies that are one, of one group, or called the same; and in which order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """Why sides meet: one company; companies of one group on record; companies that an open pair calls the same."""

    COMPANY = "company"
    GROUP = "group"
    PAIR = "pair"


class Answer(StrEnum):
    """How a conflict is settled. The third is what a merge of its leads writes down."""

    HOLDER = "holder"
    DIFFERENT = "different"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Brought:
    """What a unit brought in the window: a lead, or (`report_id`) a second report on one. `at`: the moment it was registered;
    `pieces` of evidence there are.
    """

    lead_id: int
    report_id: int | None
    unit_id: int
    company_id: int
    at: datetime
    evidenced_on: date
    basis: str
    pieces: int = 0

    @property
    def key(self) -> tuple[int, int]:
        """What it is."""
        return self.lead_id, self.report_id or 0

    @property
    def rank(self) -> tuple[date, datetime, int, int]:
        """Its place: the evidenced day first, then the registration."""
        return self.evidenced_on, self.at, *self.key


@dataclass(frozen=True, slots=True)
class Met:
    """An investor that more than one unit brought, with the sides in their order."""

    kind: Kind
    sides: tuple[Brought, ...]


def conflicts(brought: Iterable[Brought], tops: Mapping[int, int], pairs: Iterable[tuple[int, int]]) -> list[Met]:
    """All investors that more than one unit brought; `tops`: the company at the top of each one's group, `pairs`: companies that
    are called the same. The one evidenced earliest comes first.
    """
    root: dict[int, int] = {}

    def find(company: int) -> int:
        while root.setdefault(company, company) != company:
            root[company] = root[root[company]]
            company = root[company]
        return company

    for company, top in tops.items():
        root[find(company)] = find(top)
    for a, b in pairs:
        root[find(a)] = find(b)
    by_root: dict[int, list[Brought]] = defaultdict(list)
    for one in brought:
        by_root[find(one.company_id)].append(one)
    found = []
    for some in by_root.values():
        if len({one.unit_id for one in some}) > 1:
            sides = tuple(sorted(some, key=lambda one: one.rank))
            found.append(Met(_kind(sides, tops), sides))
    return sorted(found, key=lambda met: met.sides[0].rank)


def _kind(sides: tuple[Brought, ...], tops: Mapping[int, int]) -> Kind:
    companies = {side.company_id for side in sides}
    if len(companies) == 1:
        return Kind.COMPANY
    return Kind.GROUP if len({tops.get(company, company) for company in companies}) == 1 else Kind.PAIR


def uncovered(found: Iterable[Met], settled: Iterable[frozenset[tuple[int, int]]]) -> list[Met]:
    """Those of which no settled conflict (its sides' keys) holds all sides: whoever comes later opens the question anew."""
    past = list(settled)
    return [met for met in found if not any({side.key for side in met.sides} <= keys for keys in past)]
