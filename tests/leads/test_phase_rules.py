"""What a family of phases and expansions counts: every sum once."""

import random

import pytest

from crm.leads.rules.phases import Basis, Less, Node, PhaseCycle, PhaseKind, PhaseTooDeep, Sums, check_link, less_of

P, E = PhaseKind.PHASE, PhaseKind.EXPANSION


def counted(*nodes: Node) -> dict[int, int | None]:
    less = less_of(nodes)
    return {node.id: None if node.stated.cny is None else node.stated.cny - less[node.id].cny for node in nodes}


def test_own_sums_are_added():
    assert counted(Node(1, Sums(10)), Node(2, Sums(5), 1, P, 2)) == {1: 10, 2: 5}


def test_cumulative_sums_count_what_they_add():
    first, second = Node(2, Sums(15), 1, E, 1, Basis.CUMULATIVE), Node(3, Sums(22), 1, E, 2, Basis.CUMULATIVE)
    assert counted(Node(1, Sums(10)), first, second) == {1: 10, 2: 5, 3: 7}
    unsaid = Node(2, Sums(None), 1, E, 1, Basis.CUMULATIVE)
    assert counted(Node(1, Sums(10)), unsaid, second) == {1: 10, 2: None, 3: 12}
    assert counted(Node(1, Sums(10)), Node(2, Sums(15), 1, E, 1, Basis.CUMULATIVE), Node(3, Sums(22), 2, E, 1, Basis.CUMULATIVE)) == {
        1: 10, 2: 5, 3: 7,
    }  # fmt: skip


def test_parts_that_are_leads_are_left_out_of_the_whole():
    parts = [Node(2, Sums(4), 1, P, 1, Basis.INCLUDED), Node(3, Sums(5), 1, P, 2, Basis.INCLUDED)]
    assert counted(Node(1, Sums(30)), *parts) == {1: 21, 2: 4, 3: 5}
    assert counted(Node(1, Sums(7)), *parts) == {1: 0, 2: 4, 3: 5}, "nothing counts below zero"


def test_both_currencies_stand_alone():
    less = less_of([Node(1, Sums(10, 300)), Node(2, Sums(None, 500), 1, E, 1, Basis.CUMULATIVE)])
    assert less == {1: Less(0, 0), 2: Less(0, 300)}


def test_nothing_is_doubled_and_nothing_is_negative():
    """Cumulative chains of any length come to the last sum; included parts to the whole."""
    dice = random.Random(7)
    for _ in range(300):
        sums = sorted(dice.randint(1, 10**15) for _ in range(dice.randint(2, 6)))
        chain = [Node(1, Sums(sums[0]))]
        chain += [Node(n, Sums(one), 1, E, n, Basis.CUMULATIVE) for n, one in enumerate(sums[1:], 2)]
        dice.shuffle(chain)
        assert sum(counted(*chain).values()) == sums[-1]
        whole = sum(sums)
        family = [Node(99, Sums(whole)), *(Node(n, Sums(one), 99, P, n, Basis.INCLUDED) for n, one in enumerate(sums))]
        assert sum(counted(*family).values()) == whole
        assert min(counted(*family).values()) >= 0


def test_no_cycle_and_no_tower():
    with pytest.raises(PhaseCycle):
        check_link(1, 1, {}, depth_below=0)
    with pytest.raises(PhaseCycle):
        check_link(1, 3, {3: 2, 2: 1}, depth_below=2)
    check_link(9, 3, {3: 2, 2: 1}, depth_below=1)
    with pytest.raises(PhaseTooDeep):
        check_link(9, 3, {3: 2, 2: 1}, depth_below=2)
