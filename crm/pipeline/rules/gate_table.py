"""The table of gates, read from its text: whatever it cannot mean is refused, and the place named."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from crm.files.rules import CONTENT_TYPES
from crm.leads.rules.lead import STAGES, ProjectType, Stage
from crm.pipeline.rules.expected import SlipLimits
from crm.pipeline.rules.gate_text import ROOT, BadGates, GateFault, Read, read_text
from crm.pipeline.rules.gates import Gate, Gates, Need
from crm.pipeline.rules.milestones import Kind, KindRule

SHIPPED = Path(__file__).parent.parent / "data" / "gates.json"
FIELDS = ("investor", "project_type", "contracted", "total", "cluster", "country", "industry", "district", "park", "owner")
SUMS = ("none", "optional", "required")
PRINCIPALS = ("owner", "manager", "coordinator")  # nobody else may move a lead, whatever a table says
NUMBERS = ("override_days", "override_days_at_most", "review_working_days", "confirm_working_days", "stage_days_near")
LONGEST_NAME = 20
_SLIP = ("amber_days", "red_days", "amber_moves", "red_moves")
_PARTS = {"version", "valid_from", "source", "kinds", "paths", "gates", "evidence_types", "stage_days", "slip", *NUMBERS}


@cache
def shipped_text() -> str:
    """The table that the product brings, word for word."""
    return SHIPPED.read_text("utf-8")


@cache
def shipped() -> Gates:
    """The table that the product brings."""
    return load(shipped_text())


def load(text: str) -> Gates:
    """Read a table. Raises BadGates, which names every error's line, column and place, for anything that it cannot mean."""
    found = read_text(text)
    read = _Reader(found)
    table = read.mapping(found.value, ROOT)
    read.only(table, _PARTS, "")
    result = _whole(read, table)
    if result is None or read.faults:
        raise BadGates(read.faults)
    _check_whole(read, result)
    if read.faults:
        raise BadGates(read.faults)
    return result


def _whole(read: "_Reader", table: dict[str, Any]) -> Gates | None:
    """Every part by itself, so that one error does not hide the next; None when a part cannot be read."""
    kinds = {Kind(key): rule for key, rule in read.each(table, "kinds", Kind, _kind_rule)}
    paths = {
        ProjectType(key): path
        for key, path in read.each(table, "paths", ProjectType, lambda inner, value, place: inner.many(Kind, value, place))
    }
    days = {
        Stage(key): n for key, n in read.each(table, "stage_days", Stage, lambda inner, value, place: inner.number(value, place))
    }
    gates = []
    for number, item in enumerate(read.listed(table, "gates")):
        with read.noting():
            gates.append(_gate(read, item, f"gates[{number}]"))
    said: dict[str, Any] = {}
    for name in NUMBERS:
        with read.noting():
            said[name] = read.number(table.get(name), name)
    evidence = []
    for number, item in enumerate(read.listed(table, "evidence_types")):
        with read.noting():
            evidence.append(read.known(item, CONTENT_TYPES, f"evidence_types[{number}]", "file type"))
    for name, how in (("version", read.short), ("valid_from", read.day), ("source", read.text)):
        with read.noting():
            said[name] = how(table.get(name), name)
    with read.noting():
        said["slip"] = _slip(read, table.get("slip"))
    if read.faults:
        return None
    return Gates(
        kinds=kinds, paths=paths, gates=tuple(gates), evidence_types=tuple(evidence), stage_days=days, **said
    )  # fmt: skip


def _slip(read: "_Reader", value: Any) -> SlipLimits:
    """The limits of expected dates: amber comes before red."""
    item = read.mapping(value, "slip")
    read.only(item, set(_SLIP), "slip")
    found = SlipLimits(**{name: read.number(item.get(name), f"slip.{name}") for name in _SLIP})
    for what in ("days", "moves"):
        if getattr(found, f"red_{what}") < getattr(found, f"amber_{what}"):
            raise read.bad(f"slip.red_{what}", "less", f"slip.amber_{what}")
    return found


def _kind_rule(read: "_Reader", value: Any, place: str) -> KindRule:
    item = read.mapping(value, place)
    read.only(item, {"confirmed", "sum", "evidence"}, place)
    return KindRule(
        read.yes(item.get("confirmed"), f"{place}.confirmed"), read.known(item.get("sum"), SUMS, f"{place}.sum", "word"),
        read.yes(item.get("evidence"), f"{place}.evidence"),
    )  # fmt: skip


def _gate(read: "_Reader", value: Any, place: str) -> Gate:
    item = read.mapping(value, place)
    read.only(item, {"types", "to", "needs", "enters", "pass", "override"}, place)
    return Gate(
        types=read.many(ProjectType, item.get("types"), f"{place}.types"), to=read.one_of(Stage, item.get("to"), f"{place}.to"),
        needs=tuple(
            _need(read, need, f"{place}.needs[{n}]") for n, need in enumerate(read.listing(item.get("needs"), f"{place}.needs"))
        ),
        enters=read.many(Kind, item.get("enters", []), f"{place}.enters"),
        passes=read.principals(item.get("pass"), f"{place}.pass"),
        overrides=read.principals(item.get("override"), f"{place}.override"),
    )  # fmt: skip


