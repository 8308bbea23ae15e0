"""Twenty at once: one acceptance wins, one hand-over, one choice among proposals, one new offer."""

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import AlreadyDone, Refusal
from crm.credit.models import CreditLine
from crm.leads.models import Lead
from crm.transfers import queries, services
from crm.transfers.models import OpenOffer, Transfer
from crm.transfers.services import NewOffer
from tests.builders import a_lead, a_unit, actor, an_officer, signed_in, someone
from tests.races import race, values
from tests.transfers.stories import EVEN, card_of, offered, proposed, shares, told


def tried(act, *args, by, **named) -> str:
    """What one person is told; who is told to try again (503, they waited too long on a machine that has no time) does."""
    who = signed_in(by)
    for _try in range(6):
        try:
            with unit_of_work():
                act(*args, actor=who, now=clock.now(), **named)
        except Refusal as refusal:
            return refusal.code
        except OperationalError:
            db.session.rollback()
        else:
            return "done"
    raise RuntimeError("still told to try again")


def answers(app, number: int, public_id: str) -> str:
    """A third accepts, a third declines, a third takes the offer back."""
    with app.app_context():
        if number % 3 == 0:
            return "accept " + tried(services.accept, public_id, by="manager.baoan")
        if number % 3 == 1:
            return "decline " + tried(services.decline, public_id, "no room", by="coordinator")
        return "withdraw " + tried(services.withdraw, public_id, by="manager.nanshan")


def accepts(app, number: int, public_id: str) -> str:
    """All agree: the receiving manager and the coordinator in turn."""
    with app.app_context():
        return tried(services.accept, public_id, by=("manager.baoan", "coordinator")[number % 2])


def takes(app, number: int, public_id: str, owners: list[int]) -> str:
    with app.app_context():
        return tried(services.take_over, public_id, owners[number % 2], by="manager.baoan")


def offers(app, number: int, public_id: str) -> str:
    with app.app_context():
        new = NewOffer(a_unit(("SZ-BA", "SZ-LG")[number % 2]), "no plant", EVEN)
        return tried(services.offer_transfer, public_id, new, by="manager.nanshan")


def chooses(app, number: int, card: str, proposals: list[str]) -> str:
    with app.app_context():
        return tried(services.assign_card, card, proposals[number % 2], "best site", by="coordinator")


def test_one_answer_wins(app):
    for _round in range(2):
        with app.app_context():
            public_id = offered(a_lead())
            db.session.remove()
        said = values(race(answers, 20, app, public_id))
        done = [one.split()[0] for one in said if one.endswith(" done")]
        with app.app_context():
            state = queries.by_public_id(public_id).state
            moves = [row.move for row in queries.moves_of(queries.by_public_id(public_id).id)]
            db.session.remove()
        # An agreement may still be declined before it is handed over: that is no second winner of the offer.
        if "decline" in done:
            assert state == "declined"
            assert done in (["decline"], ["accept", "decline"], ["decline", "accept"])
        else:
            assert len(done) == 1, said
        assert len(moves) == 1 + len(done)
        assert {one.split()[1] for one in said} <= {"done", "transfer_closed"}


def test_one_acceptance_wins(app):
    with app.app_context():
        public_id = offered(a_lead())
        db.session.remove()
    assert sorted(values(race(accepts, 20, app, public_id))) == ["done", *["transfer_closed"] * 19]


def test_it_is_handed_over_once(app):
    with app.app_context():
        lead = a_lead()
        public_id, lead_id = offered(lead), lead.id
        with unit_of_work():
            services.accept(public_id, actor=actor("manager.baoan"), now=clock.now())
        owners = [someone("officer.baoan").id, an_officer("SZ-BA").user_id]
        db.session.remove()
    said = values(race(takes, 20, app, public_id, owners))
    assert sorted(said) == ["done", *["transfer_closed"] * 19]
    with app.app_context():
        assert shares(db.session.get_one(Lead, lead_id)) == {"SZ-NS": 5000, "SZ-BA": 5000}
        # For each of the four indicators: the first line, and two units on two days.
        assert db.session.scalar(select(func.count()).select_from(CreditLine)) == 4 * 5


def test_one_offer_of_a_lead(app):
    with app.app_context():
        public_id = a_lead().public_id
        db.session.remove()
    said = values(race(offers, 20, app, public_id))
    assert sorted(said) == ["done", *["transfer_open"] * 19]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Transfer)) == 1


def test_one_proposal_is_chosen(app):
    with app.app_context():
        lead = a_lead()
        card, lead_id = card_of(lead), lead.id
        proposals = [proposed(card), proposed(card, by=an_officer("SZ-LG").username)]
        db.session.remove()
    said = values(race(chooses, 20, app, card, proposals))
    assert sorted(said) == ["done", *["pool_closed"] * 19]
    with app.app_context():
        assert db.session.scalar(select(OpenOffer.state)) == "assigned"
        assert db.session.get_one(Lead, lead_id).following_unit.code in ("SZ-BA", "SZ-LG")
        assert db.session.scalar(select(func.count()).select_from(Transfer)) == 1
        assert len(told("transfer.assigned")) == 2
    assert issubclass(AlreadyDone, Refusal)
