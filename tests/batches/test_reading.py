"""Who reads what of a frozen edition: by what the lead is today and by what it was then, the stricter of both."""

from datetime import date

import pytest

from crm.batches.queries import editions
from crm.batches.rules.comparing import Change
from crm.batches.rules.rolling import BATCHES
from crm.core.db import db
from tests.batches.stories import NEXT, START, YI, changed, frozen, listed, moved, rows
from tests.builders import a_unit, actor
from tests.merging.stories import merge
from tests.web.shared_city import seal, share


def named(edition, username, **asked):
    return {row.number for row in rows(edition, username, **asked) if not row.masked}


def row_of(edition, lead, username):
    """The one row of an edition as somebody reads it."""
    found = rows(edition, username)
    assert len(found) == 1
    return found[0]


@pytest.fixture
def desk_at(desk, clock_at):
    clock_at(NEXT)
    return desk


def test_other_units_read_no_names_of_what_was_not_signed_then(desk_at):
    lead = listed("negotiating", total=5)
    made = frozen()
    for username, masked, amounts in (
        ("officer.nanshan", False, True), ("coordinator", False, True), ("leader", False, True), ("officer.baoan", True, False),
    ):  # fmt: skip
        row = row_of(made, lead, username)
        assert (row.masked, row.amounts, row.hidden) == (masked, amounts, False), username
        assert (row.total_cny is not None) is amounts
    moved(lead, "signed", date(2026, 11, 5))
    db.session.rollback()
    assert row_of(made, lead, "officer.baoan").masked, "it was not signed then"
    second = frozen(NEXT)
    row = row_of(second, lead, "officer.baoan")
    assert (row.masked, row.change, row.name) == (False, Change.MOVED, lead.display_name)
    moved(lead, "negotiating", date(2026, 11, 9))
    db.session.rollback()
    assert row_of(second, lead, "officer.baoan").masked, "it is not signed any more"


def test_sealing_after_freezing_hides_it_there_too(desk_at):
    lead = listed("signed", total=5)
    made = frozen()
    assert not row_of(made, lead, "officer.baoan").masked
    seal(lead.public_id, "Heron")
    db.session.rollback()
    db.session.info.pop("known", None)
    row = row_of(made, lead, "officer.baoan")
    assert (row.hidden, row.number, row.total_cny, row.public_id) == (True, "", None, "")
    assert row_of(made, lead, "manager.nanshan").number == lead.number
    leader = row_of(made, lead, "leader")
    assert (leader.masked, leader.code, leader.total_cny) == (True, "Heron", None)
    assert editions.sums_of(made, editions.Asked(), actor("officer.baoan"))["signed"].count == 1
    assert editions.sums_of(made, editions.Asked(), actor("leader"))["signed"].total_cny == 0
    assert editions.sums_of(made, editions.Asked(), actor("coordinator"))["signed"].total_cny == 5 * YI


def test_a_code_name_of_then_stays_when_it_has_ended(desk_at):
    lead = listed("signed", total=5)
    seal(lead.public_id, "Heron", days=3)
    made = frozen(NEXT)
    with unsealed(lead):
        assert row_of(made, lead, "officer.baoan").hidden, "then it went by a code name"
        assert row_of(made, lead, "leader").masked
        assert row_of(made, lead, "coordinator").code == "Heron"
        assert named(made, "officer.baoan", unit_path=a_unit("SZ-NS").path) == set()
        assert rows(made, "officer.baoan", change=Change.NEW) == [], "no filter finds it"
        assert rows(made, "officer.baoan", cluster_id=0) == []


class unsealed:  # noqa: N801 - reads as a word
    """Some days later, when the code name has run out."""

    def __init__(self, lead):
        from crm.core import clock
        from tests.claims.stories import at

        self.clock = clock.fixed(at("2026-12-20 09:00"))

    def __enter__(self):
        db.session.rollback()
        db.session.info.pop("known", None)
        self.clock.__enter__()

    def __exit__(self, *what):
        self.clock.__exit__(*what)


def test_a_filter_by_unit_lists_only_what_may_be_read_by_name(desk_at):
    one = listed("negotiating")
    two = listed("signed")
    three = listed("negotiating", by="officer.baoan")
    shared = listed("negotiating")
    share(shared.public_id, unit="SZ-BA")
    made = frozen(NEXT)
    here = a_unit("SZ-NS").path
    assert named(made, "officer.baoan", unit_path=here) == {two.number, shared.number}
    assert len(rows(made, "officer.baoan", unit_path=here)) == 2
    assert named(made, "coordinator", unit_path=here) == {one.number, two.number, shared.number}
    assert len(rows(made, "officer.baoan")) == 4
    assert three.number in named(made, "officer.baoan")


def test_counts_of_pages_and_sums_agree(desk_at):
    for stage in BATCHES:
        for by in ("officer.nanshan", "officer.baoan"):
            listed(stage, by=by, total=3)
    made = frozen()
    for username in ("officer.nanshan", "officer.baoan", "manager.baoan", "coordinator", "leader"):
        who = actor(username)
        for asked in (
            editions.Asked(), editions.Asked(unit_path=a_unit("SZ-NS").path), editions.Asked(change=Change.NEW),
            editions.Asked(cluster_id=0), editions.Asked(idle=True),
        ):  # fmt: skip
            sums = editions.sums_of(made, asked, who)
            found = editions.rows_of(made, asked, who)
            assert sum(one.count for one in sums.values()) == editions.count_of(made, asked, who) == len(found)
            shown = sum(row.total_cny or 0 for row in found if row.total_verified)
            assert sum(one.total_cny for one in sums.values()) == shown, (username, asked)


def test_a_merged_leads_row_is_read_by_who_reads_the_one_that_stays(desk_at):
    from crm.merging import services as merging
    from tests.merging.stories import one_firm

    keep, lose = one_firm(by="officer.nanshan", other="officer.baoan")
    for lead in (keep, lose):
        changed(lead, admitted_at=START, stage="negotiating")
    made = frozen()
    merge(keep, lose, verb=merging.merge_leads)
    db.session.rollback()
    assert lose.number in named(made, "officer.nanshan"), "the one that stays is theirs"
    assert lose.number not in named(made, "officer.baoan")
    second = frozen(NEXT)
    gone = next(row for row in rows(second, "officer.nanshan") if row.batch == "left")
    assert (gone.reason, gone.reason_ref) == ("merged", keep.number)
    assert next(row for row in rows(second, "officer.baoan") if row.batch == "left").reason_ref is None


def test_money_of_others_is_not_told_by_its_change(desk_at):
    lead = listed("signed", total=3)
    frozen()
    changed(lead, total_cny=9 * YI)
    made = frozen(NEXT)
    assert row_of(made, lead, "coordinator").was.total_cny == 3 * YI
    row = row_of(made, lead, "officer.baoan")
    assert (row.change, row.was, row.total_cny) == (Change.KEPT, None, None)
