"""From counts to points, exactly: fractions all the way, one rounding at the end of each line; the lines add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from crm.assessment.rules.expressions import value_of
from crm.assessment.rules.measures import measures
from crm.assessment.rules.schemes import Against, Rule, RuleKind, Scheme

SCALE = 10_000  # points are kept in ten-thousandths
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of one unit. `raw`: the count (None: divided by zero); `reference`: what it was measured against; `rate`: how
    far it is of that; `used`: the rate that counted, after the cap; `points` in ten-thousandths; `note`: the outcome in a word;
    `raw_before`: the same count of the same period of the year before (None: not to be had).
    """

    rule: str
    kind: RuleKind
    raw: Fraction | None
    reference: Fraction | None = None
    rate: Fraction | None = None
    used: Fraction | None = None
    points: int = 0
    note: str = ""
    place: int | None = None
    raw_before: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What is counted for each unit. `counts`: unit -> measure -> value in its unit; `targets`: indicator -> unit -> target in
    the indicator's unit; `codes`: unit -> its code, by which bases name it; `before`: the counts of the same
    period of the year before, which change no score. The order of units means nothing.
    """

    counts: Mapping[int, Mapping[str, Fraction]]
    targets: Mapping[str, Mapping[int, Fraction]] = field(default_factory=dict)
    codes: Mapping[int, str] = field(default_factory=dict)
    before: Mapping[int, Mapping[str, Fraction]] = field(default_factory=dict)


def rounded(value: Fraction, places: int) -> int:
    """Half up (away from zero) to so many decimals, in ten-thousandths."""
    step = 10**places
    scaled = abs(value) * step
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return (whole if value >= 0 else -whole) * (SCALE // step)


def score(scheme: Scheme, given: Given) -> dict[int, list[Line]]:
    """The lines of every unit, in the order of the scheme."""
    units = sorted(given.counts)
    found: dict[int, list[Line]] = {unit: [] for unit in units}
    for rule in scheme.rules:
        raws = {unit: value_of(rule.count, given.counts[unit]) for unit in units}
        for among in _among(rule, raws, scheme, given):
            for unit, line in _lines(rule, among, scheme, given).items():
                found[unit].append(replace(line, raw_before=_before(rule, given.before.get(unit))))
    return found


def _among(rule: Rule, raws: dict[int, Fraction | None], scheme: Scheme, given: Given) -> Sequence[dict[int, Fraction | None]]:
    """Those who are held against each other: each group by itself, or all."""
    if not scheme.groups or not rule.in_group:
        return [raws]
    found: dict[str, dict[int, Fraction | None]] = {}
    for unit, raw in raws.items():
        group = scheme.group_of(given.codes.get(unit, ""))
        found.setdefault(group.id if group else "", {})[unit] = raw
    return list(found.values())


def _before(rule: Rule, counts: Mapping[str, Fraction] | None) -> Fraction | None:
    if counts is None or any(measures()[name].standing for name in rule.count.measures()):
        return None
    return value_of(rule.count, counts)


def total(lines: Sequence[Line]) -> int:
    """The score: nothing but the sum of the lines, in ten-thousandths."""
    return sum(line.points for line in lines)


def placed(totals: Mapping[int, int]) -> dict[int, int]:
    """The place of each: one more than there are better ones, so that equals share a place."""
    return {unit: 1 + sum(other > points for other in totals.values()) for unit, points in totals.items()}


def placed_in_groups(totals: Mapping[int, int], group_of: Mapping[int, str]) -> dict[int, int]:
    """The place of each among those of its own group; who is in none has none."""
    found: dict[int, int] = {}
    for group in set(group_of.values()):
        found |= placed({unit: points for unit, points in totals.items() if group_of.get(unit) == group})
    return found


def _lines(rule: Rule, raws: dict[int, Fraction | None], scheme: Scheme, given: Given) -> dict[int, Line]:
    if rule.kind is RuleKind.SHOWN:
        return {
            unit: Line(rule.id, rule.kind, raw, note="" if raw is not None else "zero_division") for unit, raw in raws.items()
        }
    if rule.kind is not RuleKind.SCORED:
        return {unit: _each(rule, raw, scheme.places) for unit, raw in raws.items()}
    if rule.against is Against.TARGET:
        of = given.targets.get(rule.reference, {})
        return {unit: _against(rule, raw, _times(of.get(unit), rule.factor), "no_target", scheme) for unit, raw in raws.items()}
    if rule.against is Against.FIXED:
        return {unit: _against(rule, raw, rule.fixed, "no_target", scheme) for unit, raw in raws.items()}
    if rule.against is Against.RANK:
        return _by_rank(rule, raws, scheme)
    if rule.against is Against.BASE:
        return _by_base(rule, raws, scheme, given)
    best = max((raw for raw in raws.values() if raw is not None), default=ZERO)
    return {unit: _against(rule, raw, best, "all_zero", scheme) for unit, raw in raws.items()}


def _times(value: Fraction | None, factor: int) -> Fraction | None:
    return None if value is None else value * factor


def _against(rule: Rule, raw: Fraction | None, reference: Fraction | None, missing: str, scheme: Scheme) -> Line:
    if raw is None:
        return Line(rule.id, rule.kind, None, reference, note="zero_division")
    if reference is None or reference <= 0:
        return Line(rule.id, rule.kind, raw, reference, note=missing)
    return _rated(rule, raw, reference, raw / reference, scheme)


def _rated(
    rule: Rule, raw: Fraction, reference: Fraction | None, rate: Fraction, scheme: Scheme, place: int | None = None
) -> Line:
    used = min(max(rate, ZERO), rule.cap)
    note = "capped" if rate > rule.cap else "below_zero" if rate < 0 else ""
    return Line(rule.id, rule.kind, raw, reference, rate, used, rounded(used * rule.weight, scheme.places), note, place)


def _by_rank(rule: Rule, raws: dict[int, Fraction | None], scheme: Scheme) -> dict[int, Line]:
    """The first of n has n of n parts, the last one of n; equals share the better place; who has nothing has no part."""
    known, found = [raw for raw in raws.values() if raw is not None], {}
    number = Fraction(len(raws))
    for unit, raw in raws.items():
        if raw is None:
            found[unit] = Line(rule.id, rule.kind, None, number, note="zero_division")
        elif raw <= 0:
            found[unit] = Line(rule.id, rule.kind, raw, number, ZERO, ZERO, note="nothing")
        else:
            place = 1 + sum(other > raw for other in known)
            found[unit] = _rated(rule, raw, number, (number - place + 1) / number, scheme, place)
    return found


def _by_base(rule: Rule, raws: dict[int, Fraction | None], scheme: Scheme, given: Given) -> dict[int, Line]:
    """Each count over the unit's base, against the best such share."""
    bases = {unit: scheme.bases.get(rule.reference, {}).get(given.codes.get(unit, ""), ZERO) for unit in raws}
    shares = {unit: raw / bases[unit] for unit, raw in raws.items() if raw is not None and bases[unit] > 0}
    best, found = max(shares.values(), default=ZERO), {}
    for unit, raw in raws.items():
        if raw is None:
            found[unit] = Line(rule.id, rule.kind, None, bases[unit], note="zero_division")
        elif unit not in shares:
            found[unit] = Line(rule.id, rule.kind, raw, None, note="no_base")
        elif best <= 0:
            found[unit] = Line(rule.id, rule.kind, raw, bases[unit], note="all_zero")
        else:
            found[unit] = _rated(rule, raw, bases[unit], shares[unit] / best, scheme)
    return found


def _each(rule: Rule, raw: Fraction | None, places: int) -> Line:
    if raw is None:
        return Line(rule.id, rule.kind, None, note="zero_division")
    value = max(raw, ZERO) * rule.each
    capped = rule.most is not None and value > rule.most
    value = rule.most if capped and rule.most is not None else value
    sign = -1 if rule.kind is RuleKind.DEDUCTION else 1
    return Line(rule.id, rule.kind, raw, points=sign * rounded(value, places), note="most" if capped else "")
