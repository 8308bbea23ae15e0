"""One company, one lead, nineteen second reports: whoever is first, under whatever disguise, on both databases."""

import pytest

from tests.leads.same_second import PEOPLE, Outcome, disguised, firm, run


def test_the_disguises_differ():
    assert len({disguised(firm(1), number) for number in range(PEOPLE)}) >= 9


def test_three_rounds(app):
    assert run(app, [1, 2, 3]) == Outcome(3, 3, 3 * (PEOPLE - 1))


@pytest.mark.full
def test_fifty_rounds(app):
    rounds = list(range(10, 60))
    assert run(app, rounds) == Outcome(50, 50, 50 * (PEOPLE - 1))