def _need(read: "_Reader", value: Any, place: str) -> Need:
    item = read.mapping(value, place)
    read.only(item, {"field", "milestone", "evidence", "confirmed"}, place)
    if ("field" in item) == ("milestone" in item):
        raise read.bad(place, "one_need")
    if "field" in item:
        return Need(field=read.known(item["field"], FIELDS, f"{place}.field", "field"))
    kinds = read.many(Kind, item["milestone"], f"{place}.milestone")
    if not kinds:
        raise read.bad(f"{place}.milestone", "empty")
    return Need(
        milestones=kinds, evidence=read.yes(item.get("evidence", False), f"{place}.evidence"),
        confirmed=read.yes(item.get("confirmed", False), f"{place}.confirmed"),
    )  # fmt: skip


def _check_whole(read: "_Reader", table: Gates) -> None:
    """What only the whole table shows: nothing left out, nothing said twice, nothing asked for that a path does not have."""
    _check_there(read, "kinds", Kind, table.kinds)
    _check_there(read, "paths", ProjectType, table.paths)
    seen: dict[tuple[ProjectType, Stage], int] = {}
    for number, gate in enumerate(table.gates):
        for kind in gate.types:
            if (kind, gate.to) in seen:
                said = f"{kind.value} to {gate.to.value} stands in gates[{seen[kind, gate.to]}]"
                read.note(f"gates[{number}]", "there", said)
            seen.setdefault((kind, gate.to), number)
            _check_path(read, gate, f"gates[{number}]", kind, table.paths.get(kind, ()))
    for kind in ProjectType:
        for stage in STAGES[1:]:
            if (kind, stage) not in seen:
                read.note("gates", "no_gate", f"{kind.value} to {stage.value}")


def _check_there(read: "_Reader", place: str, words: Any, there: Any) -> None:
    if lacking := [word.value for word in words if word not in there]:
        read.note(place, "lacking", ", ".join(lacking))


def _check_path(read: "_Reader", gate: Gate, place: str, kind: ProjectType, path: tuple[Kind, ...]) -> None:
    for wanted in (*(need.milestones for need in gate.needs), gate.enters):
        if wanted and path and not set(wanted) & set(path):
            read.note(place, "path", f"{wanted[0].value} is not on the path of {kind.value}")


class _Reader:
    """Reads values of a table, and says where one is not what it should be."""

    def __init__(self, found: Read) -> None:
        self.found = found
        self.faults: list[GateFault] = []

    def bad(self, place: str, code: str, what: str = "") -> BadGates:
        return BadGates([self.found.fault(place, code, what)])

    def note(self, place: str, code: str, what: str = "") -> None:
        self.faults.append(self.found.fault(place, code, what))

    @contextmanager
    def noting(self) -> Iterator[None]:
        """An error inside is kept; what comes after is read too."""
        try:
            yield
        except BadGates as bad:
            self.faults += bad.faults

    def each(self, table: dict[str, Any], name: str, words: Any, how: Any) -> Iterator[tuple[str, Any]]:
        """Every entry of a part that maps words of one kind."""
        part: dict[str, Any] = {}
        with self.noting():
            part = self.mapping(table.get(name), name)
        for key, value in part.items():
            with self.noting():
                known = self.one_of(words, key, f"{name}.{key}")
                yield known, how(self, value, f"{name}.{key}")

    def listed(self, table: dict[str, Any], name: str) -> list[Any]:
        """A part that is a list; an empty one when it is none."""
        with self.noting():
            return self.listing(table.get(name), name)
        return []

    def mapping(self, value: Any, place: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.bad(place, "object")
        return value

    def listing(self, value: Any, place: str) -> list[Any]:
        if not isinstance(value, list):
            raise self.bad(place, "list")
        return value

    def only(self, item: dict[str, Any], names: set[str], place: str) -> None:
        """Whatever is none of the names is an error; the rest is read nevertheless."""
        for name in item:
            if name not in names:
                self.note(f"{place}.{name}".lstrip("."), "key")

    def text(self, value: Any, place: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.bad(place, "text")
        return value

    def short(self, value: Any, place: str) -> str:
        if len(self.text(value, place)) > LONGEST_NAME:
            raise self.bad(place, "long", str(LONGEST_NAME))
        return str(value).strip()

    def day(self, value: Any, place: str) -> date:
        try:
            return date.fromisoformat(self.text(value, place))
        except ValueError as error:
            raise (error if isinstance(error, BadGates) else self.bad(place, "day")) from None

    def number(self, value: Any, place: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 3650:
            raise self.bad(place, "days")
        return value

    def yes(self, value: Any, place: str) -> bool:
        if not isinstance(value, bool):
            raise self.bad(place, "bool")
        return value

    def known(self, value: Any, words: Any, place: str, what: str) -> str:
        if not isinstance(value, str) or value not in words:
            raise self.bad(place, "word", f"{what} {value!r}"[:80])
        return value

    def one_of(self, words: Any, value: Any, place: str) -> Any:
        return words(self.known(value, [str(word) for word in words], place, _CALLED[words]))

    def many(self, words: Any, value: Any, place: str) -> tuple[Any, ...]:
        found = tuple(self.one_of(words, item, f"{place}[{n}]") for n, item in enumerate(self.listing(value, place)))
        if len(set(found)) != len(found):
            raise self.bad(place, "twice")
        return found

    def principals(self, value: Any, place: str) -> frozenset[str]:
        found = enumerate(self.listing(value, place))
        return frozenset(self.known(x, PRINCIPALS, f"{place}[{n}]", "principal") for n, x in found)


_CALLED = {Kind: "milestone", ProjectType: "project type", Stage: "stage"}
