"""What the clock hears: progress, and that a holder was told."""

from datetime import date, datetime

from crm.claims.models import ClaimEvent
from crm.claims.rules.clock import Heard, counts
from crm.core import clock
from crm.core.db import db
from crm.policy.rules import Actor


def note_progress(
    *, lead_id: int, on: date, whom: str | None, proofs: int, interaction_id: int | None, actor: Actor, now: datetime
) -> bool:
    """Somebody entered progress of a day on a lead; whether the clock counts it: it names the counterpart and carries proof.

    Heard whether the lead has a first report or not: one that is granted later counts back.
    """
    counted = counts(whom, proofs)
    db.session.add(
        ClaimEvent(
            lead_id=lead_id, kind=Heard.PROGRESS if counted else Heard.NOTE, on_date=on, interaction_id=interaction_id,
            by_id=actor.user_id, at=now,
        )
    )  # fmt: skip
    return counted


def note_told(claim_id: int, lead_id: int, kind: str, about: date, *, now: datetime) -> None:
    """Its holder is told (told_amber, told_due) for a due day. Once: a unique index is the last word."""
    db.session.add(ClaimEvent(claim_id=claim_id, lead_id=lead_id, kind=kind, on_date=clock.city_day(now), about_on=about, at=now))
