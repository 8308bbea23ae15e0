"""异议 and its answer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.assessment.models import ScoreLine, ScoreObjection, ScoreObjectionFile
from crm.assessment.queries import runs as reads
from crm.assessment.rules.reading import read_scheme
from crm.assessment.rules.refusals import ObjectionAnswered, ObjectionThere, ReasonNeeded, TooManyFiles
from crm.assessment.rules.runs import Answer, ObjectionState, check_objection, days_after, read_points
from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db, lock_key
from crm.core.errors import Forbidden
from crm.files import services as files
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor

MOST_FILES = 5
_MOST_TEXT = 1000


def object_to(
    line_public_id: str, reason: str, papers: Sequence[tuple[str, bytes]], *, root: str, actor: Actor, now: datetime
) -> ScoreObjection:  # fmt: skip
    """A manager objects to a line of the own unit's score, with reason and files (names and bytes); the coordinators are told.
    Raises NotFound, Forbidden, ObjectionClosed, ObjectionThere, ReasonNeeded, TooManyFiles, FileRefused.
    """
    line = reads.line(line_public_id, actor)
    check_right(line, actor)
    check_objection(line.run.object_until, clock.city_day(now))
    if not reason.strip():
        raise ReasonNeeded
    if len(papers) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    lock_key(f"score_objection:{line.id}")
    if any(row.state == ObjectionState.OPEN for row in reads.objections_of(line.id)):
        raise ObjectionThere
    scheme = read_scheme(line.run.scheme.text)
    row = ScoreObjection(
        line_id=line.id, unit_id=line.unit_id, reason=reason.strip()[:_MOST_TEXT], by_id=actor.user_id, at=now,
        due_on=days_after(clock.city_day(now), scheme.answer_days),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    for name, content in papers:
        stored = files.store_file(content, name, purpose="attachment", root=root, actor=actor, now=now)
        db.session.add(ScoreObjectionFile(objection_id=row.id, file_id=stored.id))
    db.session.flush()
    facts = {"line": line.rule, "unit": line.unit_id, "period": line.run.period, "reason": row.reason, "files": len(papers)}
    audit.record("score.objected", subject=("score_objection", row), facts=facts, actor=actor, now=now)
    told = {"unit": row.unit.zh, "period": line.run.period, "due": row.due_on.isoformat()}
    people = [user.id for user in accounts.coordinators()]
    notifications.notify(people, "score.objected", subject=("score_objection", row.public_id), facts=told, actor=actor, now=now)
    return row


def check_right(line: ScoreLine, actor: Actor) -> None:
    """Raise Forbidden unless this person may object to a line: a manager of the scored unit itself."""
    policy.require(policy.of_role(actor), "score", "object", seen_by="list")
    if actor.unit_id != line.unit_id:
        raise Forbidden(record="score", action="object")


def answer_objection(objection_public_id: str, answer: Answer, *, actor: Actor, now: datetime) -> ScoreObjection:
    """Uphold an objection, with the points that the next run adds or takes off, or reject it; always with reasons. The published
    run stays as it is. The unit is told. Raises NotFound, Forbidden, ObjectionAnswered, ReasonNeeded, PointsUnfit.
    """
    policy.require(policy.of_role(actor), "score", "answer", seen_by="list")
    row = reads.objection(objection_public_id, actor)
    lock_key(f"score_objection:{row.line_id}")
    row = db.session.scalars(
        select(ScoreObjection).where(ScoreObjection.id == row.id).execution_options(populate_existing=True)
    ).one()
    if row.state != ObjectionState.OPEN:
        raise ObjectionAnswered
    if not answer.text.strip():
        raise ReasonNeeded
    scheme = read_scheme(row.line.run.scheme.text)
    row.points = read_points(answer.points, scheme.places) if answer.upheld else None
    row.state = (ObjectionState.UPHELD if answer.upheld else ObjectionState.REJECTED).value
    row.answer, row.answered_by_id, row.answered_at = answer.text.strip()[:_MOST_TEXT], actor.user_id, now
    db.session.flush()
    facts = {"state": row.state, "points": row.points, "unit": row.unit_id, "answer": row.answer}
    audit.record("score.answered", subject=("score_objection", row), facts=facts, actor=actor, now=now)
    people = {row.by_id, *(user.id for user in accounts.managers_of(row.unit.path))}
    told = {"period": row.line.run.period, "verdict": row.state}
    notifications.notify(people, "score.answered", subject=("score_objection", row.public_id), facts=told, actor=actor, now=now)
    return row
