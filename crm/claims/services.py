"""Granting a first report."""

from datetime import datetime

from crm.audit import services as audit
from crm.claims import queries, rules
from crm.claims.models import Claim
from crm.core import clock
from crm.core.db import db, lock_key
from crm.core.numbers import next_number
from crm.policy.rules import Actor


def grant_claim(
    *,
    lead_id: int,
    unit_id: int,
    user_id: int,
    registered_at: datetime,
    evidence_count: int,
    city: str,
    actor: Actor,
    now: datetime,
) -> Claim:
    """Protect a lead for the unit that registered it, counted back to `registered_at`. Raises AlreadyClaimed.

    The caller has passed the assessment and counted the evidence; a partial unique index is the last word on races.
    """
    lock_key(f"claim:{lead_id}")
    if queries.live_for(lead_id) is not None:
        raise rules.AlreadyClaimed
    year = clock.city_day(now).year
    claim = Claim(
        number=rules.claim_number(city, year, next_number("claim", year)),
        lead_id=lead_id,
        unit_id=unit_id,
        user_id=user_id,
        counts_from=registered_at,
        granted_at=now,
        granted_by_id=actor.user_id,
        evidence_count=evidence_count,
        rules_version=rules.version(),
    )
    db.session.add(claim)
    db.session.flush()
    facts = {"number": claim.number, "counts_from": registered_at.isoformat(), "evidence": evidence_count}
    audit.record("claim.granted", subject=("lead", lead_id), facts=facts, actor=actor, now=now)
    return claim
