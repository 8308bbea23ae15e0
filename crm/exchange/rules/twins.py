"""Rows of one file that are the same firm: compared with each other through the same tokens and the same judge."""

import re
from collections import defaultdict
from collections.abc import Iterable

from crm.matching.rules import Judgement, Subject, Verdict, judge, wordlists
from crm.matching.rules.scripts import plain
from crm.matching.rules.tokens import tokens_for

_POSTINGS = 60
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


def pairs(subjects: dict[int, Subject]) -> Iterable[tuple[int, int, Judgement]]:
    """Rows that are the same or related, the smaller number first; rows that share no telling token are not compared."""
    postings: dict[int, list[int]] = defaultdict(list)
    for row, subject in subjects.items():
        for token in tokens_for(subject):
            postings[token.value].append(row)
    seen: set[tuple[int, int]] = set()
    for rows in postings.values():
        if len(rows) > _POSTINGS:
            continue
        for place, first in enumerate(rows):
            for second in rows[place + 1 :]:
                pair = (min(first, second), max(first, second))
                if pair not in seen:
                    seen.add(pair)
                    found = judge(subjects[pair[0]], subjects[pair[1]])
                    if found.verdict is not Verdict.DIFFERENT:
                        yield (*pair, found)
