"""Rounds of twenty at once, on both databases: accepting one transfer, assigning one card of the pool. Each has one winner."""

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import func, select

from crm.core.db import db
from crm.leads.models import Lead
from crm.transfers import queries
from crm.transfers.models import OpenOffer, Transfer
from tests.builders import a_lead, an_officer
from tests.prove.rounds import PATIENCE, go_on, racing
from tests.races import Team, values
from tests.transfers.stories import card_of, offered, proposed
from tests.transfers.test_at_once import accepts, chooses

PEOPLE = 20
AT_ONCE = 20
WANTED = 10_000


def one_winner_each(team: Team, app: Flask, _done: int) -> str | None:
    """In each round one acceptance and one choice succeed, the nineteen others of each are told so, and the rows say the same."""
    with app.app_context():
        another = an_officer("SZ-LG").username
        rounds = [_prepared(another) for _ in range(AT_ONCE)]
        db.session.remove()
    for one in rounds:
        accepted = sorted(values(team.race(accepts, one.transfer, timeout=PATIENCE)))
        chosen = sorted(values(team.race(chooses, one.card, one.proposals, timeout=PATIENCE)))
        if accepted != ["done", *["transfer_closed"] * (PEOPLE - 1)]:
            return f"accepting: {accepted}"
        if chosen != ["done", *["pool_closed"] * (PEOPLE - 1)]:
            return f"assigning: {chosen}"
    with app.app_context():
        wrong = [found for found in map(_rows_of, rounds) if found]
        db.session.remove()
    return "\n".join(wrong) or None


@dataclass(frozen=True)
class Prepared:
    """A lead that is offered, and one in the pool with two proposals."""

    transfer: str
    card: str
    proposals: list[str]
    lead_id: int


def _prepared(another: str) -> Prepared:
    transfer, lead = offered(a_lead()), a_lead()
    card = card_of(lead)
    return Prepared(transfer, card, [proposed(card), proposed(card, by=another)], lead.id)


def _rows_of(one: Prepared) -> str | None:
    """What the rows of a round say otherwise than they should."""
    offer = queries.by_public_id(one.transfer)
    said = [row.move for row in queries.moves_of(offer.id)].count("accepted")
    went = db.session.get_one(Lead, one.lead_id).following_unit.code
    gone = db.session.scalar(select(func.count()).where(Transfer.lead_id == one.lead_id, Transfer.state == "handed_over"))
    closed = db.session.scalar(select(OpenOffer.state).where(OpenOffer.public_id == one.card))
    told = (offer.state, said, closed, gone)
    if told != ("accepted", 1, "assigned", 1) or went not in ("SZ-BA", "SZ-LG"):
        return f"the rows say {told}, it went to {went}"
    return None


if __name__ == "__main__":
    raise SystemExit(
        go_on(
            "transfers", "rounds with exactly one winner each", racing(one_winner_each, PEOPLE), at_once=AT_ONCE, wanted=WANTED,
            people=PEOPLE,
        )
    )  # fmt: skip
