"""What becomes of a task: feedback with what shows it, more time, the return, 销号."""

from collections.abc import Sequence
from datetime import datetime

from crm.core import clock
from crm.core.db import db
from crm.files import services as files
from crm.notifications import services as notifications
from crm.policy.rules import Actor
from crm.supervision import queries
from crm.supervision.models import Instruction, InstructionEvent, InstructionFile
from crm.supervision.rules import (
    DayUnfit,
    Deed,
    FeedbackNeeded,
    InstructionMoved,
    InstructionState,
    NoTimeAsked,
    Said,
    TimeAsked,
)
from crm.supervision.services.holding import (
    check_day,
    check_words,
    due_fact,
    for_whom,
    givers,
    hold,
    note,
    record,
    supporters,
    tell,
    undertakers,
)

TO_DO = ("instruction.given", "instruction.reminded", "instruction.late", "instruction.returned", "instruction.time_answered")
TO_DECIDE = ("instruction.reported", "instruction.asked_time", "instruction.late")
Upload = tuple[str, bytes]


def feed_back(
    public_id: str, text: str, uploads: Sequence[Upload] = (), *, root: str, actor: Actor, now: datetime
) -> Instruction:  # fmt: skip
    """反馈: how far it is, with files (under `root`) that show it. Raises NotFound, Forbidden, WordsNeeded, InstructionMoved."""
    row = _workable(hold(public_id, "feed_back", actor))
    event = note(row, Deed.FED_BACK, actor=actor, now=now, said=Said(check_words(text)))
    _keep(event, uploads, root, actor, now)
    record("instruction.fed_back", row, {"text": event.text, "files": len(uploads)}, actor=actor, now=now)
    tell([row.given_by_id, *queries.delegates_of(row.given_by_id)], "instruction.fed_back", row, {}, actor=actor, now=now)
    return row


def report(
    public_id: str, text: str, uploads: Sequence[Upload] = (), *, root: str, actor: Actor, now: datetime
) -> Instruction:  # fmt: skip
    """报办结: it is done, says the unit. Raises NotFound, Forbidden, WordsNeeded, InstructionMoved."""
    row = _workable(hold(public_id, "report", actor))
    if row.state != InstructionState.OPEN:
        raise InstructionMoved
    said = Said(check_words(text))
    row.state, row.asked_on = InstructionState.REPORTED, None
    event = note(row, Deed.REPORTED, actor=actor, now=now, said=said)
    _keep(event, uploads, root, actor, now)
    record("instruction.reported", row, {"text": said.text, "files": len(uploads)}, actor=actor, now=now)
    _settled(row, TO_DO, now)
    tell(givers(row), "instruction.reported", row, {}, actor=actor, now=now)
    return row


def ask_time(public_id: str, said: Said, *, actor: Actor, now: datetime) -> Instruction:
    """申请延期: a later day, for a reason. Raises NotFound, Forbidden, WordsNeeded, InstructionMoved, TimeAsked, DayUnfit."""
    row = _workable(hold(public_id, "ask_time", actor))
    if row.state != InstructionState.OPEN:
        raise InstructionMoved
    if row.asked_on is not None:
        raise TimeAsked
    words = check_words(said.text)
    if said.due_on is None or said.due_on <= row.due_on:
        raise DayUnfit
    check_day(said.due_on, clock.city_day(now))
    row.asked_on = said.due_on
    note(row, Deed.ASKED_TIME, actor=actor, now=now, said=Said(words, due_on=said.due_on))
    facts = {"reason": words, "due": row.due_on.isoformat(), "asked": said.due_on.isoformat()}
    record("instruction.asked_time", row, facts, actor=actor, now=now)
    tell(givers(row), "instruction.asked_time", row, due_fact(said.due_on) | {"why": words}, actor=actor, now=now)
    return row


