"""What is judged in bulk is judged as one by one: the same candidates, scores, verdicts and reasons, whatever the names are."""

import json
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask

from crm.core.db import unit_of_work
from crm.matching import queries, services
from crm.matching.queries import asking
from crm.matching.rules import Subject, Verdict, forms_of, judge, screening_many
from crm.matching.rules.evidence import features_of
from crm.matching.rules.forest_many import Trees
from crm.matching.rules.nearness import POSTINGS
from crm.matching.rules.scorecard import (
    _FALLING,
    _HOPELESS,
    _USUAL,
    BALANCE,
    STRANGERS,
    Forest,
    _shipped,
    row_of,
    score_of,
    share_of,
)
from crm.matching.rules.screening import cannot_be_kin, cannot_be_same
from crm.matching.rules.screening_many import may_be_same
from crm.matching.rules.tokens import asked_tokens
from tests.bench.check_while_typing import composed
from tests.matching.test_bad_names import BAD, DISGUISES

KIND = 93  # a kind of subject that no room uses
PROBES = json.loads((Path(__file__).parent / "probe_pairs.json").read_text("utf-8"))
KNOWN = frozenset({("domain", "vela-robotics.com")}), frozenset({"+8675526700000"})


def _named() -> Iterator[Subject]:
    """Ordinary firms, those of the probe pairs, and texts that are hardly names; some with a country, a site, a phone, two names."""
    dice = random.Random(5)
    for number, name in composed(1_400):
        country = dice.choice([None, None, "CN", "JP", "DE"])
        site, phone = (KNOWN[0] if number % 90 == 7 else frozenset()), (KNOWN[1] if number % 90 == 8 else frozenset())
        names = (name, f"{name[:4]} Vela") if number % 40 == 3 else (name,)
        yield Subject(names, country, site, phone)
    yield from (Subject((pair[side],)) for pair in PROBES for side in ("a", "b"))
    yield from (Subject((name[:200],)) for name in BAD if name != "\x00")  # no base stores that
    yield Subject(())


def _asked(firms: list[Subject]) -> list[Subject]:
    """Some of those firms in disguise or with a slip, new ones, and the texts that are hardly names."""
    dice = random.Random(6)
    known = [subject for subject in dice.sample(firms[:1_400], 30) if subject.names]
    disguised = [
        Subject((dice.choice(DISGUISES)(one.names[0]), *one.names[1:]), one.country, one.identifiers, one.phones) for one in known
    ]
    cut = [Subject((one.names[0][:-2],), one.country) for one in known[:10]]
    new = [Subject((name,)) for _number, name in islice(composed(60, seed=99), 12)]
    return [*disguised, *cut, *new, *firms[-40:], Subject(("\x00",))]


FIRMS = list(_named())


@pytest.fixture
def indexed(app: Flask) -> Iterator[None]:
    with app.app_context():
        with unit_of_work():
            services.index_many(KIND, ((number, subject, "") for number, subject in enumerate(FIRMS, start=1)))
        yield


def test_many_asked_together_get_what_each_gets_alone(indexed: None) -> None:
    asked = dict(enumerate(_asked(FIRMS), start=1))
    own = {key: key for key in asked if key % 3 == 0}
    alone = {key: queries.judged(one, kind=KIND, limit=12, leave_out=own.get(key)) for key, one in asked.items()}
    together = queries.judged_each(asked, kind=KIND, limit=12, leave_out=own)
    assert list(together) == list(asked)
    assert together == alone
    for wanted in Verdict:
        assert any(hit.judgement.verdict is wanted for hits in together.values() for hit in hits), wanted


