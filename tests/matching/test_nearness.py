"""How near two firms are at first sight: the same figure one by one and on arrays; who is judged by it."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from crm.matching.rules import forms_of
from crm.matching.rules.nearness import FAR, FIRST, JUDGED, nearness, plainly_apart, worth_judging
from crm.matching.rules.nearness_many import Sketches
from crm.matching.rules.packing import pack, sketch, words_of
from tests.matching.test_bad_names import BAD

PROBES = json.loads((Path(__file__).parent / "probe_pairs.json").read_text("utf-8"))
FIRMS = [*((pair["a"], pair["b"]) for pair in PROBES), *((pair["a"],) for pair in PROBES), *((name,) for name in BAD), ()]


def test_many_at_once_are_as_near_as_one_by_one() -> None:
    drawn = [tuple(sketch(forms_of(name)) for name in names) for names in FIRMS]
    many = Sketches()
    for firm in drawn:
        many.add(firm)
    many.close()
    pairs = list(product(range(len(drawn)), repeat=2))
    mine, yours = (np.array(side) for side in zip(*pairs, strict=True))
    found = many.nearness(mine, yours)
    apart = [plainly_apart(drawn[one], drawn[other]) for one, other in pairs]
    assert many.plainly_apart(mine, yours).tolist() == apart
    assert any(apart)
    assert not all(apart)
    for (one, other), near in zip(pairs, found.tolist(), strict=True):
        assert near == pytest.approx(nearness(drawn[one], drawn[other]), abs=1e-5), (FIRMS[one], FIRMS[other])


def test_a_name_is_drawn_the_same_from_its_forms_packed_by_these_rules_or_others() -> None:
    for pair in PROBES:
        forms = forms_of(pair["a"])
        fresh, stale = pack(forms), [pair["a"], 0, "of other rules"]
        for one in (fresh, stale, pair["a"]):
            assert list(map(sorted, sketch(one))) == list(map(sorted, sketch(forms)))
        assert words_of(fresh) == words_of(stale) == words_of(pair["a"]) == list(forms.words)


def test_the_first_few_are_judged_and_of_the_others_what_is_near() -> None:
    places, near = np.array([0, FIRST - 1, FIRST, FIRST, JUDGED - 1, JUDGED]), np.array([0, 0, FAR, FAR - 0.01, 1, 1])
    wanted = [True, True, True, False, True, False]
    assert worth_judging(places, near).tolist() == wanted
    assert [bool(worth_judging(*one)) for one in zip(places.tolist(), near.tolist(), strict=True)] == wanted


APART = {
    ("朝凪电子有限公司", "碧澜屿电子有限公司"): True, ("朝凪电子有限公司", "朝颜电子有限公司"): False, ("胜隆医疗器械", "升隆"): False,
    ("Kestova Sensors AG", "Dunmorrow Photonics GmbH"): True, ("IBM", "International Business Machines"): False,
    ("Kestova Sensors AG", "Ketsova Sensors AG"): False, ("博世", "Bosch"): False,
}  # fmt: skip


@pytest.mark.parametrize("pair", APART)
def test_what_is_plainly_apart(pair: tuple[str, str]) -> None:
    one, other = ((sketch(forms_of(name)),) for name in pair)
    assert plainly_apart(one, other) == plainly_apart(other, one) == APART[pair]
    assert plainly_apart(one, (*one, *other)) is False, "one name of a firm is enough"
