"""A scheme 考核方案 as read from its file."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from crm.assessment.rules.expressions import Expression


class RuleKind(StrEnum):
    """scored: weight times rate. bonus, deduction: so much for each, up to a most. shown: counted, not scored."""

    SCORED = "scored"
    BONUS = "bonus"
    DEDUCTION = "deduction"
    SHOWN = "shown"


class Against(StrEnum):
    """What a count is measured against: the unit's target, the best unit, its rank, the best count per base, a fixed value."""

    TARGET = "target"
    BEST = "best"
    RANK = "rank"
    BASE = "base"
    FIXED = "fixed"

    @property
    def relative(self) -> bool:
        """Whether it holds a unit against other units, so that it matters which."""
        return self in (Against.BEST, Against.RANK, Against.BASE)


class Scope(StrEnum):
    """Whom a scheme scores."""

    DISTRICTS = "districts"
    DEPARTMENTS = "departments"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Rule:
    """One indicator. `text` is the count as it was written. `reference`: the code of a target's indicator, or the name of a base;
    `factor`: how many of the count's unit one of the target's unit is; `fixed`: the value that is full. `among_all`: measured
    among all who take part where there are groups, not among those of the unit's own group.
    """

    id: str
    kind: RuleKind
    name: str
    name_en: str
    count: Expression
    text: str
    unit: str = "mixed"
    against: Against | None = None
    reference: str = ""
    factor: int = 1
    fixed: Fraction = Fraction(0)
    among_all: bool = False
    weight: Fraction = Fraction(0)
    cap: Fraction = Fraction(1)
    each: Fraction = Fraction(0)
    most: Fraction | None = None

    @property
    def in_group(self) -> bool:
        """Whether it is measured within a group, where the scheme has groups."""
        return self.against is not None and self.against.relative and not self.among_all

    def called(self, lang: str) -> str:
        """Its name in the page's language."""
        return self.name_en if lang.startswith("en") and self.name_en else self.name


@dataclass(frozen=True, slots=True)
class Group:
    """组别: units, by their codes, that are ranked among each other; the line and column at which the file names them."""

    id: str
    name: str
    name_en: str
    units: tuple[str, ...]
    line: int
    column: int

    def called(self, lang: str) -> str:
        """Its name in the page's language."""
        return self.name_en if lang.startswith("en") and self.name_en else self.name


@dataclass(frozen=True, slots=True)
class Scheme:
    """A whole scheme. `big`: from how much contracted foreign capital (ten thousand dollars) a project is large; `start_days`:
    after how many days a signed project that has not started is overdue; `bases`: by name, a number by the code of a unit.
    `period`: the one period of a contest (大比武), "" of a scheme for any; `groups`: who takes part, ranked group by group;
    without any, all of the scope together. `source`: the note on where it comes from; `source_en`: the same in English.
    """

    code: str
    name: str
    name_en: str
    version: str
    valid_from: date
    source: str
    example: bool
    places: int
    scope: Scope
    objection_days: int
    answer_days: int
    start_days: int
    big: int
    rules: tuple[Rule, ...]
    bases: dict[str, dict[str, Fraction]] = field(default_factory=dict)
    period: str = ""
    groups: tuple[Group, ...] = ()
    source_en: str = ""

    @property
    def apart(self) -> bool:
        """Whether something is measured within groups: then scores of two groups are no measure of each other."""
        return bool(self.groups) and any(rule.in_group for rule in self.rules)

    @property
    def contest(self) -> bool:
        """Whether it is a contest: for one period, and no other."""
        return bool(self.period)

    def group_of(self, code: str) -> Group | None:
        """The group of the unit with a code."""
        return next((one for one in self.groups if code in one.units), None)

    def called(self, lang: str) -> str:
        """Its name in the page's language."""
        return self.name_en if lang.startswith("en") and self.name_en else self.name

    def noted(self, lang: str) -> str:
        """Its note in the page's language; the Chinese one where there is no other."""
        return self.source_en if lang.startswith("en") and self.source_en else self.source

    @property
    def full(self) -> Fraction:
        """All weights together: what somebody has who is at 100 % everywhere."""
        return sum((rule.weight for rule in self.rules), Fraction(0))

    def measures(self) -> frozenset[str]:
        """Every measure that it counts."""
        return frozenset().union(*(rule.count.measures() for rule in self.rules))

    def targets(self) -> frozenset[str]:
        """The indicators whose targets it asks for."""
        return frozenset(rule.reference for rule in self.rules if rule.against is Against.TARGET)
