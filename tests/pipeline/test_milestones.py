"""Entering, correcting and taking back milestones, on both databases; what counts."""

from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.core.money import Money
from crm.files.rules import FileRefused
from crm.pipeline import queries, services
from crm.pipeline.models import Milestone
from crm.pipeline.rules import (
    Kind,
    KindThere,
    MilestoneInFuture,
    MilestoneMoved,
    MilestoneTooEarly,
    NotOnPath,
    OutOfOrder,
    ProofNeeded,
    ProofType,
    SumAbsurd,
    SumNeeded,
    SumNone,
    WordsNeeded,
)
from tests.builders import an_officer, put_milestone
from tests.leads.stories import PDF, all_of, messages
from tests.pipeline.stories import PROOF, SUM, actor, confirmed, decide, enter, negotiating, new, stored


@pytest.fixture(autouse=True)
def november(clock_at):
    clock_at("2026-11-16 09:00")


def start(**changed):
    return negotiating(date(2026, 11, 2), **changed)


def test_event_day_and_entry_day_are_two(desk):
    lead = start()
    row = enter(desk, lead, on=date(2026, 11, 5))
    assert (row.on_date, row.entered_at, row.state) == (date(2026, 11, 5), clock.now(), "reported")
    assert row.due_on == date(2026, 11, 19), "three working days"
    assert messages("manager.nanshan")[-1] == "milestone.to_review"


def test_a_managers_entry_is_the_districts_word(desk):
    row = enter(desk, start(), by="manager.nanshan")
    assert (row.state, row.reviewed_by_id, row.due_on) == ("reviewed", actor("manager.nanshan").user_id, date(2026, 11, 23))
    assert messages("coordinator")[-1] == "milestone.to_confirm"


def test_first_talks_and_frameworks_wait_for_nobody(desk):
    row = enter(desk, start(), kind=Kind.FRAMEWORK)
    assert (row.state, row.due_on) == ("reported", None)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"on": date(2026, 11, 17)}, MilestoneInFuture),
        ({"on": date(1926, 11, 5)}, MilestoneTooEarly),
        ({"on": date(2026, 11, 1)}, OutOfOrder),
        ({"amount": None}, SumNeeded),
        ({"amount": Money(0, "USD")}, SumAbsurd),
        ({"amount": Money(-100, "USD")}, SumAbsurd),
        ({"amount": Money.of(2_000_000_000_000, "CNY")}, SumAbsurd),
        ({"proofs": ()}, ProofNeeded),
        ({"proofs": (("a.pdf", b"no pdf"),)}, FileRefused),
        ({"proofs": (("a.txt", b"said so"),)}, ProofType),
        ({"kind": Kind.FITOUT_STARTED, "amount": None}, NotOnPath),
        ({"kind": Kind.CONSTRUCTION_STARTED}, SumNone),
    ],
)
def test_bad_input(desk, changed, refusal):
    lead = start()
    with pytest.raises(refusal):
        enter(desk, lead, **changed)
    db.session.rollback()
    assert [row.kind for row in all_of(Milestone)] == ["first_talks"]


def test_macros_are_no_evidence(desk):
    book = BytesIO()
    with ZipFile(book, "w") as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("word/vbaProject.bin", "x")
    with pytest.raises(FileRefused):
        enter(desk, start(), proofs=(("a.docx", book.getvalue()),))


def test_the_order_holds_both_ways_and_says_what_is_in_the_way(desk):
    lead = start()
    enter(desk, lead, kind=Kind.REGISTERED, on=date(2026, 11, 10), amount=None)
    with pytest.raises(OutOfOrder) as refused:
        enter(desk, lead, on=date(2026, 11, 11))
    assert refused.value.facts == {
        "kind": "contract_signed", "on": "2026-11-11", "other": "registered", "other_on": "2026-11-10",
    }  # fmt: skip
    db.session.rollback()
    enter(desk, lead, on=date(2026, 11, 10))
    enter(desk, lead, kind=Kind.FRAMEWORK, on=date(2026, 11, 12))


def test_who_enters(desk):
    lead = start()
    for who, refusal in (("officer.baoan", NotFound), ("leader", Forbidden), (an_officer("SZ-NS"), Forbidden)):
        with pytest.raises(refusal):
            enter(desk, lead, by=who)
        db.session.rollback()


def test_one_of_a_kind(desk):
    lead = start()
    enter(desk, lead)
    with pytest.raises(KindThere):
        enter(desk, lead)


