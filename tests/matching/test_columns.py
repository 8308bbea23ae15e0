"""The features of many pairs on columns are those of one pair, to the last bit; and what is screened by them loses no pair."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from flask import Flask

from crm.core.db import unit_of_work
from crm.matching import queries, services
from crm.matching.bulk import Whole
from crm.matching.rules import Subject, Verdict, forms_of, judge
from crm.matching.rules.evidence import features_of, meeting
from crm.matching.rules.evidence_many import Pairs
from crm.matching.rules.kinds import NameForms
from crm.matching.rules.names_many import Names
from crm.matching.rules.packing import pack
from crm.matching.rules.screening import cannot_be_kin
from crm.matching.rules.screening_columns import NO, UNSURE, YES, Screen
from crm.matching.rules.screening_many import may_be_same
from tests.matching.test_at_once import FIRMS, KIND, _pairs

MORE = (
    "미래SCI", "美丽时空", "东森房屋", "대신밸런스제17호스팩", "リビング保証", "日本リビング保証", "シーメンス", "Siemens AG", "西门子(中国)有限公司", "朝凪電子株式会社",
    "Asanagi Electronics Co., Ltd.", "Shenzhen Asanagi Holdings Limited", "深圳市朝凪电子科技集团有限公司", "Twenty-Nine Palms Fund III LLC", "29 Palms Fund II GmbH",
    "FIG", "Future Innovation Group", "杭氧股份有限公司", "Hangzhou Oxygen Plant Group Co., Ltd.", "红相股份", "Red Phase Inc.", "华正新材", "华达新材",
)  # fmt: skip


def _named() -> list[NameForms]:
    """The names of pairs that look alike, and of some that meet in each way."""
    told = [forms_of(name) for one, two in _pairs()[::3] for subject in (one, two) for name in subject.names]
    return list({forms.original: forms for forms in (*map(forms_of, MORE), *told)}.values())


@pytest.fixture(scope="module")
def laid_out() -> tuple[Names, list[NameForms]]:
    forms, names = _named(), Names()
    for one in forms:
        names.add(pack(one), None)
    names.close()
    return names, forms


def _met(forms: list[NameForms]) -> tuple[np.ndarray, np.ndarray]:
    """Each name beside the next ones in the order of their texts and of their sounds, and those of MORE beside each other."""
    pairs = [(a, b) for a in range(len(MORE)) for b in range(len(MORE))]
    for key in ("core", "sound"):
        order = sorted(range(len(forms)), key=lambda at: (getattr(forms[at], key), at))
        pairs += [(a, b) for gap in (1, 2) for a, b in zip(order, order[gap:], strict=False)]
    return np.array([a for a, _b in pairs]), np.array([b for _a, b in pairs])


def test_columns_say_of_each_pair_what_its_features_say(laid_out: tuple[Names, list[NameForms]]) -> None:
    names, forms = laid_out
    a, b = _met(forms)
    screen = Screen(names, forms.__getitem__)
    screen.tell(a[:1], b[:1])
    met = np.array([meeting(forms[one], forms[two]) for one, two in zip(a, b, strict=True)])
    assert (screen._meetings(a, b) == met).all()
    for kind, count in Counter(met.tolist()).items():
        at = np.flatnonzero(met == kind)
        columns = screen._columns(kind, Pairs(names, a[at], b[at]))
        assert count > 40, kind
        for place, (one, two) in enumerate(zip(a[at], b[at], strict=True)):
            told = features_of(forms[one], forms[two])[1]
            assert {name: column[place] for name, column in columns.items()} == told, (forms[one].original, forms[two].original)


def test_names_are_told_apart_as_one_by_one(laid_out: tuple[Names, list[NameForms]]) -> None:
    names, forms = laid_out
    a, b = _met(forms)
    told, weighed = Screen(names, forms.__getitem__).tell(a, b)
    assert weighed.keys() <= set(np.flatnonzero(told == YES).tolist())
    assert len(weighed) > 100
    subjects = [Subject((one.original,), forms=(one,)) for one in forms]
    one_by_one = may_be_same((subjects[one], subjects[two]) for one, two in zip(a, b, strict=True))
    assert ((told == YES) == one_by_one).all()
    assert not (told == UNSURE).any()
    assert 0.02 < (told == YES).mean() < 0.98
    lost = [at for at in np.flatnonzero(told == NO) if judge(subjects[a[at]], subjects[b[at]]).verdict is Verdict.SAME]
    assert lost == []
    for at in np.flatnonzero(told == YES).tolist():
        one, two = subjects[a[at]], subjects[b[at]]
        beforehand = {(0, 0): weighed[at]} if at in weighed else {}
        assert judge(one, two, beforehand) == judge(one, two), (one.names, two.names)


def test_names_of_one_group_are_told_from_others_as_one_by_one(laid_out: tuple[Names, list[NameForms]]) -> None:
    names, forms = laid_out
    a, b = _met(forms)
    told, weighed = Screen(names, forms.__getitem__).tell(a, b, kin=np.full(len(a), True))
    subjects = [Subject((one.original,), forms=(one,)) for one in forms]
    assert not (told == UNSURE).any()
    assert 0.3 < (told == NO).mean() < 0.98
    for at in range(len(a)):
        one, two = subjects[a[at]], subjects[b[at]]
        if told[at] == NO:
            assert cannot_be_kin(one, two), (one.names, two.names)
        else:
            beforehand = {(0, 0): weighed[at]} if at in weighed else {}
            assert judge(one, two, beforehand) == judge(one, two), (one.names, two.names)


def test_columns_that_say_something_else_are_not_believed(
    laid_out: tuple[Names, list[NameForms]], caplog: pytest.LogCaptureFixture
) -> None:
    names, forms = laid_out
    a, b = _met(forms)
    screen, sound = Screen(names, forms.__getitem__), Screen(names, forms.__getitem__).tell(a, b)[0]
    columns = screen._columns
    screen._columns = lambda kind, pairs: {n: c + (n == "whole_ratio") for n, c in columns(kind, pairs).items()}  # type: ignore[method-assign]
    told, _weighed = screen.tell(a, b)
    assert "columns of features differ" in caplog.text
    assert ((told == sound) | (told == UNSURE)).all()
    assert (told == UNSURE).any()


@pytest.fixture
def whole(app: Flask) -> Iterator[Whole]:
    homes = [Subject((name,), "SG") for name in ("骁泓(新加坡)有限公司", "骁泓", "Xiaohong (Singapore) Pte. Ltd.", "Xiaohong")]
    with app.app_context():
        with unit_of_work():
            services.index_many(KIND, ((number, subject, "") for number, subject in enumerate([*FIRMS[1::2], *homes], start=1)))
        yield Whole(KIND)


def test_a_whole_index_is_screened_as_one_by_one(whole: Whole) -> None:
    ids = whole.ids.tolist()
    chunks = [ids[start : start + 300] for start in range(0, len(ids), 300)]
    found = whole.screened(chunks)
    worth = {both for one in found for both in one.worth}
    unsure = {both for one in found for both in one.unsure}
    pairs = [both for chunk in chunks for both in Whole(KIND).pairs(chunk)]
    subjects = queries.stored_subjects(KIND, ids)
    told = may_be_same((subjects[a], subjects[b]) for a, b in pairs)
    wanted = {both for both, may_be in zip(pairs, told, strict=True) if may_be}
    assert worth <= wanted <= worth | unsure
    assert unsure, "at home"
    assert len(unsure) < len(pairs) / 20
    shared = {(a, b) for a, b in worth if not subjects[a].identifiers.isdisjoint(subjects[b].identifiers)}
    assert shared, "one domain"
    known = {both: weighed for one in found for both, weighed in one.worth.items()}
    assert sum(map(bool, known.values())) > 30
    for (a, b), weighed in known.items():
        assert judge(subjects[a], subjects[b], weighed) == judge(subjects[a], subjects[b]), (a, b)
