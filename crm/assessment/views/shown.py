"""Lines of scores as texts of a page or a workbook: exact, so that anybody can add them up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _

from crm.assessment.models import ScoreLine
from crm.assessment.queries.runs import apart as apart_in
from crm.assessment.rules.measures import measures
from crm.assessment.rules.schemes import Against, Rule, RuleKind, Scheme
from crm.assessment.rules.writing import exact, percent, points, restored
from crm.web import fmt
from crm.web.locale import html_lang
from crm.web.words import word


@dataclass(frozen=True, slots=True)
class Shown:
    """One line in words. `before`: the same count of the year before, `growth` since (empty: it was not counted); `public_id`:
    of a stored line, which opens.
    """

    name: str
    kind: str
    formula: str
    raw: str
    reference: str
    rate: str
    cap: str
    used: str
    weight: str
    points: str
    note: str
    public_id: str = ""
    adjusts: bool = False
    before: str = ""
    growth: str = ""


def lines_of(scheme: Scheme, lines: Sequence[Any]) -> list[Shown]:
    """All lines of a unit, computed or stored."""
    rules = {rule.id: rule for rule in scheme.rules}
    return [_shown(rules.get(line.rule), line, scheme) for line in lines]


def _shown(rule: Rule | None, line: Any, scheme: Scheme) -> Shown:
    lang, stored = html_lang(), isinstance(line, ScoreLine)
    public_id, said = (line.public_id if stored else ""), points(line.points, scheme.places)
    if line.kind == "adjustment" or rule is None:
        name = rule.called(lang) if rule else line.rule
        why = _("%(day)s 异议成立", day=line.on_date.isoformat()) if line.on_date else ""
        return Shown(name, str(line.kind), "", "", "", "", "", "", "", said, why, public_id, adjusts=True)
    raw, reference, rate, used, before = (_value(line, name) for name in ("raw", "reference", "rate", "used", "raw_before"))
    scored = rule.kind is RuleKind.SCORED
    shown = "—" if raw is None else _sum(raw, rule)
    return Shown(
        rule.called(lang), rule.kind.value, in_words(rule), shown,
        _reference(rule, reference, line.place, _among(rule, scheme, line)) if scored else "", percent(rate),
        percent(rule.cap) if scored else "", percent(used), _weight(rule),
        "" if rule.kind is RuleKind.SHOWN else said, word("score_note", line.note), public_id,
        before="" if before is None else _sum(before, rule),
        growth="" if before is None or rule.count.divides() else fmt.growth(raw, before),  # a share has no growth in percent
    )  # fmt: skip


def _value(line: Any, name: str) -> Fraction | None:
    found = getattr(line, name)
    return restored(found) if isinstance(found, str) else found


def _sum(value: Fraction, rule: Rule) -> str:
    """A value with its unit; sums of money in cents of 万美元, ≈ where that is not the whole of it."""
    return in_unit(value, rule.unit, places=2 if rule.unit == "wan_usd" else 6)


def in_unit(value: Fraction, unit: str, *, places: int = 6) -> str:
    """A count with its unit: 万美元 as they are, in English as USD million."""
    if unit == "wan_usd" and html_lang() == "en":
        value, places = value / 100, max(places, 4)
    return f"{exact(value, places)} {word('score_unit', unit)}".rstrip()


def _among(rule: Rule, scheme: Scheme, line: Any) -> str:
    """Among whom a line was measured, a stored one as it was computed: "group", "all", or "" where there are no groups."""
    if not scheme.groups or rule.against is None or not rule.against.relative:
        return ""
    inside = rule.in_group and (not isinstance(line, ScoreLine) or apart_in(line.run))
    return "group" if inside else "all"


def _reference(rule: Rule, value: Fraction | None, place: int | None, among: str) -> str:
    against = _held(rule, among)
    if rule.against is Against.RANK:
        said = _("第 %(place)s 位，共 %(n)s 个", place=place, n=exact(value)) if place else _("共 %(n)s 个", n=exact(value))
        return _("%(said)s（%(among)s）", said=said, among=word("score_among", among)) if among else said
    if value is None:
        return against
    return f"{against} {exact(value) if rule.against is Against.BASE else _sum(value, rule)}"


def _weight(rule: Rule) -> str:
    if rule.kind is RuleKind.SCORED:
        return exact(rule.weight)
    if rule.kind is RuleKind.SHOWN:
        return ""
    each = _("每个 %(n)s", n=exact(rule.each))
    return each if rule.most is None else _("%(each)s，最多 %(most)s", each=each, most=exact(rule.most))


def in_words(rule: Rule) -> str:
    """The count of a rule with its measures' names in the page's language."""
    lang, text = html_lang(), rule.text
    for measure in sorted(measures().values(), key=lambda one: -len(one.zh)):
        text = text.replace(measure.zh, measure.name(lang)) if measure.zh in text else text
    return text


def _held(rule: Rule, among: str) -> str:
    said = word("score_against", rule.against) if rule.against else ""
    return _("%(said)s（%(among)s）", said=said, among=word("score_among", among)) if among else said


def against_in_words(rule: Rule, names: Mapping[str, str], *, grouped: bool = False) -> str:
    """What a rule measures against; of a scheme with groups also among whom."""
    if rule.against is None:
        return ""
    said = _held(rule, ("group" if rule.in_group else "all") if grouped and rule.against.relative else "")
    if rule.against is Against.TARGET:
        return f"{said}　{names.get(rule.reference, rule.reference)}"
    return said  # a base's own name is a word of the file, not of the page


def among_in_words(scheme: Scheme, *, apart: bool) -> str:
    """Among whom units of a scheme with groups are held against each other. `apart`: within their groups."""
    relative = [rule for rule in scheme.rules if rule.against is not None and rule.against.relative]
    if not relative:
        return _("各组分别排位。")
    if not apart:
        return _("各组分别排位；对照“最优”“位次”“基数”的指标按全部参加单位计算。")
    said = _("各组分别排位；对照“最优”“位次”“基数”的指标在本组内比较，不同组的总分不互相比较。")
    return said + _("注明“全部单位”的指标按全部参加单位计算。") if any(rule.among_all for rule in relative) else said


def apart(value: int, places: int) -> str:
    """A difference of points with its sign."""
    return f"+{points(value, places)}" if value > 0 else points(value, places)


def total_of(value: int, scheme: Scheme) -> str:
    """A score with its decimals."""
    return points(value, scheme.places)