class TestCorrecting:
    """A correction is a new row."""

    def correct(self, app, row, typed, by="officer.nanshan", opened=None):
        with unit_of_work():
            return services.correct_milestone(
                row.public_id, typed, opened=stored(row).version if opened is None else opened, root=app.config["FILES_PATH"],
                actor=actor(by), now=clock.now(),
            )  # fmt: skip

    def test_what_nobody_confirmed_is_replaced_at_once_with_its_files(self, desk):
        lead = start()
        old = enter(desk, lead)
        row = self.correct(desk, old, new(on=date(2026, 11, 9), proofs=(("more.pdf", PDF + b" "),)))
        assert (stored(old).state, row.replaces_id, row.on_date) == ("replaced", old.id, date(2026, 11, 9))
        assert [one.file.name for one in queries.evidence_of([row.id])[row.id]] == ["more.pdf", "contract.pdf"]
        assert queries.counted([lead.id])[lead.id][Kind.CONTRACT_SIGNED].id == row.id

    def test_what_is_confirmed_counts_until_the_correction_is(self, desk):
        lead = start()
        old = confirmed(desk, lead)
        with pytest.raises(WordsNeeded):
            self.correct(desk, old, new(amount=Money.of(9_000_000, "USD"), proofs=()))
        db.session.rollback()
        row = self.correct(desk, old, new(amount=Money.of(9_000_000, "USD"), proofs=(), note="the annex"))
        assert queries.counted([lead.id])[lead.id][Kind.CONTRACT_SIGNED].id == old.id
        with pytest.raises(KindThere):
            self.correct(desk, old, new(note="again"))
        db.session.rollback()
        decide(services.review_milestone, row, by="manager.nanshan")
        decide(services.confirm_milestone, row, by="coordinator")
        assert stored(old).state == "replaced"
        assert queries.counted([lead.id])[lead.id][Kind.CONTRACT_SIGNED].id == row.id
        assert stored(old).confirmed_amount == SUM.amount, "what was confirmed stays as it was"

    def test_a_stale_form(self, desk):
        row = enter(desk, start())
        opened = row.version
        decide(services.review_milestone, row, by="manager.nanshan")
        with pytest.raises(MilestoneMoved):
            self.correct(desk, row, new(), opened=opened)

    def test_the_new_day_must_fit_too(self, desk):
        row = enter(desk, start())
        with pytest.raises(OutOfOrder):
            self.correct(desk, row, new(on=date(2026, 11, 1)))


def test_withdrawing(desk):
    lead = start()
    row = enter(desk, lead)
    with pytest.raises(WordsNeeded):
        decide(services.withdraw_milestone, row, " ", by="officer.nanshan")
    db.session.rollback()
    decide(services.withdraw_milestone, row, "the wrong project", by="officer.nanshan")
    assert (stored(row).state, stored(row).returned_reason) == ("withdrawn", "the wrong project")
    assert Kind.CONTRACT_SIGNED not in queries.counted([lead.id])[lead.id]
    with pytest.raises(MilestoneMoved):
        decide(services.withdraw_milestone, row, "again", by="officer.nanshan")
    db.session.rollback()
    sure = confirmed(desk, lead)
    with pytest.raises(Forbidden):
        decide(services.withdraw_milestone, sure, "not so", by="officer.nanshan")
    db.session.rollback()
    decide(services.withdraw_milestone, sure, "not so", by="coordinator")
    assert stored(sure).state == "withdrawn"


def test_counted_prefers_what_is_confirmed_and_asks_once(desk):
    lead, other = start(), start()
    put_milestone(lead, Kind.REGISTERED, state="confirmed")
    put_milestone(lead, Kind.REGISTERED, state="reported")
    put_milestone(lead, Kind.FIRST_FUNDS, state="returned")
    put_milestone(lead, Kind.CONTRACT_SIGNED, state="replaced")
    newer = put_milestone(other, Kind.REGISTERED, state="reported")
    found = queries.counted([lead.id, other.id])
    assert {kind: row.state for kind, row in found[lead.id].items()} == {"first_talks": "reported", "registered": "confirmed"}
    assert found[other.id][Kind.REGISTERED].id == newer.id
    assert queries.counted([]) == {}


def test_late_entries_keep_both_days(desk, clock_at):
    lead = start()
    clock_at("2027-01-04 09:00")
    row = enter(desk, lead, on=date(2026, 12, 28))
    assert (row.on_date, clock.city_day(row.entered_at)) == (date(2026, 12, 28), date(2027, 1, 4))
    assert db.session.scalar(select(Milestone.entered_at).where(Milestone.id == row.id)) - clock.now() < timedelta(seconds=1)
    assert PROOF[0][0] == "contract.pdf"
