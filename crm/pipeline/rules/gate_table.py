"""The table of gates, read from its file: whatever it cannot mean is refused, and the place named."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from crm.files.rules import CONTENT_TYPES
from crm.leads.rules.lead import STAGES, ProjectType, Stage
from crm.pipeline.rules.expected import SlipLimits
from crm.pipeline.rules.gates import Gate, Gates, Need
from crm.pipeline.rules.milestones import Kind, KindRule
from crm.policy import rules as policy

SHIPPED = Path(__file__).parent.parent / "data" / "gates.json"
FIELDS = ("investor", "project_type", "contracted", "total", "cluster", "country", "industry", "district", "park", "owner")
SUMS = ("none", "optional", "required")


class BadGates(ValueError):
    """The table cannot be used: the message names the place and what is wrong there."""


@cache
def shipped() -> Gates:
    """The table that the product brings."""
    return load(SHIPPED.read_text("utf-8"))


def load(text: str) -> Gates:
    """Read a table. Raises BadGates, which names the line or the place, for anything that it cannot mean."""
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadGates(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    read = _Reader()
    table = read.mapping(raw, "table")
    kinds = {
        read.one_of(Kind, key, f"kinds.{key}"): _kind_rule(read, value, f"kinds.{key}")
        for key, value in read.mapping(table.get("kinds"), "kinds").items()
    }
    paths = {
        read.one_of(ProjectType, key, f"paths.{key}"): read.many(Kind, value, f"paths.{key}")
        for key, value in read.mapping(table.get("paths"), "paths").items()
    }
    gates = tuple(_gate(read, item, f"gates[{n}]") for n, item in enumerate(read.listing(table.get("gates"), "gates")))
    result = Gates(
        version=read.text(table.get("version"), "version"), valid_from=read.day(table.get("valid_from"), "valid_from"),
        source=read.text(table.get("source"), "source"), kinds=kinds, paths=paths, gates=gates,
        evidence_types=tuple(
            read.known(item, CONTENT_TYPES, f"evidence_types[{n}]", "file type")
            for n, item in enumerate(read.listing(table.get("evidence_types"), "evidence_types"))
        ),
        stage_days={
            read.one_of(Stage, key, f"stage_days.{key}"): read.number(value, f"stage_days.{key}")
            for key, value in read.mapping(table.get("stage_days"), "stage_days").items()
        },
        slip=_slip(read, table.get("slip")), **{name: read.number(table.get(name), name) for name in _NUMBERS},
    )  # fmt: skip
    _check_whole(result)
    return result


_NUMBERS = ("override_days", "override_days_at_most", "review_working_days", "confirm_working_days", "stage_days_near")


_SLIP = ("amber_days", "red_days", "amber_moves", "red_moves")


def _slip(read: "_Reader", value: Any) -> SlipLimits:
    """The limits of expected dates: amber comes before red."""
    item = read.mapping(value, "slip")
    read.only(item, set(_SLIP), "slip")
    found = SlipLimits(**{name: read.number(item.get(name), f"slip.{name}") for name in _SLIP})
    for what in ("days", "moves"):
        if getattr(found, f"red_{what}") < getattr(found, f"amber_{what}"):
            raise BadGates(f"slip.red_{what}: less than slip.amber_{what}")
    return found


def _kind_rule(read: "_Reader", value: Any, place: str) -> KindRule:
    item = read.mapping(value, place)
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
        raise BadGates(f"{place}: one of field and milestone")
    if "field" in item:
        return Need(field=read.known(item["field"], FIELDS, f"{place}.field", "field"))
    kinds = read.many(Kind, item["milestone"], f"{place}.milestone")
    if not kinds:
        raise BadGates(f"{place}.milestone: empty")
    return Need(
        milestones=kinds, evidence=read.yes(item.get("evidence", False), f"{place}.evidence"),
        confirmed=read.yes(item.get("confirmed", False), f"{place}.confirmed"),
    )  # fmt: skip


def _check_whole(table: Gates) -> None:
    """What only the whole table shows: nothing left out, nothing said twice, nothing asked for that a path does not have."""
    _check_there("kinds", Kind, table.kinds)
    _check_there("paths", ProjectType, table.paths)
    seen: dict[tuple[ProjectType, Stage], int] = {}
    for number, gate in enumerate(table.gates):
        for kind in gate.types:
            if (kind, gate.to) in seen:
                raise BadGates(f"gates[{number}]: {kind.value} to {gate.to.value} stands in gates[{seen[kind, gate.to]}] already")
            seen[kind, gate.to] = number
            _check_path(gate, f"gates[{number}]", kind, table.paths[kind])
    for kind in ProjectType:
        for stage in STAGES[1:]:
            if (kind, stage) not in seen:
                raise BadGates(f"gates: no gate for {kind.value} to {stage.value}")


def _check_there(place: str, words: Any, there: Any) -> None:
    if lacking := [word.value for word in words if word not in there]:
        raise BadGates(f"{place}: {', '.join(lacking)} is not there")


def _check_path(gate: Gate, place: str, kind: ProjectType, path: tuple[Kind, ...]) -> None:
    for wanted in (*(need.milestones for need in gate.needs), gate.enters):
        if wanted and not set(wanted) & set(path):
            raise BadGates(f"{place}: {wanted[0].value} is not on the path of {kind.value}")


class _Reader:
    """Reads values of a table, and says where one is not what it should be."""

    def mapping(self, value: Any, place: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise BadGates(f"{place}: an object is expected")
        return value

    def listing(self, value: Any, place: str) -> list[Any]:
        if not isinstance(value, list):
            raise BadGates(f"{place}: a list is expected")
        return value

    def only(self, item: dict[str, Any], names: set[str], place: str) -> None:
        for name in item:
            if name not in names:
                raise BadGates(f"{place}.{name}: unknown")

    def text(self, value: Any, place: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise BadGates(f"{place}: a text is expected")
        return value

    def day(self, value: Any, place: str) -> date:
        try:
            return date.fromisoformat(self.text(value, place))
        except ValueError as error:
            raise BadGates(f"{place}: a date is expected") from error

    def number(self, value: Any, place: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 3650:
            raise BadGates(f"{place}: a number of days from 1 to 3650 is expected")
        return value

    def yes(self, value: Any, place: str) -> bool:
        if not isinstance(value, bool):
            raise BadGates(f"{place}: true or false is expected")
        return value

    def known(self, value: Any, words: Any, place: str, what: str) -> str:
        if not isinstance(value, str) or value not in words:
            raise BadGates(f"{place}: unknown {what} {value!r}")
        return value

    def one_of(self, words: Any, value: Any, place: str) -> Any:
        return words(self.known(value, [str(word) for word in words], place, _CALLED[words]))

    def many(self, words: Any, value: Any, place: str) -> tuple[Any, ...]:
        found = tuple(self.one_of(words, item, f"{place}[{n}]") for n, item in enumerate(self.listing(value, place)))
        if len(set(found)) != len(found):
            raise BadGates(f"{place}: the same thing twice")
        return found

    def principals(self, value: Any, place: str) -> frozenset[str]:
        known = policy.principals()
        return frozenset(self.known(x, known, f"{place}[{n}]", "principal") for n, x in enumerate(self.listing(value, place)))


_CALLED = {Kind: "milestone", ProjectType: "project type", Stage: "stage"}
