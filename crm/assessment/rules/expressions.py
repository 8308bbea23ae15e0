"""The small language of counts: names of measures, numbers, + - * / ( ), max and min. Read by our own parser, never executed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from crm.assessment.rules.measures import Measure, measure_named, understood
from crm.assessment.rules.refusals import Fault

LONGEST = 300
_DEEPEST = 20
_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[^\W\d]\w*)|(?P<mark>[-+*/(),（），×÷]))")
_MARKS = str.maketrans("（），×÷", "(),*/")


class Wrong(ValueError):
    """The expression cannot be read; the place counts from the beginning of its line."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Expression:
    """A number, a measure, or an operation (+ - * / max min) on others."""

    op: str
    parts: tuple["Expression", ...] = ()
    number: Fraction = Fraction(0)
    measure: str = ""

    def measures(self) -> frozenset[str]:
        """The ids of all measures in it."""
        return frozenset({self.measure} if self.measure else ()).union(*(part.measures() for part in self.parts))

    def divides(self) -> bool:
        """Whether something is divided or multiplied by a measure in it: then it has no unit of its own."""
        bound = self.op == "/" or (self.op == "*" and sum(bool(part.measures()) for part in self.parts) > 1)
        return bound or any(part.divides() for part in self.parts)


def value_of(expression: Expression, counts: Mapping[str, Fraction]) -> Fraction | None:
    """Its exact value; None when something is divided by zero. A measure that has no count is zero."""
    if expression.op == "number":
        return expression.number
    if expression.op == "measure":
        return counts.get(expression.measure, Fraction(0))
    found = [value_of(part, counts) for part in expression.parts]
    if any(one is None for one in found):
        return None
    values = [one for one in found if one is not None]
    if expression.op == "/":
        return values[0] / values[1] if values[1] else None
    return _OPERATIONS[expression.op](values)


_OPERATIONS: dict[str, Callable[[list[Fraction]], Fraction]] = {
    "+": lambda values: values[0] + values[1],
    "-": lambda values: values[0] - values[1],
    "*": lambda values: values[0] * values[1],
    "neg": lambda values: -values[0],
    "max": max,
    "min": min,
}


def read_expression(text: str, *, line: int, column: int) -> Expression:
    """Read an expression that stands at this line and column. Raises Wrong with the place of what is wrong."""
    if len(text) > LONGEST:
        raise Wrong(Fault(line, column, "long", str(LONGEST)))
    reader = _Reader(text, line, column)
    found = reader.sum(0)
    reader.end()
    return found


class _Reader:
    """Reads from the left; each rule of the language is a method."""

    def __init__(self, text: str, line: int, column: int) -> None:
        self.text, self.line, self.column = text, line, column
        self.tokens = self._split()
        self.at = 0

    def _split(self) -> list[tuple[str, str, int]]:
        found, place = [], 0
        while self.text[place:].strip():
            match = _TOKEN.match(self.text, place)
            if match is None:
                start = place + len(self.text[place:]) - len(self.text[place:].lstrip())
                raise Wrong(Fault(self.line, self.column + start, "sign", self.text[start]))
            kind = match.lastgroup or ""
            found.append((kind, match[kind].translate(_MARKS) if kind == "mark" else match[kind], match.start(kind)))
            place = match.end()
        return found

    def _fault(self, code: str, what: str = "") -> Wrong:
        place = self.tokens[self.at][2] if self.at < len(self.tokens) else len(self.text)
        return Wrong(Fault(self.line, self.column + place, code, what))

    def _next(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def _take(self, *marks: str) -> str:
        said = self._next()
        if said in marks and self.tokens[self.at][0] == "mark":
            self.at += 1
            return said
        return ""

    def end(self) -> None:
        """Nothing may be left."""
        if self.at < len(self.tokens):
            raise self._fault("rest", self._next())

    def sum(self, depth: int) -> Expression:
        """Terms, added and subtracted."""
        if depth > _DEEPEST:
            raise self._fault("deep", str(_DEEPEST))
        found = self._product(depth)
        while mark := self._take("+", "-"):
            found = Expression(mark, (found, self._product(depth)))
        return found

    def _product(self, depth: int) -> Expression:
        found = self._one(depth)
        while mark := self._take("*", "/"):
            found = Expression(mark, (found, self._one(depth)))
        return found

    def _one(self, depth: int) -> Expression:
        if depth > _DEEPEST:
            raise self._fault("deep", str(_DEEPEST))
        if self._take("-"):
            return Expression("neg", (self._one(depth + 1),))
        if self._take("("):
            return self._closed(self.sum(depth + 1))
        if self.at >= len(self.tokens):
            raise self._fault("ends")
        kind, said, _place = self.tokens[self.at]
        if kind == "number":
            self.at += 1
            return Expression("number", number=Fraction(said))
        if kind != "name":
            raise self._fault("sign", said)
        return self._named(said, depth)

    def _named(self, said: str, depth: int) -> Expression:
        if (function := understood("functions").get(said)) is not None:
            self.at += 1
            if not self._take("("):
                raise self._fault("bracket")
            parts = [self.sum(depth + 1)]
            while self._take(","):
                parts.append(self.sum(depth + 1))
            return self._closed(Expression(function, tuple(parts)))
        measure: Measure | None = measure_named(said)
        if measure is None:
            raise self._fault("measure", said)
        self.at += 1
        return Expression("measure", measure=measure.id)

    def _closed(self, found: Expression) -> Expression:
        if not self._take(")"):
            raise self._fault("bracket")
        return found