def give_time(public_id: str, said: Said, *, actor: Actor, now: datetime) -> Instruction:
    """同意延期: to the day asked for, or another one (`due_on`). Raises NotFound, Forbidden, WayNeeded, NoTimeAsked, DayUnfit."""
    seen = hold(public_id, "answer_time", actor)
    row = seen.row
    if row.asked_on is None:
        raise NoTimeAsked
    for_id, day = for_whom(seen, said), said.due_on or row.asked_on
    check_day(day, clock.city_day(now))
    row.due_on, row.asked_on = day, None
    note(row, Deed.GIVEN_TIME, actor=actor, now=now, said=Said(said.text.strip(), said.way), for_id=for_id)
    record("instruction.given_time", row, {"due": day.isoformat(), "for": for_id}, actor=actor, now=now)
    _settled(row, TO_DECIDE, now)
    tell(undertakers(row), "instruction.time_answered", row, due_fact(day), actor=actor, now=now)
    return row


def refuse_time(public_id: str, said: Said, *, actor: Actor, now: datetime) -> Instruction:
    """不同意延期. Raises NotFound, Forbidden, WordsNeeded, WayNeeded, NoTimeAsked."""
    seen = hold(public_id, "answer_time", actor)
    row = seen.row
    if row.asked_on is None:
        raise NoTimeAsked
    words, for_id = check_words(said.text), for_whom(seen, said)
    row.asked_on = None
    note(row, Deed.REFUSED_TIME, actor=actor, now=now, said=Said(words, said.way), for_id=for_id)
    record("instruction.refused_time", row, {"reason": words, "for": for_id}, actor=actor, now=now)
    _settled(row, TO_DECIDE, now)
    tell(undertakers(row), "instruction.time_answered", row, due_fact(row.due_on), actor=actor, now=now)
    return row


def give_back(public_id: str, said: Said, *, actor: Actor, now: datetime) -> Instruction:
    """退回: it is not done; a new day may be named, else the old one stays. Raises NotFound, Forbidden, WordsNeeded, WayNeeded,
    InstructionMoved, DayUnfit.
    """
    seen = hold(public_id, "return", actor)
    row = seen.row
    if row.state != InstructionState.REPORTED:
        raise InstructionMoved
    words, for_id = check_words(said.text), for_whom(seen, said)
    if said.due_on is not None:
        check_day(said.due_on, clock.city_day(now))
        row.due_on = said.due_on
    row.state = InstructionState.OPEN
    note(row, Deed.RETURNED, actor=actor, now=now, said=Said(words, said.way), for_id=for_id)
    record("instruction.returned", row, {"reason": words, "due": row.due_on.isoformat(), "for": for_id}, actor=actor, now=now)
    _settled(row, TO_DECIDE, now)
    tell(undertakers(row), "instruction.returned", row, due_fact(row.due_on) | {"why": words}, actor=actor, now=now)
    return row


def close(public_id: str, said: Said, *, actor: Actor, now: datetime) -> Instruction:
    """销号, with words, once something was fed back. Raises NotFound, Forbidden, WordsNeeded, WayNeeded, InstructionMoved,
    FeedbackNeeded.
    """
    seen = hold(public_id, "close", actor)
    row = _workable(seen)
    words, for_id = check_words(said.text), for_whom(seen, said)
    if not {Deed.FED_BACK, Deed.REPORTED} & {one.deed for one in queries.heard(row.id)}:
        raise FeedbackNeeded
    row.state, row.closed_at, row.asked_on = InstructionState.CLOSED, now, None
    note(row, Deed.CLOSED, actor=actor, now=now, said=Said(words, said.way), for_id=for_id)
    record("instruction.closed", row, {"text": words, "for": for_id}, actor=actor, now=now)
    _settled(row, (*TO_DO, *TO_DECIDE), now)
    people = [*undertakers(row), *supporters(row), row.given_by_id]
    tell(people, "instruction.closed", row, {}, actor=actor, now=now)
    return row


def _workable(seen: queries.Seen) -> Instruction:
    if seen.row.state == InstructionState.CLOSED:
        raise InstructionMoved
    return seen.row


def _keep(event: InstructionEvent, uploads: Sequence[Upload], root: str, actor: Actor, now: datetime) -> None:
    """Files hang on the task, not on its lead: the unit that does it may not be one that reads the lead."""
    for name, content in uploads:
        stored = files.store_file(content, name, purpose="evidence", root=root, actor=actor, now=now)
        db.session.add(InstructionFile(event_id=event.id, file_id=stored.id))
    db.session.flush()


def _settled(row: Instruction, codes: tuple[str, ...], now: datetime) -> None:
    notifications.mark_read_about(("instruction", row.public_id), codes=codes, now=now)
