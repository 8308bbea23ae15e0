"""Western names: forms, slips, small words, initials, alphabets, and what only looks like the same firm.

`tests/data/western_pairs.jsonl` are pairs of real firms' names (a few invented ones stand for firms that no table knows), entered from
general knowledge: {"a", "b", "verdict": what they are, "kind": what tells them apart or joins them}. Nothing is learned from it.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crm.matching.rules import Subject, Verdict, forms_of, judge
from crm.matching.rules.legal import law_of
from crm.matching.rules.training import average_precision

DATA = Path(__file__).resolve().parents[1] / "data" / "western_pairs.jsonl"


@pytest.fixture(scope="module")
def judged() -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
    for row in rows:
        found = judge(Subject((row["a"],)), Subject((row["b"],)))
        row |= {"score": found.score, "said": found.verdict.value, "same": int(row["verdict"] == "same")}
    return rows


def _f1(said: list[int], firms: int) -> float:
    return 2 * sum(said) / (len(said) + firms)


def test_there_are_enough_pairs_and_none_twice(judged: list[dict[str, Any]]) -> None:
    assert len({frozenset((row["a"], row["b"])) for row in judged}) == len(judged) >= 400
    assert min(Counter(row["verdict"] for row in judged).values()) >= 100


def test_scores_and_verdicts_tell_one_firm_from_others(judged: list[dict[str, Any]]) -> None:
    """As wished: average precision 0.95, the best F1 0.90; and the shipped verdict no worse than that."""
    firms = sum(row["same"] for row in judged)
    assert average_precision([(row["score"], row["same"]) for row in judged]) >= 0.95
    best = max(_f1([row["same"] for row in judged if row["score"] >= least / 100], firms) for least in range(20, 90, 2))
    assert best >= 0.90
    assert _f1([row["same"] for row in judged if row["said"] == "same"], firms) >= 0.90


def test_daughters_and_holdings_are_hardly_ever_called_the_same(judged: list[dict[str, Any]]) -> None:
    kin = [row["said"] for row in judged if row["verdict"] == "related"]
    assert kin.count("same") / len(kin) <= 0.05


def test_the_order_of_two_western_names_does_not_matter(judged: list[dict[str, Any]]) -> None:
    for row in judged[::7]:
        assert judge(Subject((row["b"],)), Subject((row["a"],))).score == row["score"]


@pytest.mark.parametrize(
    ("name", "stem", "legal"),
    [
        ("OOO Yandex", "yandex", "ltd"),
        ("ПАО «Газпром»", "gazprom", "jsc"),
        ("Joint Stock Company Sukhoi", "sukhoi", "jsc"),
        ("PT Astra International Tbk", "astrainternational", "plc"),
        ("Festo SE und Co. KG", "festo", "lp"),
        ("Boeing Company, The", "boeing", "co"),
        ("Koç Holding A.Ş.", "koc", "ltd"),
        ("AB InBev SA", "abinbev", "jsc"),
        ("AS Roma S.p.A.", "asroma", "jsc"),
    ],
)
def test_legal_forms_stand_behind_doubled_or_in_front(name: str, stem: str, legal: str) -> None:
    forms = forms_of(name)
    assert (forms.stem, forms.legal) == (stem, legal)


@pytest.mark.parametrize(
    ("name", "law"), [("ernst & young gmbh", "de"), ("ernst & young llp", "gb"), ("acme ltd", ""), ("acme s a", ""), ("", "")]
)
def test_some_legal_forms_tell_whose_law_they_are_of(name: str, law: str) -> None:
    assert law_of(name) == law


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        ("Thales Alenia Space", "Thales S.A.", Verdict.RELATED),
        ("Ernst & Young GmbH", "Ernst & Young LLP", Verdict.RELATED),
        ("Dyson Holdings Limited", "Dyson Limited", Verdict.RELATED),
        ("Infineon Technologies Austria AG", "Infineon Technologies AG", Verdict.RELATED),
        ("Solarpark Fund II GmbH", "Solarpark Fund III GmbH", Verdict.RELATED),
        ("Mercury Marine", "Mercury Insurance", Verdict.DIFFERENT),
        ("Deutsche Börse AG", "Deutsche Wohnen AG", Verdict.DIFFERENT),
        ("Delta Air Lines", "Delta Electronics", Verdict.DIFFERENT),
        ("ПАО Газпром", "Gazprom PJSC", Verdict.SAME),
        ("Bank of Ireland", "Bank of Ireland plc", Verdict.SAME),
    ],
)
def test_what_tells_western_firms_apart(a: str, b: str, verdict: Verdict) -> None:
    assert judge(Subject((a,)), Subject((b,))).verdict is verdict
