"""One row, read and judged: what will be stored, and what is wrong with it, in the codes of a report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from crm.clusters.rules import parse_cluster
from crm.core.identifiers import registrable_domain
from crm.core.money import Money
from crm.core.regions import parse_region
from crm.core.text import clean, has_letters
from crm.core.workbooks.reading import Cell
from crm.events.rules import KnownEvent
from crm.exchange.rules import values
from crm.exchange.rules.mapping import Table
from crm.rates.rules import Rates

ERRORS = frozenset(
    {"unknown_stage", "negative_amount", "impossible_date", "future_date", "unreadable_amount", "formula_cell", "required_empty",
     "no_letters", "too_long", "undecodable"}
)  # fmt: skip
_LIMITS = {"title": 120, "investor_zh": 200, "investor_foreign": 200, "contact": 80, "note": 2000, "phone": 40, "follower": 80,
           "industry": 100, "website": 300, "project_type": 100, "department": 100, "event": 200}  # fmt: skip
# What comes in, and is looked at by a person: the row counts as one with a warning.
WARNS = frozenset(
    {"contracted_exceeds_total", "unit_slip_1000", "bad_phone", "unknown_event", "ambiguous_event", "early_event", "event_gone"}
)  # fmt: skip
_MULTILINE = frozenset({"note"})
SAYS_NOTHING = "X99"  # 其他 in a sheet names no cluster: a person is asked
TOLERANCE = 1.05  # the two sums may be converted at different days' rates


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row is refused, or what a person should look at."""

    code: str
    field: str
    column: str
    original: str = ""


@dataclass(slots=True)
class Verdict:
    """A judged row: the values that were read and the reasons. `refused` when any reason is an error."""

    row: int
    values: dict[str, Any] = field(default_factory=dict)
    original: dict[str, str] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether the row must not be imported."""
        return any(reason.code in ERRORS for reason in self.reasons)

    @property
    def warned(self) -> bool:
        """Whether a person should look at it."""
        return any(reason.code in WARNS for reason in self.reasons)

    @property
    def names(self) -> tuple[str, ...]:
        """The investor's names as written."""
        return tuple(n for n in (self.values.get("investor_zh"), self.values.get("investor_foreign")) if n)


