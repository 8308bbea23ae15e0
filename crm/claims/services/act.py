"""Acts on a live claim: extend it, give notice, release it. Whoever calls has locked the lead and asked the policy."""

from datetime import date, datetime

from crm.audit import services as audit
from crm.claims import queries, rules
from crm.claims.models import Claim, ClaimEvent
from crm.claims.queries import Running
from crm.claims.rules.clock import Heard, Lines, State
from crm.claims.rules.windows import ClaimProvisional
from crm.core import clock
from crm.core.db import db, lock_key
from crm.notifications import queries as notifications
from crm.policy.rules import Actor

NOTICE = "claim.notice"  # the message by which a notice is delivered


def _held(lead_id: int, *, rests: bool, now: datetime) -> tuple[Claim, Running]:
    """The live claim and its clock, kept from others until the transaction ends. Raises NoLiveClaim, ClaimAtRest."""
    lock_key(f"claim:{lead_id}")
    claim, running = queries.live_for(lead_id), queries.clock_of(lead_id, rests=rests, now=now)
    if claim is None or running is None:
        raise rules.NoLiveClaim
    if rests:
        raise rules.ClaimAtRest
    return claim, running


def extend_claim(lead_id: int, reason: str, *, rests: bool, actor: Actor, now: datetime) -> Claim:
    """Prolong the protection by the days of its rules. Raises ClaimReasonNeeded, ExtensionsUsedUp, NoLiveClaim, ClaimAtRest,
    ClaimProvisional.
    """
    claim, running = _held(lead_id, rests=rests, now=now)
    settings = queries.rules_of(claim).settings
    if running.clock.marks.provisional:
        raise ClaimProvisional
    if not reason.strip():
        raise rules.ClaimReasonNeeded
    if running.clock.marks.extensions >= settings.max_extensions:
        raise rules.ExtensionsUsedUp(most=settings.max_extensions)
    _note(claim, Heard.EXTENDED, reason, actor, now)
    return claim


def give_notice(lead_id: int, *, rests: bool, actor: Actor, now: datetime) -> tuple[Claim, date]:
    """Note that the claim will be released, and from which day it may be; whoever calls tells people. Raises NotRunOut,
    AlreadyNoticed, NoLiveClaim, ClaimAtRest.
    """
    claim, running = _held(lead_id, rests=rests, now=now)
    if not running.clock.ran_out:
        raise rules.NotRunOut
    if running.clock.state is State.NOTICED:
        raise rules.AlreadyNoticed(day=running.clock.release_from)
    _note(claim, Heard.NOTICED, None, actor, now)
    lines = Lines(queries.rules_of(claim), queries.calendar(), claim.is_major)
    return claim, lines.released_after(clock.city_day(now))


def release_claim(lead_id: int, lead_public_id: str, reason: str, *, rests: bool, actor: Actor | None, now: datetime) -> Claim:
    """End the protection; number, unit and person stay with the row for life. `actor` None: the rules release by themselves.

    Only after a notice was delivered (its message is there) and its days have passed. Raises ClaimReasonNeeded, NotRunOut,
    NoticeNotOver, NoLiveClaim, ClaimAtRest.
    """
    claim, running = _held(lead_id, rests=rests, now=now)
    if not reason.strip():
        raise rules.ClaimReasonNeeded
    if not running.clock.ran_out:
        raise rules.NotRunOut
    release_from = running.clock.release_from
    noticed = running.clock.marks.noticed
    if release_from is None or noticed is None:
        raise rules.NoticeNotOver
    delivered = notifications.sent_about(("lead", lead_public_id), NOTICE, since=clock.start_of(noticed))
    if not delivered or clock.city_day(now) < release_from:
        raise rules.NoticeNotOver(day=release_from)
    claim.state = "released"
    _note(claim, "released", reason, actor, now)
    return claim


def resume_clock(lead_id: int, since: date, *, now: datetime) -> None:
    """The clock of the live claim on a lead, which rested from `since` on, goes on: its term ends as many days later, and what is
    owed next is owed from today. Whoever calls has locked the lead, and records the act.
    """
    lock_key(f"claim:{lead_id}")
    claim, running, today = queries.live_for(lead_id), queries.clock_of(lead_id, rests=True, now=now), clock.city_day(now)
    if claim is None or running is None:
        return
    claim.resumed_on, marks = today, running.clock.marks
    if not marks.provisional:  # what has not begun yet loses no days
        ran_from = claim.runs_from or claim.counts_from
        origin = clock.city_day(ran_from)
        begun = max(marks.begun or origin, origin)
        claim.runs_from = ran_from + (begun - origin) + (today - max(since, begun))
    db.session.flush()


def _note(claim: Claim, kind: str, reason: str | None, actor: Actor | None, now: datetime) -> None:
    said = reason.strip()[:400] if reason else None
    event = ClaimEvent(
        lead_id=claim.lead_id, claim_id=claim.id, kind=kind, on_date=clock.city_day(now), reason=said,
        by_id=actor.user_id if actor else None, at=now,
    )  # fmt: skip
    db.session.add(event)
    db.session.flush()
    facts = {"number": claim.number, "rules": claim.rules_version} | ({"reason": said} if said else {})
    audit.record(f"claim.{kind}", subject=("lead", claim.lead_id), facts=facts, actor=actor, now=now)
