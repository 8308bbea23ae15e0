"""The ledger of a lead: lines are added and stay, on both databases; proof decides what counts; a slip is ticked."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.core.money import Money
from crm.files.models import StoredFile
from crm.files.rules import FileRefused
from crm.leads.models import Lead
from crm.money import queries
from crm.money.models import Receipt
from crm.money.rules import LineCorrected, ReasonNeeded, ReceiptFuture, SlipsUnchecked, question_of
from crm.money.services import Proof
from crm.rates import services as rates
from tests.builders import a_lead, actor
from tests.money.stories import corrected, received, sealed


def ledger(lead):
    return queries.ledger_of(db.session.get_one(Lead, lead.id))


def test_lines_run_up_and_those_without_proof_stand_apart(app):
    with app.app_context():
        lead = a_lead(contracted=Money.of(10_000_000, "USD"))
        received(lead, 2_000_000, on=clock.today() - timedelta(days=40))
        received(lead, 1_000_000, on=clock.today() - timedelta(days=10), proof=Proof())
        received(lead, 3_000_000, on=clock.today() - timedelta(days=20))
        found = ledger(lead)
        assert [line.running for line in found.lines] == [200_000_000, 500_000_000, 500_000_000]
        assert (found.totals.counted, found.totals.unproven, found.percent) == (500_000_000, 100_000_000, 50)
        bare = next(line.receipt for line in found.lines if line.receipt.file is None)
        corrected(bare, 1_000_000, reason="bank advice came")
        assert (ledger(lead).totals.counted, ledger(lead).totals.unproven) == (600_000_000, 0)


def test_a_sum_is_kept_with_its_dollars_and_the_day_of_the_rate(app, clock_at):
    clock_at("2026-06-18 09:00")
    with app.app_context():
        lead = a_lead(contracted=Money.of(10_000_000, "USD"))
        row = received(lead, Money.of(7_020_000, "CNY"), on=date(2026, 6, 18), payer_country="HK")
        assert (row.usd, row.rate_day, row.month) == (100_000_000, date(2026, 4, 1), date(2026, 6, 1))
        assert received(lead, 900_000).rate_day is None
        with unit_of_work():
            rates.add_rate("USD", date(2026, 6, 1), 6, "a test", actor=actor("coordinator"), now=clock.now())
        assert db.session.get_one(Receipt, row.id).usd == 100_000_000, "what is entered is not converted anew"
        assert received(lead, Money.of(6_000_001, "CNY"), on=date(2026, 6, 17)).rate_day == date(2026, 6, 1)


def test_a_correction_is_a_line_of_its_own(app):
    with app.app_context():
        lead = a_lead(contracted=Money.of(10_000_000, "USD"))
        first = received(lead, 1_000_000)
        second = corrected(first, 1_200_000)
        with pytest.raises(LineCorrected):
            corrected(first, 1_300_000)
        with pytest.raises(ReasonNeeded):
            corrected(second, 1_300_000, reason="  ")
        assert ledger(lead).totals.counted == 120_000_000
        gone = corrected(second, None, reason="sent back by the bank")
        assert (gone.amount, gone.usd, ledger(lead).totals.counted) == (0, 0, 0)
        assert [row.id for row in ledger(lead).past] == [first.id, second.id, gone.id]
        assert not ledger(lead).lines
        acts = db.session.scalars(select(AuditLine.action).where(AuditLine.action.startswith("receipt"))).all()
        assert acts == ["receipt.added", "receipt.corrected", "receipt.corrected"]


def test_a_slip_is_ticked_for_this_very_sum(app):
    with app.app_context():
        lead = a_lead(contracted=Money.of(1_000_000, "USD"))
        with pytest.raises(SlipsUnchecked) as refused:
            received(lead, 10_000_000)
        said = refused.value.facts["signature"]
        with pytest.raises(SlipsUnchecked):
            received(lead, 20_000_000, checked=said)
        assert db.session.scalar(select(Receipt)) is None
        assert received(lead, 10_000_000, checked=said).amount == 1_000_000_000


def test_correcting_a_line_is_not_compared_with_itself(app):
    with app.app_context():
        lead = a_lead(contracted=Money.of(1_000_000, "USD"))
        assert corrected(received(lead, 900_000), 950_000).amount == 95_000_000


def test_bad_input_leaves_nothing(app):
    with app.app_context():
        lead, other = a_lead(), a_lead(by="officer.baoan")
        for do, refusal in (
            (lambda: received(lead, on=clock.today() + timedelta(days=1)), ReceiptFuture),
            (lambda: received(lead, proof=Proof("a.exe", b"MZ\x00\x00")), FileRefused),
            (lambda: received(lead, proof=Proof(public_id="nothing")), NotFound),
            (lambda: received(lead, proof=Proof(public_id=received(other, by="officer.baoan").file.public_id)), NotFound),
        ):
            with pytest.raises(refusal):
                do()
        assert not ledger(lead).lines
        assert not db.session.scalars(select(StoredFile).where(StoredFile.lead_id == lead.id)).all()


def test_who_may(app):
    with app.app_context():
        lead = a_lead()
        with pytest.raises(NotFound):
            received(lead, by="officer.baoan")
        with pytest.raises(Forbidden):
            received(lead, by="leader")
        row = received(lead)
        for who in ("officer.baoan", "manager.baoan", "auditor"):
            with pytest.raises(NotFound):
                corrected(row, 2_000_000, by=who)
        corrected(row, 2_000_000, by="manager.nanshan")


def test_the_databases_refuse_to_change_or_delete_a_line(app):
    with app.app_context():
        lead = a_lead()
        row = received(lead).id
        for statement in (
            update(Receipt).where(Receipt.id == row).values(amount=1), update(Receipt).values(usd=1), delete(Receipt),
            text("UPDATE receipt SET month = '2020-01-01', received_on = '2020-01-01'"), text("UPDATE receipt SET file_id = NULL"),
        ):  # fmt: skip
            with pytest.raises(IntegrityError), unit_of_work():
                db.session.execute(statement)
        with unit_of_work():
            db.session.get_one(Lead, lead.id).is_demo = True
        with unit_of_work():
            db.session.execute(delete(Receipt))
        assert not ledger(lead).lines


def test_a_code_name_closes_the_ledger(app):
    """Of a lead under a code name nobody reads arrivals but those who work on it."""
    with app.app_context():
        lead = a_lead()
        received(lead)
        sealed(lead)
        db.session.expire_all()
        question = question_of({}, today=clock.today())
        for who, seen in (("officer.nanshan", 1), ("coordinator", 1), ("leader", 0), ("officer.baoan", 0)):
            page = queries.page_of(question, actor(who))
            assert (page.count, page.counted) == (seen, seen * 100_000_000), who
