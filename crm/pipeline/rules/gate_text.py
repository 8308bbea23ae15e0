"""Reading a table's text: what it says, and where each thing of it stands, so that an error is shown at its line and column."""

import json
import re
from dataclasses import dataclass
from typing import Any

LARGEST = 60_000  # signs
DEEPEST = 12
_BLANK = re.compile(r"[ \t\r\n]*")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")
_UNKEPT = re.compile("[\x00\ud800-\udfff]")  # what no database keeps as a text, and what no page can be sent with
_LONGEST_NUMBER = 40  # signs
ROOT = "table"
_TEXT = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class GateFault:
    """One error: where in the text (both count from 1), at which place of the table, which kind, what stands there."""

    line: int
    column: int
    place: str
    code: str
    what: str = ""

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.place}: {said(self.code, self.what)}"


_SAID = {
    "json": "%s", "object": "an object is expected", "list": "a list is expected", "text": "a text is expected",
    "long": "at most %s signs", "day": "a date is expected", "days": "a number of days from 1 to 3650 is expected",
    "bool": "true or false is expected", "key": "unknown", "word": "unknown %s", "one_need": "one of field and milestone",
    "empty": "empty", "twice": "the same thing twice", "lacking": "%s is not there", "there": "%s already",
    "no_gate": "no gate for %s",
    "path": "%s", "less": "less than %s", "large": "longer than %s signs", "deep": "more than %s levels",
}  # fmt: skip


def said(code: str, what: str) -> str:
    """A fault in the words of a program; pages have their own."""
    return _SAID[code].replace("%s", what)


class BadGates(ValueError):
    """The table cannot be used. `faults`: every error that was found, in the order of the text."""

    def __init__(self, faults: list[GateFault]) -> None:
        self.faults = sorted(faults, key=lambda one: (one.line, one.column))
        super().__init__("\n".join(str(one) for one in self.faults))


@dataclass(frozen=True, slots=True)
class Read:
    """What a text says, and where its parts begin: place -> offset."""

    text: str
    value: Any
    places: dict[str, int]

    def fault(self, place: str, code: str, what: str = "") -> GateFault:
        """An error at a place; where the place is not there, at the nearest one around it."""
        near = place
        while near not in self.places:
            near = re.sub(r"(?:\.[^.\[\]]*|\[\d+\])$", "", near) if re.search(r"[.\[]", near) else ROOT
        return at(self.text, self.places[near], place, code, what)


def at(text: str, offset: int, place: str, code: str, what: str = "") -> GateFault:
    """An error at an offset of the text."""
    line = text.count("\n", 0, offset) + 1
    return GateFault(line, offset - text.rfind("\n", 0, offset), place, code, what)


def read_text(text: str) -> Read:
    """Read JSON. Raises BadGates with the place of the first sign that does not fit, or of a name that stands twice."""
    if len(text) > LARGEST:
        raise BadGates([GateFault(1, 1, ROOT, "large", str(LARGEST))])
    scan = _Scan(text)
    try:
        value = scan.value(ROOT, 0)
        scan.blank()
        if scan.at < len(text):
            raise json.JSONDecodeError("Extra data", text, scan.at)
    except json.JSONDecodeError as error:
        raise BadGates([at(text, min(error.pos, max(len(text) - 1, 0)), ROOT, "json", error.msg)]) from error
    if scan.faults:
        raise BadGates(scan.faults)
    return Read(text, value, scan.places)


class _Scan:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.places: dict[str, int] = {}
        self.faults: list[GateFault] = []

    def blank(self) -> str:
        """On to the next sign, which comes back; empty at the end."""
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at : self.at + 1]

    def fail(self, message: str) -> json.JSONDecodeError:
        return json.JSONDecodeError(message, self.text, self.at)

    def value(self, place: str, depth: int) -> Any:
        sign = self.blank()
        self.places.setdefault(place, self.at)
        if depth > DEEPEST:
            raise BadGates([at(self.text, self.at, place, "deep", str(DEEPEST))])
        if sign == "{":
            return self._object(place, depth)
        if sign == "[":
            return self._list(place, depth)
        if sign == '"':
            return self._string()
        match = _PLAIN.match(self.text, self.at)
        if match is None:
            raise self.fail("Expecting value")
        if len(match[0]) > _LONGEST_NUMBER:
            raise self.fail("Number too long")
        self.at = match.end()
        return json.loads(match[0])

    def _string(self) -> str:
        value, end = _TEXT.raw_decode(self.text, self.at)
        if _UNKEPT.search(value):
            raise self.fail("Invalid \\u escape")
        self.at = end
        return str(value)

    def _object(self, place: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.at += 1
        sign = self.blank()
        while sign != "}":
            if sign != '"':
                raise self.fail("Expecting property name enclosed in double quotes")
            start, key = self.at, self._string()
            if self.blank() != ":":
                raise self.fail("Expecting ':' delimiter")
            self.at += 1
            inner = key if place == ROOT else f"{place}.{key}"
            if key in found:
                self.faults.append(at(self.text, start, inner, "twice"))
            self.places.setdefault(inner, start)
            found[key] = self.value(inner, depth + 1)
            sign = self._next("}")
        self.at += 1
        return found

    def _list(self, place: str, depth: int) -> list[Any]:
        found: list[Any] = []
        self.at += 1
        sign = self.blank()
        while sign != "]":
            found.append(self.value(f"{place}[{len(found)}]", depth + 1))
            sign = self._next("]")
        self.at += 1
        return found

    def _next(self, end: str) -> str:
        """After a value: the end, or a comma with the next one behind it."""
        sign = self.blank()
        if sign == end:
            return sign
        if sign != ",":
            raise self.fail("Expecting ',' delimiter")
        self.at += 1
        sign = self.blank()
        if sign == end:
            raise self.fail("Illegal trailing comma")
        return sign