class Judge:
    """Judges the rows of one table by the same rates, the same day and the same events (by the keys of their names)."""

    def __init__(
        self, table: Table, *, today: date, rates: Rates, events: Mapping[str, Sequence[KnownEvent]] = MappingProxyType({})
    ) -> None:
        self.table, self.today, self.rates, self.events = table, today, rates, events

    def lead(self, number: int) -> Verdict:
        """One row of a list of leads."""
        verdict = self._texts(number)
        self._required(verdict, "title", "stage")
        self._named(verdict)
        self._coded(verdict, "stage", values.read_stage)
        self._coded(verdict, "project_type", values.read_project_type)
        self._day(verdict)
        self._sums(verdict)
        self._country(verdict)
        self._cluster(verdict)
        self._event(verdict)
        phone = verdict.values.get("phone")
        if phone:
            verdict.values["phone"] = values.read_phone(phone)
            if verdict.values["phone"] is None:
                self._say(verdict, "bad_phone", "phone")
        return verdict

    def company(self, number: int) -> Verdict:
        """One row of a list of companies."""
        verdict = self._texts(number)
        self._named(verdict)
        self._country(verdict)
        website = verdict.values.get("website")
        verdict.values["domain"] = registrable_domain(website) if website else None
        return verdict

    def _cell(self, number: int, name: str) -> Cell | None:
        column = self.table.columns.get(name)
        return self.table.rows[number].get(column) if column is not None else None

    def _say(self, verdict: Verdict, code: str, name: str) -> None:
        heading = self.table.headings.get(name, "")
        verdict.reasons.append(Reason(code, name, heading, verdict.original.get(name, "")[:200]))

    def _texts(self, number: int) -> Verdict:
        verdict = Verdict(number)
        for name in self.table.columns:
            cell = self._cell(number, name)
            if cell is None:
                continue
            verdict.original[name] = cell.text
            if cell.kind in ("formula", "error"):
                self._say(verdict, "formula_cell", name)
                continue
            text = clean(_plain(cell), multiline=name in _MULTILINE)
            if cell.kind == "text" and _hidden(cell.text):
                self._say(verdict, "zero_width", name)
            if cell.kind == "text" and text[:1] in ("=", "+", "-", "@") and name in _LIMITS and name != "phone":
                self._say(verdict, "text_like_formula", name)
            if name in _LIMITS and len(text) > _LIMITS[name]:
                self._say(verdict, "too_long", name)
                continue
            verdict.values[name] = text or None
        if number in self.table.broken:
            verdict.reasons.append(Reason("undecodable", "title", ""))
        return verdict

    def _required(self, verdict: Verdict, *names: str) -> None:
        said = {reason.field for reason in verdict.reasons if reason.code in ERRORS}
        for name in names:
            if not verdict.values.get(name) and name not in said:
                self._say(verdict, "required_empty", name)

    def _named(self, verdict: Verdict) -> None:
        """The investor has a name. A dash beside one stands for none; without letters it is none that the form would take."""
        bare = [name for name in ("investor_zh", "investor_foreign") if not has_letters(verdict.values.get(name) or "a")]
        verdict.values |= dict.fromkeys(bare)
        if not verdict.names:
            self._say(verdict, "no_letters" if bare else "required_empty", bare[0] if bare else "investor_zh")

    def _coded(self, verdict: Verdict, name: str, read: Callable[[str], str]) -> None:
        """A word that stands for a code. One that is none is said: a row without a stage is refused, without a type it comes in."""
        text = verdict.values.get(name)
        if text:
            try:
                verdict.values[name] = read(text)
            except values.Bad as bad:
                verdict.values[name] = None
                self._say(verdict, bad.code, name)

    def _day(self, verdict: Verdict) -> None:
        cell = self._cell(verdict.row, "first_talks")
        if cell is None or cell.kind in ("formula", "error") or not cell.text.strip():
            verdict.values["first_talks"] = None
            return
        try:
            verdict.values["first_talks"] = values.read_date(cell, self.today).isoformat()
        except (values.Bad, OverflowError) as bad:
            verdict.values["first_talks"] = None
            self._say(verdict, getattr(bad, "code", "impossible_date"), "first_talks")

    def _sums(self, verdict: Verdict) -> None:
        sums: dict[str, Money] = {}
        for name in ("total", "contracted"):
            cell = self._cell(verdict.row, name)
            verdict.values[name] = None
            if cell is None or cell.kind in ("formula", "error"):
                continue
            try:
                sums[name] = values.read_amount(cell, self.table.units.get(name, self.table.unit))
            except values.Bad as bad:
                self._say(verdict, bad.code, name)
                continue
            verdict.values[name] = [sums[name].amount, sums[name].currency]
        self._compare(verdict, sums)

    def _compare(self, verdict: Verdict, sums: dict[str, Money]) -> None:
        yuan = {name: self.rates.convert(sum_, "CNY", self.today).major for name, sum_ in sums.items()}
        slips = [name for name, value in yuan.items() if value >= values.SLIP_FROM_YUAN]
        for name in slips:
            self._say(verdict, "unit_slip_1000", name)
        if not slips and len(yuan) == 2 and float(yuan["contracted"]) > float(yuan["total"]) * TOLERANCE:
            self._say(verdict, "contracted_exceeds_total", "contracted")

    def _country(self, verdict: Verdict) -> None:
        text = verdict.values.get("country")
        code = parse_region(text)
        verdict.values["country"] = code
        if text and code is None:
            self._say(verdict, "unknown_country", "country")

    def _cluster(self, verdict: Verdict) -> None:
        text = verdict.values.get("cluster")
        found = parse_cluster(text)
        if found is not None and found.code == SAYS_NOTHING:
            found = None
        verdict.values["cluster"] = [found.taxonomy, found.code, found.zh] if found else None
        if text and found is None:
            self._say(verdict, "unknown_cluster", "cluster")

    def _event(self, verdict: Verdict) -> None:
        text = verdict.values.get("event")
        verdict.values["event"] = None
        if text:
            try:
                found = values.read_event(text, self.events, self.today)
            except values.Bad as bad:
                self._say(verdict, bad.code, "event")
            else:
                verdict.values["event"] = [found.id, found.name]


def _plain(cell: Cell) -> str:
    if cell.kind == "number" and float(cell.value).is_integer():
        return str(int(cell.value))
    return cell.text


def _hidden(text: str) -> bool:
    """Whether a text carries signs that do not show (zero-width, byte-order mark)."""
    return any(sign in text for sign in "\u200b\u200c\u200d\u2060\ufeff")
