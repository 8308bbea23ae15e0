"""Grouping, what is asked again, who stays, who may say same."""

from datetime import UTC, datetime, timedelta

from crm.matching.rules import Certainty, Judgement, Verdict
from crm.review.rules import GROUP_MOST, Age, Edge, asked_again, gather, keeper, may_decide_same, worth_asking

NOW = datetime(2026, 6, 18, tzinfo=UTC)


def edges(*pairs):
    return [Edge(n, a, b, score) for n, (a, b, score) in enumerate(pairs, start=1)]


def test_pairs_that_share_a_firm_are_one_group():
    assert gather(edges((1, 2, 0.9), (2, 3, 0.8), (5, 6, 0.7))) == {1: 1, 2: 1, 3: 5}


def test_the_order_in_which_they_were_found_does_not_matter():
    found = edges((1, 2, 0.9), (2, 3, 0.8), (3, 4, 0.95), (7, 4, 0.7))
    assert gather(found) == gather(reversed(found)) == {1: 1, 2: 1, 3: 1, 4: 1}


def test_a_group_has_a_dozen_members_at_most():
    chain = edges(*((n, n + 1, 0.9 - n / 1000) for n in range(1, 40)))
    groups = gather(chain)
    members = {}
    for edge in chain:
        members.setdefault(groups[edge.pair_id], set()).update((edge.a_id, edge.b_id))
    assert all(len(found) <= GROUP_MOST for found in members.values())
    assert set(groups) == {edge.pair_id for edge in chain}
    assert any(key < 0 for key in groups.values()), "what joins two full groups stands alone"


def test_no_two_groups_have_one_name():
    chain = edges(*((n, n + 1, 0.9) for n in range(1, 100)))
    groups = gather(chain)
    for key in {key for key in groups.values() if key > 0}:
        assert any(key in (edge.a_id, edge.b_id) for edge in chain if groups[edge.pair_id] == key)
    assert all(key == -pair_id for pair_id, key in groups.items() if key < 0)


def test_nothing_is_no_group():
    assert gather([]) == {}


def test_what_is_worth_a_question():
    def judged(verdict, score):
        return Judgement(verdict, score, Certainty.VERY_LIKE)

    assert worth_asking(judged(Verdict.SAME, 0.51))
    assert not worth_asking(judged(Verdict.DIFFERENT, 0.49))
    assert not worth_asking(judged(Verdict.RELATED, 0.64)), "a subsidiary is no duplicate"


def test_asked_again_after_a_key_fact_changed():
    assert not asked_again(NOW)
    assert not asked_again(NOW, None, NOW - timedelta(days=1), NOW)
    assert asked_again(NOW, None, NOW + timedelta(seconds=1))


def test_the_earlier_record_stays():
    early = Age(7, NOW - timedelta(days=9), NOW)
    late = Age(3, NOW - timedelta(days=1), NOW - timedelta(days=90))
    bare = Age(1, None, NOW - timedelta(days=400))
    assert keeper(early, late) == keeper(late, early) == 7
    assert keeper(bare, late) == 3
    assert keeper(bare, Age(2, None, NOW)) == 1


def test_two_units_need_the_coordinator():
    assert may_decide_same(frozenset({1}), merges=True, between=False)
    assert may_decide_same(frozenset(), merges=True, between=False)
    assert not may_decide_same(frozenset({1, 2}), merges=True, between=False)
    assert may_decide_same(frozenset({1, 2}), merges=False, between=True)
