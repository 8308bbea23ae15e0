"""Go-live windows and the conflicts they leave. Whoever calls has asked the policy, found the conflicts and tells people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from crm.audit import services as audit
from crm.claims import queries
from crm.claims.models import Claim, GoLiveConflict, GoLiveSide, GoLiveWindow
from crm.claims.rules.windows import NoWindow, WindowReasonNeeded, WindowThere, check_days
from crm.core import clock
from crm.core.db import db, lock_key
from crm.policy.rules import Actor

LOCK = "go-live"


@dataclass(frozen=True, slots=True)
class NewSide:
    """One side of a conflict, as it is found."""

    lead_id: int
    unit_id: int
    evidenced_on: date
    basis: str
    report_id: int | None = None


def hold_windows() -> None:
    """Let nobody else open, end or settle anything of go-live until the transaction ends."""
    lock_key(LOCK)


def open_window(first: date, last: date, reason: str, *, city: str, actor: Actor, now: datetime) -> GoLiveWindow:
    """A window from a day (today: from now on) to another, both included. Raises WindowThere, WindowDays, WindowReasonNeeded."""
    hold_windows()
    if queries.unended_window() is not None:
        raise WindowThere
    check_days(first, last, clock.city_day(now))
    window = GoLiveWindow(
        city=city, begins_at=max(clock.start_of(first), now), ends_at=clock.start_of(last, days=1), reason=needed(reason),
        opened_by_id=actor.user_id, opened_at=now,
    )  # fmt: skip
    db.session.add(window)
    db.session.flush()
    facts = {"first": first.isoformat(), "last": last.isoformat(), "reason": window.reason}
    audit.record("go_live.opened", subject=None, facts=facts, actor=actor, now=now)
    return window


def end_window(
    conflicts: Sequence[tuple[str, Sequence[NewSide]]], reason: str, *, actor: Actor | None, now: datetime
) -> GoLiveWindow:  # fmt: skip
    """End the window: now, or (`actor` None: its last day is over) with its last day. `conflicts` (kind, sides) are
    written down unsettled. Raises NoWindow, WindowReasonNeeded.
    """
    hold_windows()
    window = queries.unended_window()
    if window is None:
        raise NoWindow
    window.ended_at = min(now, window.ends_at)
    if actor is not None:
        window.ended_by_id, window.end_reason = actor.user_id, needed(reason)
    for kind, sides in conflicts:
        keep_conflict(window, kind, sides, now=now)
    db.session.flush()
    facts = {"on": clock.city_day(window.ended_at).isoformat(), "conflicts": len(conflicts), "reason": window.end_reason}
    audit.record("go_live.closed", subject=None, facts=facts, actor=actor, now=now)
    return window


def keep_conflict(window: GoLiveWindow, kind: str, sides: Sequence[NewSide], *, now: datetime) -> GoLiveConflict:
    """Write a conflict down, unsettled."""
    rows = [
        GoLiveSide(
            lead_id=side.lead_id, report_id=side.report_id, unit_id=side.unit_id, evidenced_on=side.evidenced_on, basis=side.basis
        )
        for side in sides
    ]  # fmt: skip
    conflict = GoLiveConflict(window_id=window.id, kind=kind, found_at=now, sides=rows)
    db.session.add(conflict)
    db.session.flush()
    return conflict


def settle_conflict(
    conflict: GoLiveConflict, answer: str, reason: str, *, holder: GoLiveSide | None, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """Write down what was decided, and on each of its leads that it was. Raises WindowReasonNeeded."""
    conflict.answer, conflict.reason = answer, needed(reason)
    conflict.settled_by_id, conflict.settled_at = actor.user_id, now
    if holder is not None:
        holder.holds = True
    db.session.flush()
    facts = {"answer": answer, "reason": conflict.reason, "holder": holder.unit_id if holder else None}
    for lead_id in sorted({side.lead_id for side in conflict.sides}):
        audit.record("go_live.settled", subject=("lead", lead_id), facts=facts, actor=actor, now=now)


def withdraw_claim(lead_id: int, reason: str, *, actor: Actor, now: datetime) -> Claim | None:
    """The live first report on a lead gives way: number, unit and person stay with the row; None where there is none."""
    lock_key(f"claim:{lead_id}")
    claim = queries.live_for(lead_id)
    if claim is None:
        return None
    claim.state = "withdrawn"
    db.session.flush()
    facts = {"number": claim.number, "reason": reason}
    audit.record("claim.withdrawn", subject=("lead", lead_id), facts=facts, actor=actor, now=now)
    return claim


def needed(reason: str) -> str:
    """The reason, or WindowReasonNeeded."""
    if not reason.strip():
        raise WindowReasonNeeded
    return reason.strip()[:400]
