"""Two scores of the same units side by side: what is different, and why; the differences of the lines are that of the sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crm.assessment.rules.schemes import Rule, RuleKind, Scheme
from crm.assessment.rules.scoring import Line, placed, placed_in_groups, total

ADJUSTMENT = ""  # under this all corrections of a unit stand together: no rule is called nothing


@dataclass(frozen=True, slots=True)
class Scored:
    """One of the two: the scheme, each unit's lines, what earlier objections added to each (ten-thousandths). `group_of`: the
    group of each unit where places are within groups.
    """

    scheme: Scheme
    lines: Mapping[int, Sequence[Line]]
    adjusted: Mapping[int, int]
    group_of: Mapping[int, str] = field(default_factory=dict)

    def points(self) -> dict[int, int]:
        """The score of each unit."""
        return {unit: total(lines) + self.adjusted.get(unit, 0) for unit, lines in self.lines.items()}

    def places(self) -> dict[int, int]:
        """The place of each unit: among all, or within its group."""
        return placed_in_groups(self.points(), self.group_of) if self.group_of else placed(self.points())


@dataclass(frozen=True, slots=True)
class Part:
    """One indicator of a unit in both: points here and there (None: there is no such indicator), and why they differ. A rule that
    stands in both is the one of here.
    """

    rule: str
    here: Line | None
    there: Line | None
    apart: int
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A unit in both: score and place here and there (None: not scored there), how far apart, and the indicators that differ."""

    unit: int
    here: int | None
    there: int | None
    place: int | None
    place_there: int | None
    parts: Sequence[Part]

    @property
    def apart(self) -> int:
        """How many points more there are here, in ten-thousandths."""
        return (self.here or 0) - (self.there or 0)


def compare(here: Scored, there: Scored) -> list[Pair]:
    """Every unit of either, in the order of the places here; the parts of each add up to how far its scores are apart."""
    mine, theirs = here.points(), there.points()
    places, places_there = here.places(), there.places()
    pairs = [
        Pair(unit, mine.get(unit), theirs.get(unit), places.get(unit), places_there.get(unit), _parts(unit, here, there))
        for unit in sorted(mine.keys() | theirs.keys())
    ]
    return sorted(pairs, key=lambda pair: (pair.place is None, pair.place or 0, pair.unit))


def _parts(unit: int, here: Scored, there: Scored) -> list[Part]:
    mine = {line.rule: line for line in here.lines.get(unit, ())}
    theirs = {line.rule: line for line in there.lines.get(unit, ())}
    rules, others = ({rule.id: rule for rule in one.scheme.rules} for one in (here, there))
    found = []
    for rule in dict.fromkeys((*mine, *theirs)):
        one, other = mine.get(rule), theirs.get(rule)
        apart = (one.points if one else 0) - (other.points if other else 0)
        if apart:
            found.append(Part(rule, one, other, apart, _why(one, other, rules.get(rule), others.get(rule))))
    was, now = (one.adjusted.get(unit, 0) if unit in one.lines else 0 for one in (there, here))
    if apart := now - was:
        found.append(Part(ADJUSTMENT, None, None, apart, ("adjustment",)))
    return found


def _why(one: Line | None, other: Line | None, rule: Rule | None, other_rule: Rule | None) -> tuple[str, ...]:
    if one is None or other is None:
        return ("only_here",) if other is None else ("only_there",)
    found = []
    if rule is not None and other_rule is not None:
        if rule.count != other_rule.count or rule.kind is not other_rule.kind:
            found.append("formula")
        if _terms(rule) != _terms(other_rule):
            found.append("terms")
    if one.raw != other.raw:
        found.append("count")
    if rule is not None and rule.kind is RuleKind.SCORED and (one.reference, one.place) != (other.reference, other.place):
        found.append("reference")
    return tuple(found) or ("reference",)  # the best of all, by which a share is measured, stands in no line


def _terms(rule: Rule) -> tuple[object, ...]:
    return rule.against, rule.among_all, rule.weight, rule.cap, rule.each, rule.most
