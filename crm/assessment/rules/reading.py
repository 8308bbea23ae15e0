"""A formula file, read line by line: whatever it cannot mean is refused, every error with its line and column.

[方案] key = value            the scheme itself: 代码, 名称, 版本, 生效, 来源 …
[指标 id] 计数, 对照, 权重, 上限   scored indicators; with groups 最优, 位次, 基数 are within the group, with 全部 among all
[加分 id] and [扣分 id]          with 每个 and 最多; [列示 id] is shown only
[基数 name] UNIT-CODE = number   a base to measure by
[组别 id] 名称, 单位             units that take part and are ranked among each other; with 期间 in [方案] a contest 大比武
# …                            a comment
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from crm.assessment.rules.expressions import Expression, Wrong, read_expression
from crm.assessment.rules.measures import measures, understood, words
from crm.assessment.rules.refusals import Fault, SchemeUnfit
from crm.assessment.rules.schemes import Against, Group, Rule, RuleKind, Scheme, Scope
from crm.targets.rules import PeriodUnreadable, indicators, period_of

LARGEST = 60_000  # characters of a file
MOST_RULES = 40
_HEAD = re.compile(r"^\[\s*(\S+?)(?:\s+(\S+))?\s*\]$")
_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{0,23}$")
_NUMBER = re.compile(r"^\d{1,12}(?:\.\d{1,6})?$")
_SCHEME_KEYS = {
    "code", "name", "name_en", "version", "valid_from", "source", "source_en", "example", "places", "scope", "objection_days",
    "answer_days", "start_days", "big", "period",
}  # fmt: skip
_RULE_KEYS = {
    RuleKind.SCORED: ({"count", "against", "weight"}, {"cap"}),
    RuleKind.BONUS: ({"count", "each"}, {"most"}),
    RuleKind.DEDUCTION: ({"count", "each"}, {"most"}),
    RuleKind.SHOWN: ({"count"}, set()),
}
_GROUP_KEYS = {"name", "name_en", "units"}
_BETWEEN = re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    line: int
    column: int


@dataclass(slots=True)
class _Section:
    kind: str
    name: str
    line: int
    values: dict[str, _Said] = field(default_factory=dict)


def read_scheme(text: str) -> Scheme:
    """Read a formula file. Raises SchemeUnfit with every error."""
    return _Reader(text).scheme()


class _Reader:
    """Gathers errors as it goes, so that somebody mends the file once."""

    def __init__(self, text: str) -> None:
        self.faults: list[Fault] = []
        if len(text) > LARGEST:
            raise SchemeUnfit([Fault(1, 1, "large", str(LARGEST))])
        self.sections = self._sections(text.removeprefix("\ufeff"))
        self.last = text.count("\n") + 1

    def fault(self, at: _Said | int, code: str, what: str = "") -> None:
        """Note an error."""
        line, column = (at, 1) if isinstance(at, int) else (at.line, at.column)
        self.faults.append(Fault(line, column, code, what[:60]))

    def _sections(self, text: str) -> list[_Section]:
        found: list[_Section] = []
        for number, raw in enumerate(text.splitlines(), 1):
            line = raw.split("#", 1)[0].rstrip()
            if not line.strip():
                continue
            if line.lstrip().startswith("["):
                self._open(found, line.strip(), number)
            elif not found:
                self.fault(number, "before_section", line.strip())
            else:
                self._pair(found[-1], line, number)
        return found

    def _open(self, found: list[_Section], line: str, number: int) -> None:
        match = _HEAD.match(line)
        kind = understood("sections").get(match[1]) if match else None
        if match is None or kind is None:
            self.fault(number, "section", line)
            kind = "unknown"
        name = (match[2] or "") if match else ""
        if kind not in ("scheme", "unknown"):
            if not _NAME.match(name):
                self.fault(number, "section_name", name)
            elif any(one.name == name and _names(one.kind) == _names(kind) for one in found):
                self.fault(number, "twice", name)
        elif kind == "scheme" and any(one.kind == "scheme" for one in found):
            self.fault(number, "twice", line)
        found.append(_Section(kind, name, number))

    def _pair(self, section: _Section, line: str, number: int) -> None:
        key, mark, value = line.replace("＝", "=", 1).partition("=")
        if not mark:
            self.fault(number, "no_value", line.strip())
            return
        said = _Said(value.strip(), number, len(key) + 2 + len(value) - len(value.lstrip()))
        key = key.strip()
        if section.kind not in ("base", "unknown"):
            known = understood("keys").get(key)
            if known not in _keys_of(section.kind):
                self.fault(number, "key", key)
                return
            key = str(known)
        if key in section.values:
            self.fault(number, "twice", key)
        elif not said.text:
            self.fault(number, "no_value", key)
        section.values[key] = said

    def scheme(self) -> Scheme:
        """The whole, or every error."""
        head = next((one for one in self.sections if one.kind == "scheme"), None)
        if head is None:
            self.fault(1, "no_scheme")
            head = _Section("scheme", "", 1)
        bases = {one.name: self._base(one) for one in self.sections if one.kind == "base"}
        rules = tuple(self._rule(one, set(bases)) for one in self.sections if one.kind in set(RuleKind))
        if not any(rule.kind is RuleKind.SCORED for rule in rules) and not self.faults:
            self.fault(self.last, "nothing_scored")
        if len(rules) > MOST_RULES:
            self.fault(self.last, "many", str(MOST_RULES))
        made = self._made(head, rules, bases, self._groups())
        if self.faults:
            raise SchemeUnfit(sorted(self.faults, key=lambda one: (one.line, one.column)))
        return made

    def _made(
        self, head: _Section, rules: tuple[Rule, ...], bases: dict[str, dict[str, Fraction]], groups: tuple[Group, ...]
    ) -> Scheme:
        code = self._text(head, "code", 24)
        if code and not _NAME.match(code):
            self.fault(head.values["code"], "section_name", code)
        return Scheme(
            code=code, name=self._text(head, "name", 80), name_en=self._text(head, "name_en", 120, needed=False),
            version=self._text(head, "version", 20), valid_from=self._day(head), source=self._text(head, "source", 400),
            example=bool(self._choice(head, "example", words()["yes"], default=False)),
            scope=Scope(str(self._choice(head, "scope", understood("scope"), default="districts"))),
            places=self._whole(head, "places", 2, 0, 4), objection_days=self._whole(head, "objection_days", 10, 1, 90),
            answer_days=self._whole(head, "answer_days", 10, 1, 90), start_days=self._whole(head, "start_days", 365, 1, 3650),
            big=self._whole(head, "big", 1000, 1, 10_000_000), rules=rules, bases=bases,
            period=self._period(head), groups=groups, source_en=self._text(head, "source_en", 600, needed=False),
        )  # fmt: skip

    def _rule(self, section: _Section, bases: set[str]) -> Rule:
        kind = RuleKind(section.kind)
        for key in sorted(_RULE_KEYS[kind][0] - set(section.values)):
            self.fault(section.line, "missing", key)
        count = self._count(section, kind)
        said, unit = section.values["count"].text if "count" in section.values else "", _unit_of(count)
        against, reference, factor, fixed, among_all = self._against(section, unit, bases)
        most = self._number(section, "most", None) if "most" in section.values else None
        return Rule(
            section.name, kind, self._text(section, "name", 60, needed=False) or section.name,
            self._text(section, "name_en", 90, needed=False), count, said, unit,
            against, reference, factor, fixed, among_all, self._number(section, "weight", Fraction(0)),
            self._number(section, "cap", Fraction(1)), self._number(section, "each", Fraction(0)), most,
        )  # fmt: skip

    def _count(self, section: _Section, kind: RuleKind) -> Expression:
        said, nothing = section.values.get("count"), Expression("number")
        if said is None or not said.text:
            return nothing
        try:
            found = read_expression(said.text, line=said.line, column=said.column)
        except Wrong as wrong:
            self.faults.append(wrong.fault)
            return nothing
        if not found.measures():
            self.fault(said, "counts_nothing", said.text)
        for name in sorted(found.measures()):
            if kind is not RuleKind.SHOWN and measures()[name].credit is None:
                self.fault(said, "shown_only", measures()[name].zh)
        return found

    def _against(self, section: _Section, unit: str, bases: set[str]) -> tuple[Against | None, str, int, Fraction, bool]:
        said = section.values.get("against")
        if said is None or not said.text:
            return None, "", 1, Fraction(0), False
        word, _space, rest = said.text.partition(" ")
        kind = understood("against").get(word)
        if kind is None:
            self.fault(said, "against", word)
            return None, "", 1, Fraction(0), False
        against, factor, fixed = Against(kind), 1, Fraction(0)
        rest, among_all = _among(rest.strip()) if against.relative else (rest.strip(), False)
        after = _Said(rest, said.line, said.column + len(word) + 1)
        if against is Against.TARGET:
            factor = self._target(after, unit)
        elif against is Against.BASE and after.text not in bases:
            self.fault(after, "base", after.text)
        elif against is Against.FIXED:
            fixed = self._read_number(after)
        elif against in (Against.BEST, Against.RANK) and after.text:
            self.fault(after, "rest", after.text)
        return against, after.text, factor, fixed, among_all

    def _target(self, said: _Said, unit: str) -> int:
        indicator = indicators().get(said.text)
        if indicator is None:
            self.fault(said, "target", said.text)
            return 1
        kind, factor = words()["units"].get(indicator.unit_zh, ("", 1))
        if kind != unit:
            self.fault(said, "target_unit", f"{said.text} {indicator.unit_zh}")
        return int(factor)

    def _base(self, section: _Section) -> dict[str, Fraction]:
        if not section.values:
            self.fault(section.line, "missing", section.name)
        return {code: self._read_number(said) for code, said in section.values.items()}

    def _groups(self) -> tuple[Group, ...]:
        """Every group; nobody stands in two."""
        found: list[Group] = []
        for section in (one for one in self.sections if one.kind == "group"):
            said = section.values.get("units")
            if said is None:
                self.fault(section.line, "missing", "units")
            codes = [code for code in _BETWEEN.split(said.text) if code] if said else []
            for code in codes:
                if codes.count(code) > 1 or any(code in other.units for other in found):
                    self.fault(said or section.line, "unit_twice", code)
            name = self._text(section, "name", 40)
            name_en = self._text(section, "name_en", 60, needed=False)
            line, column = (said.line, said.column) if said else (section.line, 1)
            found.append(Group(section.name, name, name_en, tuple(dict.fromkeys(codes)), line, column))
        return tuple(found)

    def _period(self, head: _Section) -> str:
        said = head.values.get("period")
        if said is None or not said.text:
            return ""
        try:
            return period_of(said.text).code
        except PeriodUnreadable:
            self.fault(said, "period", said.text)
            return ""

    def _number(self, section: _Section, key: str, default: Fraction | None) -> Fraction:
        said = section.values.get(key)
        if said is None or not said.text:
            return default or Fraction(0)
        return self._read_number(said)

    def _read_number(self, said: _Said) -> Fraction:
        text = said.text.replace("％", "%")
        bare = text.removesuffix("%").strip()
        if not _NUMBER.match(bare) or not Fraction(bare):
            self.fault(said, "number", said.text)
            return Fraction(1)
        return Fraction(bare) / (100 if text.endswith("%") else 1)

    def _text(self, section: _Section, key: str, most: int, *, needed: bool = True) -> str:
        said = section.values.get(key)
        if said is None:
            if needed:
                self.fault(section.line, "missing", key)
            return ""
        if len(said.text) > most:
            self.fault(said, "long", str(most))
        return said.text

    def _day(self, section: _Section) -> date:
        said = section.values.get("valid_from")
        if said is None:
            self.fault(section.line, "missing", "valid_from")
            return date.min
        try:
            return date.fromisoformat(said.text)
        except ValueError:
            self.fault(said, "day", said.text)
            return date.min

    def _whole(self, section: _Section, key: str, default: int, least: int, most: int) -> int:
        said = section.values.get(key)
        if said is None:
            return default
        if not said.text.isascii() or not said.text.isdigit() or not least <= int(said.text[:12]) <= most:
            self.fault(said, "whole", f"{said.text} ({least}–{most})")
            return default
        return int(said.text)

    def _choice(self, section: _Section, key: str, said_as: dict[str, object], *, default: object) -> object:
        said = section.values.get(key)
        if said is None:
            return default
        if said.text not in said_as:
            self.fault(said, "choice", said.text)
            return default
        return said_as[said.text]


def _keys_of(kind: str) -> set[str]:
    """What a section of a kind may say."""
    if kind == "scheme":
        return _SCHEME_KEYS
    if kind == "group":
        return _GROUP_KEYS
    return set().union(*_RULE_KEYS[RuleKind(kind)], {"name", "name_en"})


def _names(kind: str) -> str:
    """Names are told apart within bases, within groups, and within all that is counted."""
    return kind if kind in ("base", "group") else "rule"


def _among(said: str) -> tuple[str, bool]:
    """What stands before the word that says among whom is measured, and whether it is among all; no word: within the group."""
    words_ = said.split()
    kind = understood("among").get(words_[-1]) if words_ else None
    return (" ".join(words_[:-1]), kind == "all") if kind else (said, False)


def check_units(scheme: Scheme, known: Collection[str]) -> None:
    """Raise SchemeUnfit, with each place, when a group names a unit that is not in use."""
    faults = [
        Fault(group.line, group.column, "unit", code) for group in scheme.groups for code in group.units if code not in known
    ]
    if faults:
        raise SchemeUnfit(faults)


def _unit_of(count: Expression) -> str:
    """The unit that a count comes in: that of its measures when they share one and nothing is divided; else "mixed"."""
    units = {measures()[name].unit for name in count.measures()}
    return units.pop() if len(units) == 1 and not count.divides() else "mixed"
