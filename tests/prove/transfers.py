"""Rounds of twenty at once, on both databases: accepting one transfer, assigning one card of the pool. Each has one winner."""

from flask import Flask
from sqlalchemy import func, select

from crm.core.db import db
from crm.leads.models import Lead
from crm.transfers.models import OpenOffer, Transfer, TransferAnswer
from tests.builders import a_lead, an_officer
from tests.prove.rounds import go_on
from tests.races import race, values
from tests.transfers.stories import card_of, offered, proposed
from tests.transfers.test_at_once import accepts, chooses

PEOPLE = 20


def one_winner_each(app: Flask, _done: int) -> str | None:
    """One acceptance and one choice succeed, the nineteen others of each are told so, and the rows say the same."""
    with app.app_context():
        public_id, lead = offered(a_lead()), a_lead()
        card, lead_id = card_of(lead), lead.id
        proposals = [proposed(card), proposed(card, by=an_officer("SZ-LG").username)]
        db.session.remove()
    accepted = values(race(accepts, PEOPLE, app, public_id))
    chosen = values(race(chooses, PEOPLE, app, card, proposals))
    with app.app_context():
        state = db.session.scalar(select(Transfer.state).where(Transfer.public_id == public_id))
        said = db.session.scalar(select(func.count()).where(TransferAnswer.move == "accepted"))
        moved = db.session.get_one(Lead, lead_id).following_unit.code
        gone = db.session.scalar(select(func.count()).where(Transfer.lead_id == lead_id, Transfer.state == "handed_over"))
        closed = db.session.scalar(select(OpenOffer.state).where(OpenOffer.public_id == card))
        db.session.remove()
    if sorted(accepted) != ["done", *["transfer_closed"] * (PEOPLE - 1)] or (state, said) != ("accepted", 1):
        return f"accepting: {sorted(accepted)}, {state}, {said}"
    if sorted(chosen) != ["done", *["pool_closed"] * (PEOPLE - 1)] or (closed, gone) != ("assigned", 1):
        return f"assigning: {sorted(chosen)}, {closed}, {gone}"
    return None if moved in ("SZ-BA", "SZ-LG") else f"it went to {moved}"


if __name__ == "__main__":
    raise SystemExit(
        go_on("transfers", "rounds with exactly one winner each", one_winner_each, at_once=1, people=PEOPLE)
    )  # fmt: skip