@pytest.mark.parametrize("many", [0, 10**9], ids=["on columns", "one by one"])
def test_who_asks_for_kin_only_gets_the_same_without_those_that_are_different(
    indexed: None, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(asking, "MANY", many)
    monkeypatch.setattr(asking, "TOGETHER", 900)
    asked = dict(enumerate(_asked(FIRMS), start=1))
    whole = queries.nearest_each(asked, kind=KIND, leave_out={})
    kin = dict(queries.nearest_each(asked, kind=KIND, leave_out={}, kin=True))
    told = {key: [hit for hit in hits if hit.judgement.verdict is not Verdict.DIFFERENT] for key, hits in whole}
    assert kin == told
    assert sum(map(len, told.values())) > 50
    fewer = queries.judged_each(asked, kind=KIND, limit=2, leave_out={}, kin=True)
    assert fewer == {key: hits[:2] for key, hits in told.items()}, "who is not judged is not among them"


def test_a_kept_reading_says_what_a_fresh_one_does(indexed: None) -> None:
    tokens = [t.value for subject in FIRMS[:60] for t in asked_tokens(subject)]
    read = asking._Read(KIND, tokens)
    assert read.first == asking._postings(tokens, KIND, POSTINGS)
    common = [value for value, ids in read.first.items() if len(ids) >= POSTINGS]
    assert common
    assert read.deeper(common, 900) == read.deeper(common, 900) == asking._postings(common, KIND, 900)


def _pairs() -> list[tuple[Subject, Subject]]:
    """Each firm with some that begin like it, with strangers, and with itself in disguise."""
    dice = random.Random(7)
    found: list[tuple[Subject, Subject]] = [(Subject((p["a"],)), Subject((p["b"],))) for p in PROBES]
    by_head: dict[str, list[Subject]] = {}
    for subject in FIRMS:
        by_head.setdefault((subject.names or ("",))[0][:3], []).append(subject)
    for subject in FIRMS:
        kin = by_head[(subject.names or ("",))[0][:3]]
        found += [(subject, other) for other in (dice.choice(kin), dice.choice(FIRMS))]
        if subject.names:
            found.append((subject, Subject((dice.choice(DISGUISES)(subject.names[0]),), subject.country)))
    return found


def test_no_pair_that_is_the_same_is_passed_over_and_most_of_the_others_are() -> None:
    passed, others = 0, 0
    for number, (a, b) in enumerate(_pairs()):
        same = judge(a, b).verdict is Verdict.SAME
        told = cannot_be_same(a, b)
        assert number % 5 or told == cannot_be_same(b, a)
        assert not (told and same), (a, b)
        passed, others = passed + told, others + (not same)
    assert passed >= 0.9 * others
    assert others >= 2_000


def test_many_pairs_are_told_from_one_firm_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = _pairs()[::4]
    told = [not cannot_be_same(a, b) for a, b in pairs]
    assert may_be_same(pairs) == told
    monkeypatch.setattr(screening_many, "HELD", 7)  # the last of a few rows are told in the end
    assert may_be_same((b, a) for a, b in pairs[:200]) == told[:200]
    assert 50 < sum(told) < len(told) / 2


def test_the_trees_on_columns_say_to_the_last_bit_what_the_compiled_ones_do() -> None:
    model = _shipped()
    rows: dict[tuple[str, tuple[str, ...]], list[list[float]]] = {}
    for a, b in _pairs()[::6]:
        if a.names and b.names:
            met, found = features_of(forms_of(a.names[0], a.country), forms_of(b.names[0], b.country), model.lexicon)
            rows.setdefault((met, tuple(found)), []).append(list(found.values()))
    assert {met for met, _names in rows} >= {"han", "latin", "cross"}
    for (met, names), figures in rows.items():
        gate, trees = Trees(model).sums(met, names, np.array(figures))
        compiled = model._sums_for(met, names)
        assert gate.tolist() == [compiled[0](*row) for row in figures]
        assert trees.tolist() == [compiled[1](*row) for row in figures]


def test_no_pair_that_is_kin_is_passed_over_and_most_of_the_others_are() -> None:
    passed, others = 0, 0
    for number, (a, b) in enumerate(_pairs()[::2]):
        told = cannot_be_kin(a, b)
        assert number % 5 or told == cannot_be_kin(b, a)
        different = judge(a, b).verdict is Verdict.DIFFERENT
        assert different or not told, (a, b)
        passed, others = passed + told, others + different
    assert passed >= 0.9 * others
    assert others >= 1_000


def _walked(forest: Forest, row: list[float]) -> float:
    """What the trees say, walked as they are stored, and added up as they always were: by hundreds, then all."""
    sums = []
    for start in range(0, len(forest.trees), 100):
        leaves = [_leaf(tree, row) for tree in forest.trees[start : start + 100]]
        total = leaves[0]
        for leaf in leaves[1:]:
            total += leaf
        sums.append(total)
    return forest.bias + sum(sums)


def _leaf(node: Any, row: list[float]) -> float:
    while isinstance(node, list):
        at, threshold, below, above = node
        node = below if row[int(at)] <= threshold else above
    return float(node)


def test_the_compiled_trees_say_to_the_last_bit_what_walking_them_does() -> None:
    model = _shipped()
    for a, b in _pairs()[::4]:
        if not a.names or not b.names:
            continue
        one, two = forms_of(a.names[0], a.country), forms_of(b.names[0], b.country)
        met, found = features_of(one, two, model.lexicon)
        row = row_of(model.features, met, found)
        gate, trees = _walked(model.gate, row), share_of(_walked(model.trees, row) + BALANCE[met])
        plain = STRANGERS * _USUAL * share_of(gate + _FALLING)
        wanted = plain if gate < _HOPELESS else trees if gate >= model._least_for(found) else STRANGERS * trees
        assert score_of(one, two) == wanted, (a, b)
