"""Who meets whom, and in which order."""

from datetime import UTC, date, datetime

from crm.golive.rules import Brought, Kind, conflicts, uncovered

AT = datetime(2026, 11, 2, 1, tzinfo=UTC)


def one(lead, unit, company, on="2026-11-02", report=None):
    return Brought(lead, report, unit, company, AT, date.fromisoformat(on), "registered")


def test_one_company_of_two_units():
    met = conflicts([one(1, 1, 7), one(2, 2, 7, "2025-03-01"), one(3, 1, 8)], {}, [])
    assert [(m.kind, [side.lead_id for side in m.sides]) for m in met] == [(Kind.COMPANY, [2, 1])]


def test_one_unit_alone_meets_nobody():
    assert conflicts([one(1, 1, 7), one(2, 1, 7), one(3, 1, 8)], {7: 7, 8: 7}, [(7, 8)]) == []


def test_a_group_a_pair_and_a_chain_of_both():
    some = [one(1, 1, 7), one(2, 2, 8), one(3, 3, 9)]
    assert [m.kind for m in conflicts(some, {7: 5, 8: 5, 9: 9}, [])] == [Kind.GROUP]
    assert [m.kind for m in conflicts(some, {}, [(8, 9)])] == [Kind.PAIR]
    chain = conflicts(some, {7: 5, 8: 5}, [(8, 9)])
    assert [(m.kind, len(m.sides)) for m in chain] == [(Kind.PAIR, 3)]


def test_a_later_side_opens_the_question_anew():
    met = conflicts([one(1, 1, 7), one(2, 2, 7)], {}, [])
    assert uncovered(met, [frozenset({(1, 0), (2, 0)})]) == []
    assert uncovered(met, [frozenset({(1, 0)})]) == met
    more = conflicts([one(1, 1, 7), one(2, 2, 7), one(1, 3, 7, report=4)], {}, [])
    assert uncovered(more, [frozenset({(1, 0), (2, 0)})]) == more
