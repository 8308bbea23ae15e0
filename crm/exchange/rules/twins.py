"""Rows of one file that are the same firm: compared with each other through the same tokens and the same judge."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import nlargest
from math import log2

from crm.matching.rules import Judgement, Subject, Verdict, forms_of_subject, judge, wordlists
from crm.matching.rules.nearness import nearness
from crm.matching.rules.packing import sketch
from crm.matching.rules.scorecard import Beforehand
from crm.matching.rules.screening import cannot_be_kin
from crm.matching.rules.scripts import plain
from crm.matching.rules.tokens import tokens_for

_POSTINGS = 60  # a token that more rows share says too little
_NEAREST = 20  # rows that each row is compared with
_MANY = 500  # pairs that are worth telling apart on columns first
_FACILITY = re.compile(
    r"(?:华南|区域|全球|亚太|中国|大湾区)?(?:研发|创新|检测|结算|供应链|运营|销售|服务|培训|制造|贸易|物流)*(?:中心|总部|基地|工厂|实验室|项目|"
    r"生产线|园区|公司)+$|(?:联合|示范|中试|生产|研发)+(?:实验室|工厂|基地|中心)?(?:项目)?$"
)
_VAGUE = re.compile(r"^(?:引进|外资|新建|扩建|某|拟建)")


def name_in_title(title: str | None) -> str | None:
    """The firm's name that a project's title begins with, if it does: 鹤泽机器人联合实验室项目 -> 鹤泽机器人."""
    if not title or _VAGUE.match(title):
        return None
    text = title
    for _again in range(3):
        text = _FACILITY.sub("", text)
    return text if len(text) >= 4 and text != title and not only_trade(text) else None


def only_trade(text: str) -> bool:
    """Whether a text is made of trade words alone: 智能驾驶 names no firm."""
    rest = plain(text).replace(" ", "")
    for word, _concept in wordlists.concepts_cjk():
        rest = rest.replace(word.replace(" ", ""), "")
    return len(rest) < 2


def likely_one(found: Judgement) -> bool:
    """Whether a person should be asked if two rows are one firm: the same, or alike but for "集团" in one of them."""
    against = {reason.code for reason in found.reasons if reason.weight == "against"}
    if found.verdict is Verdict.SAME:
        return not against & {"trade_differs", "core_differs", "place_differs"}
    return found.verdict is Verdict.RELATED and against == {"holding_differs"}


Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Compared:
    """Some of the pairs of rows that are worth comparing, the smaller number first, and what their rows say."""

    subjects: dict[int, Subject]
    pairs: list[Pair]


def parts(subjects: dict[int, Subject], *, size: int = 10_000) -> Iterator[Compared]:
    """The pairs of rows to compare, `size` at a time: each row with its nearest only, those that share its most telling tokens
    and are the nearest in letters or sound.
    """
    subjects = {row: replace(subject, forms=forms_of_subject(subject)) for row, subject in subjects.items()}
    drawn = {row: tuple(map(sketch, subject.forms)) for row, subject in subjects.items()}
    compared: set[Pair] = set()
    known: dict[Pair, float] = {}  # most pairs come up twice
    for row, weights in _sharing(subjects):
        near = {}
        for other, weight in weights.items():
            found = known.pop((other, row), None)
            if found is None:
                found = known[row, other] = nearness(drawn[row], drawn[other])
            near[other] = weight + found
        compared |= {(min(row, other), max(row, other)) for other in nlargest(_NEAREST, near, key=lambda o: (near[o], -o))}
    told = sorted(compared)
    for start in range(0, len(told), size):
        some = told[start : start + size]
        yield Compared({row: subjects[row] for pair in some for row in pair}, some)


def likely_ones(compared: Compared) -> list[Pair]:
    """Those of the pairs about which a person should be asked."""
    mine, known, unsure = compared.subjects, dict[Pair, Beforehand](), set(compared.pairs)
    if len(unsure) >= _MANY:
        from crm.matching.rules.firms_many import same_or_holding  # it loads numpy, which no web worker should hold

        known, unsure = same_or_holding(compared.pairs, mine)
    told = [both for both in compared.pairs if both in known or both in unsure]
    near = [(a, b) for a, b in told if (a, b) in known or not cannot_be_kin(mine[a], mine[b])]
    return [(a, b) for a, b in near if likely_one(judge(mine[a], mine[b], known.get((a, b), {})))]


def pairs(subjects: dict[int, Subject]) -> Iterator[Pair]:
    """Rows about which a person should be asked if they are one firm, the smaller number first."""
    for some in parts(subjects):
        yield from likely_ones(some)


def _sharing(subjects: dict[int, Subject]) -> Iterator[tuple[int, dict[int, float]]]:
    """Each row with the rows that share tokens with it, by how much of the most telling one's weight each shares."""
    tokens = {row: [token.value for token in tokens_for(subject)] for row, subject in subjects.items()}
    postings: dict[int, list[int]] = defaultdict(list)
    for row, values in tokens.items():
        for value in values:
            postings[value].append(row)
    for row, values in tokens.items():
        weights: dict[int, float] = defaultdict(float)
        for value in values:
            rows = postings[value]
            if len(rows) <= _POSTINGS:
                weight = 1.0 / log2(1 + len(rows))
                for other in rows:
                    weights[other] += weight
        weights.pop(row, None)
        if weights:
            most = max(weights.values())
            yield row, {other: weight / most for other, weight in weights.items()}
