"""Granting a first report."""

from datetime import datetime

from crm.audit import services as audit
from crm.claims import queries, rules
from crm.claims.models import Claim
from crm.claims.rules.evidence import Evidenced
from crm.core import clock
from crm.core.db import db, lock_key
from crm.core.numbers import next_number
from crm.policy.rules import Actor


def grant_claim(
    *,
    lead_id: int,
    unit_id: int,
    user_id: int,
    counts_from: datetime,
    evidence_count: int,
    evidenced: Evidenced | None = None,
    city: str,
    actor: Actor,
    now: datetime,
    total_cny: int | None = None,
    contracted_usd: int | None = None,
) -> Claim:
    """Protect a lead for the unit that registered it, from `counts_from` on (its registration, as a rule). Raises AlreadyClaimed.

    The caller has passed the assessment and weighed the evidence (`evidenced`; without it the count says how well, a piece a
    point); a partial unique index is the last word on races. The rules in force today, and whether the project is a major one by
    them, are decided here once for all.
    """
    lock_key(f"claim:{lead_id}")
    if queries.live_for(lead_id) is not None:
        raise rules.AlreadyClaimed
    today = clock.city_day(now)
    version = queries.force_on(today)
    claim = Claim(
        number=rules.claim_number(city, today.year, next_number("claim", today.year)),
        lead_id=lead_id,
        unit_id=unit_id,
        user_id=user_id,
        counts_from=counts_from,
        granted_at=now,
        granted_by_id=actor.user_id,
        evidence_count=evidence_count,
        evidence_level=evidenced,
        rules_version=version.version,
        is_major=version.is_major(total_cny, contracted_usd),
    )
    db.session.add(claim)
    db.session.flush()
    facts = {
        "number": claim.number, "counts_from": counts_from.isoformat(), "evidence": evidence_count, "rules": version.version,
        "major": claim.is_major, "level": claim.evidenced.value,
    }  # fmt: skip
    audit.record("claim.granted", subject=("lead", lead_id), facts=facts, actor=actor, now=now)
    return claim
