"""Handing in, sending back, confirming; a correction of what was confirmed is a new version."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crm.accounts import queries as accounts
from crm.core.db import db
from crm.core.errors import Refusal
from crm.policy.rules import Actor
from crm.returns.models import ReturnLine, WeeklyReturn
from crm.returns.queries import returns, statements
from crm.returns.rules import EmptyReason, ReasonNeeded, ReturnMoved, State, check_confirm
from crm.returns.services.drafting import check_open
from crm.returns.services.holding import hold, note, tell, writers

_COPIED = (
    "section", "place", "source", "source_id", "facts", "text", "listed", "lead_id", "lead_number", "lead_name", "lead_title",
    "sealed", "code_name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What came of many: the public ids that were confirmed, and those that were not, each with its refusal."""

    done: tuple[str, ...]
    skipped: tuple[tuple[str, Refusal], ...]


def submit(public_id: str, opened: int, why_empty: str | None, *, actor: Actor, now: datetime) -> WeeklyReturn:
    """Hand it in as it stands. Without any progress it says why. Raises NotOpen, StaleVersion, EmptyReason."""
    row = hold(public_id, "submit", opened, actor)
    check_open(row)
    lines = returns.lines_of(row.id)
    empty = not row.progress_text and not any(line.listed and line.section == "progress" for line in lines)
    why = (why_empty or "").strip()[:400]
    if empty and not why:
        raise EmptyReason
    row.empty_reason = why if empty else None
    _mark_sealed(lines)
    row.state, row.submitted_at, row.submitted_by_id = State.SUBMITTED, now, actor.user_id
    row.first_submitted_at = row.first_submitted_at or now
    note(row, "submitted", actor=actor, now=now, text=row.empty_reason, empty=empty)
    tell([user.id for user in accounts.coordinators()], "return.submitted", row, actor=actor, now=now)
    return row


def _mark_sealed(lines: list[ReturnLine]) -> None:
    """What goes by a code name when it is handed in is read by it for good."""
    leads = statements.leads_named(line.lead_id for line in lines if line.lead_id is not None)
    for line in lines:
        lead = leads.get(line.lead_id or 0)
        if lead is not None and lead.sealed:
            line.sealed, line.code_name = True, lead.code_name


def send_back(public_id: str, opened: int, reason: str | None, *, actor: Actor, now: datetime) -> WeeklyReturn:
    """The unit is to change it. Raises ReturnMoved, StaleVersion, ReasonNeeded."""
    row = hold(public_id, "return", opened, actor)
    why = _reason(reason)
    if row.state != State.SUBMITTED:
        raise ReturnMoved
    row.state, row.reason = State.RETURNED, why
    note(row, "sent_back", actor=actor, now=now, text=why)
    tell(writers(row), "return.sent_back", row, actor=actor, now=now, why=why)
    return row


def confirm(public_id: str, opened: int, *, actor: Actor, now: datetime) -> WeeklyReturn:
    """The city takes it; from now on it never changes. Raises ReturnMoved, StaleVersion."""
    row = hold(public_id, "confirm", opened, actor)
    check_confirm(State(row.state))
    row.confirmed_at, row.confirmed_by_id = now, actor.user_id
    note(row, "confirmed", actor=actor, now=now)
    row.state = State.CONFIRMED
    tell(writers(row), "return.confirmed", row, actor=actor, now=now)
    db.session.flush()
    return row


def confirm_many(items: Iterable[tuple[str, int]], *, actor: Actor, now: datetime) -> Confirmed:
    """The city takes many, each as it was seen: (public id, version). What may not be taken, or is not as it was seen, is left
    out and said; the others are done.
    """
    done: list[str] = []
    skipped: list[tuple[str, Refusal]] = []
    for public_id, opened in sorted(set(items)):  # in one order, so that two who confirm at once do not wait for each other
        try:
            confirm(public_id, opened, actor=actor, now=now)
        except Refusal as refusal:  # it is raised before anything is written
            skipped.append((public_id, refusal))
        else:
            done.append(public_id)
    return Confirmed(tuple(done), tuple(skipped))


def correct(public_id: str, opened: int, reason: str | None, *, actor: Actor, now: datetime) -> WeeklyReturn:
    """Begin the next version of what was confirmed, with the same words; the old one stays as it is. Raises ReturnMoved,
    StaleVersion, ReasonNeeded.
    """
    row = hold(public_id, "correct", opened, actor)
    why = _reason(reason)
    if row.state != State.CONFIRMED or returns.newest_number(row) != row.number:
        raise ReturnMoved
    made = WeeklyReturn(
        unit_id=row.unit_id, week_on=row.week_on, number=row.number + 1, corrects_id=row.id, due_on=row.due_on,
        rules_version=row.rules_version, progress_text=row.progress_text, problems_text=row.problems_text,
        next_text=row.next_text,
        left_out=row.left_out, opened_by_id=actor.user_id, opened_at=now, taken_at=row.taken_at, saved_by_id=actor.user_id,
        saved_at=now, reason=why, is_demo=row.is_demo,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    db.session.refresh(made)
    for line in returns.lines_of(row.id):
        db.session.add(ReturnLine(return_id=made.id, **{name: getattr(line, name) for name in _COPIED}))
    note(made, "corrected", actor=actor, now=now, text=why)
    return made


def _reason(reason: str | None) -> str:
    if not (reason or "").strip():
        raise ReasonNeeded
    return (reason or "").strip()[:400]
