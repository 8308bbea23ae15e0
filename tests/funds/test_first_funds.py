"""首笔到资 out of the ledger: chosen or entered in the same act, never counted twice, on both databases."""

from datetime import date

import pytest
from sqlalchemy import func, select

from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.core.money import Money
from crm.funds import queries, services
from crm.funds.models import FundsLink
from crm.funds.rules import NoProof, NotChosen, NotStanding
from crm.money import queries as money
from crm.money import services as money_services
from crm.money.models import Receipt
from crm.money.rules import NewReceipt
from crm.money.services import Proof
from crm.pipeline import queries as pipeline
from crm.pipeline import services as pipeline_services
from crm.pipeline.rules import Kind, KindThere, ProofType
from tests.builders import actor
from tests.leads.stories import PDF
from tests.pipeline.stories import decide, enter, negotiating

PAPER = Proof("bank.pdf", PDF)
SUM = NewReceipt(Money.of(1_200_000, "USD"), date(2026, 11, 12))


@pytest.fixture(autouse=True)
def november(clock_at):
    clock_at("2026-11-16 09:00")


def arrived(app, lead, proof=PAPER, new=SUM):
    with unit_of_work():
        root, who = app.config["FILES_PATH"], actor("officer.nanshan")
        return money_services.add_receipt(lead.public_id, new, proof, root=root, actor=who, now=clock.now())


def take(app, lead, public_id, by="officer.nanshan"):
    with unit_of_work():
        root = app.config["FILES_PATH"]
        return services.take_receipt(lead.public_id, public_id, root=root, actor=actor(by), now=clock.now())


def add(app, lead, proof=PAPER, new=SUM, by="officer.nanshan"):
    with unit_of_work():
        root = app.config["FILES_PATH"]
        return services.add_first_funds(lead.public_id, new, proof, root=root, actor=actor(by), now=clock.now())


def start():
    return negotiating(date(2026, 11, 2))


def test_a_line_of_the_ledger_becomes_the_milestone(desk):
    lead = start()
    row = arrived(desk, lead)
    link = take(desk, lead, row.public_id)
    stone = link.milestone
    assert (stone.kind, stone.on_date, stone.reported_sum, stone.state) == (
        Kind.FIRST_FUNDS,
        SUM.received_on,
        SUM.money,
        "reported",
    )
    assert [proof.file_id for proof in pipeline.evidence_of([stone.id])[stone.id]] == [row.file_id]
    assert money.ledger_of(lead).totals.counted == 120_000_000, "in the ledger it stands once"
    with pytest.raises(KindThere):
        take(desk, lead, row.public_id)
    assert "milestone.funds_linked" in db.session.scalars(select(AuditLine.action)).all()


def test_both_are_entered_in_one_act_or_neither(desk):
    lead = start()
    with pytest.raises(NoProof):
        add(desk, lead, Proof())
    link = add(desk, lead)
    assert link.receipt.usd == 120_000_000
    assert queries.links_of(lead.id) == [link]
    other = negotiating(date(2026, 11, 2), investor="Umbrion Materials AG")
    enter(desk, other, kind=Kind.FIRST_FUNDS, on=date(2026, 11, 10))
    with pytest.raises(KindThere):
        add(desk, other)
    assert db.session.scalar(select(func.count()).select_from(Receipt).where(Receipt.lead_id == other.id)) == 0


def test_what_may_not_be_taken(desk):
    lead, other = start(), negotiating(date(2026, 11, 2), investor="Umbrion Materials AG")
    bare, theirs = arrived(desk, lead, Proof()), arrived(desk, other)
    with pytest.raises(NotChosen):
        take(desk, lead, "")
    for row in (bare, theirs):
        with pytest.raises(NotStanding):
            take(desk, lead, row.public_id)
    text = arrived(desk, lead, Proof("advice.txt", b"arrived"), NewReceipt(Money.of(900_000, "USD"), date(2026, 11, 13)))
    with pytest.raises(ProofType):
        take(desk, lead, text.public_id)
    with pytest.raises(NotFound):
        take(desk, lead, bare.public_id, by="officer.baoan")
    with pytest.raises(Forbidden):
        take(desk, other, theirs.public_id, by="leader")


def test_a_milestone_taken_back_sets_the_line_free(desk):
    lead = start()
    row = arrived(desk, lead)
    link = take(desk, lead, row.public_id)
    decide(pipeline_services.withdraw_milestone, link.milestone, "another one", by="officer.nanshan")
    assert queries.links_of(lead.id) == []
    take(desk, lead, row.public_id)
    assert db.session.scalar(select(func.count()).select_from(FundsLink)) == 2
