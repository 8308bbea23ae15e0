"""The days on which milestones are expected: what slipped, what may be promised."""

from datetime import date, timedelta

import pytest

from crm.pipeline.rules import (
    Change,
    Dated,
    ExpectedPast,
    ExpectedReached,
    ExpectedReason,
    ExpectedSame,
    ExpectedTooFar,
    ExpectedUnfit,
    Kind,
    OutOfOrder,
    Promise,
    Slip,
    SlipLimits,
    changes_wanted,
    check_changes,
    next_of,
    promises_of,
    shipped,
    slip_of,
)

TODAY = date(2026, 11, 16)
LIMITS = SlipLimits(30, 90, 2, 4)
SIGN, REGISTER, FUNDS = Kind.CONTRACT_SIGNED, Kind.REGISTERED, Kind.FIRST_FUNDS


def day(n: int) -> date:
    return TODAY + timedelta(days=n)


def test_slippage_is_counted_from_the_first_promise():
    rows = [
        Change(SIGN, None, day(0)),
        Change(SIGN, day(0), day(20)),
        Change(SIGN, day(20), day(45)),
        Change(FUNDS, None, day(90)),
    ]
    found = promises_of(rows)
    assert found[SIGN] == Promise(SIGN, day(45), day(0), 2)
    assert (found[SIGN].slipped, found[FUNDS].slipped, found[FUNDS].moves) == (45, 0, 0)


def test_taking_back_is_no_way_to_start_afresh():
    rows = [Change(SIGN, None, day(0)), Change(SIGN, day(0), None)]
    assert promises_of(rows) == {}
    assert promises_of([*rows, Change(SIGN, None, day(100))])[SIGN] == Promise(SIGN, day(100), day(0), 1)


@pytest.mark.parametrize(
    ("slipped", "moves", "overdue", "state"),
    [
        (0, 0, False, Slip.KEPT),
        (29, 1, False, Slip.KEPT),
        (-60, 1, False, Slip.KEPT),
        (30, 1, False, Slip.AMBER),
        (0, 2, False, Slip.AMBER),
        (90, 1, False, Slip.RED),
        (5, 4, False, Slip.RED),
        (0, 0, True, Slip.RED),
    ],
)
def test_amber_and_red(slipped, moves, overdue, state):
    assert slip_of(slipped, moves, overdue=overdue, limits=LIMITS) is state


def test_the_next_one_is_the_nearest_that_nothing_has_passed_by():
    promises = {kind: Promise(kind, day(n), day(n), 0) for kind, n in ((SIGN, 10), (REGISTER, 40), (FUNDS, 60))}
    assert next_of(promises, []).kind is SIGN
    assert next_of(promises, [SIGN]).kind is REGISTER
    assert next_of(promises, [REGISTER]).kind is FUNDS, "registered directly: nobody waits for a contract"
    assert next_of(promises, [FUNDS]) is None


def test_only_what_is_other_is_written():
    old = {SIGN: Promise(SIGN, day(10), day(10), 0)}
    assert changes_wanted(old, {SIGN: day(10), REGISTER: day(30), FUNDS: None}) == [Change(REGISTER, None, day(30))]
    assert changes_wanted(old, {SIGN: None}) == [Change(SIGN, day(10), None)]
    with pytest.raises(ExpectedSame):
        changes_wanted(old, {SIGN: day(10), REGISTER: None})


@pytest.mark.parametrize(
    ("changes", "reason", "refusal"),
    [
        ([Change(REGISTER, None, day(-1))], "", ExpectedPast),
        ([Change(REGISTER, None, day(4000))], "", ExpectedTooFar),
        ([Change(SIGN, None, day(5))], "", ExpectedReached),
        ([Change(Kind.FITOUT_STARTED, None, day(5))], "", ExpectedUnfit),
        ([Change(Kind.FRAMEWORK, None, day(5))], "", ExpectedUnfit),
        ([Change(FUNDS, day(60), day(70))], " ", ExpectedReason),
        ([Change(FUNDS, day(60), None)], "", ExpectedReason),
        ([Change(REGISTER, None, day(61))], "", OutOfOrder),
    ],
)
def test_what_may_not_be_promised(changes, reason, refusal):
    table = shipped()
    facts = {
        "promises": {FUNDS: Promise(FUNDS, day(60), day(60), 0)}, "held": [Dated(SIGN, day(-3))], "path": table.path(None),
        "may_expect": table.expectable(None), "today": TODAY,
    }  # fmt: skip
    with pytest.raises(refusal):
        check_changes(changes, reason=reason, **facts)
    check_changes([Change(REGISTER, None, day(61)), Change(FUNDS, day(60), day(61))], reason="both later", **facts)
