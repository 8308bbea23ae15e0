"""Merge and unmerge of fifty random graphs with chains, undone in turn and in any order: the dump is as it was before."""

import random

import pytest

from tests.merging import graphs


@pytest.mark.parametrize("start", [0, *(pytest.param(start, marks=pytest.mark.full) for start in range(5, 50, 5))])
def test_what_was_merged_comes_back(app, start):
    with app.app_context():
        for seed in range(start, start + 5):
            assert not graphs.round_trip(seed, shuffled=seed % 2 == 1), seed


def test_a_dump_sees_a_difference(app):
    with app.app_context():
        names, leads = graphs.grow(random.Random(1))
        before = graphs.dump()
        graphs.merge_at_random(random.Random(2), names, leads)
        assert "company" in graphs.differences(before, graphs.dump())
