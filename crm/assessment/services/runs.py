"""Computing a run, computing it again, publishing it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from crm.accounts import queries as accounts
from crm.assessment.models import ScoreLine, ScoreObjection, ScoreRun, ScoreScheme, ScoreSource
from crm.assessment.queries import runs as reads
from crm.assessment.queries.computing import Computed, compute
from crm.assessment.rules.reading import read_scheme
from crm.assessment.rules.refusals import RunMoved, RunPublished, RunThere
from crm.assessment.rules.runs import RunState, check_over, check_period, days_after
from crm.assessment.rules.writing import kept
from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db, lock_key
from crm.core.ids import new_public_id
from crm.core.numbers import next_number
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.targets.rules import period_of
from crm.units.models import Unit

_CHUNK = 2_000  # rows of one statement


def compute_run(scheme_public_id: str, period_code: str, *, actor: Actor, now: datetime) -> ScoreRun:
    """Score a period by a scheme: a provisional run, made or computed again (by another version of the scheme, too). Raises
    NotFound, Forbidden, PeriodUnreadable, PeriodAhead, SchemeNotYet, NobodyScored, RunThere when it was published.
    """
    policy.require(policy.of_role(actor), "score", "compute", seen_by="list")
    row = reads.scheme(scheme_public_id)
    scheme, period = read_scheme(row.text), period_of(period_code)
    check_period(scheme, period, clock.city_day(now))
    lock_key(f"score_run:{row.code}")
    run = reads.of_period(row.code, period.code)
    if run is not None and run.state == RunState.PUBLISHED:
        raise RunThere
    if run is None:
        run = ScoreRun(
            scheme_id=row.id, code=row.code, period=period.code, first_on=period.first, last_on=period.last, computed_at=now,
            computed_by_id=actor.user_id, summary={}, version=0,
        )  # fmt: skip
        db.session.add(run)
        db.session.flush()
    return _fill(run, row, compute(scheme, period), actor, now)


def recompute_run(run_public_id: str, *, actor: Actor, now: datetime) -> ScoreRun:
    """Score a provisional run's period again by its scheme. Raises NotFound, Forbidden, RunPublished."""
    policy.require(policy.of_role(actor), "score", "compute", seen_by="list")
    run = _locked(run_public_id, actor)
    scheme = read_scheme(run.scheme.text)
    return _fill(run, run.scheme, compute(scheme, period_of(run.period)), actor, now)


def publish_run(run_public_id: str, version: int, *, actor: Actor, now: datetime) -> ScoreRun:
    """Freeze a run under the next number; scored units are told, and may object until a day. `version`: the computing that was
    looked at. Raises NotFound, Forbidden, RunPublished, RunMoved, PeriodOpen.
    """
    policy.require(policy.of_role(actor), "score", "publish", seen_by="list")
    run = _locked(run_public_id, actor)
    if run.version != version:
        raise RunMoved
    today, scheme = clock.city_day(now), read_scheme(run.scheme.text)
    check_over(run.last_on, today)
    run.number, run.state = reads.next_number(run.code), RunState.PUBLISHED.value
    run.published_at, run.published_by_id = now, actor.user_id
    run.object_until = days_after(today, scheme.objection_days)
    db.session.flush()
    facts = {"code": run.code, "period": run.period, "number": run.number, "version": run.version}
    audit.record("score.published", subject=("score_run", run), facts=facts, actor=actor, now=now)
    query = select(Unit.path).where(Unit.id.in_(select(ScoreLine.unit_id).where(ScoreLine.run_id == run.id)))
    people = [user.id for user in accounts.managers_of(*db.session.scalars(query))]
    told = {"name": run.scheme.name, "number": run.number, "period": run.period, "due": run.object_until.isoformat()}
    notifications.notify(people, "score.published", subject=("score_run", run.public_id), facts=told, actor=actor, now=now)
    return run


def note_export(run: ScoreRun, rows: int, *, city: str, actor: Actor, now: datetime) -> str:
    """Note that a run's scores are taken out as a file; its serial number, which stands in the file."""
    policy.require(policy.of_role(actor), "score", "export", seen_by="list")
    year = clock.city_day(now).year
    serial = f"{city}-KH-{year}-{next_number('score-export', year):05d}"
    facts = {"code": run.code, "period": run.period, "serial": serial, "rows": rows}
    audit.record("score.exported", subject=("score_run", run), facts=facts, actor=actor, now=now)
    return serial


def _locked(run_public_id: str, actor: Actor) -> ScoreRun:
    run = reads.run(run_public_id, actor)
    lock_key(f"score_run:{run.code}")
    db.session.refresh(run)
    if run.state == RunState.PUBLISHED:
        raise RunPublished
    return run


def _fill(run: ScoreRun, row: ScoreScheme, found: Computed, actor: Actor, now: datetime) -> ScoreRun:
    """Write what was computed in the place of what the run had."""
    again = run.version > 0
    for table in (ScoreSource, ScoreLine):
        db.session.execute(delete(table).where(table.run_id == run.id).execution_options(synchronize_session=False))
    adjusted = reads.coming(row.code, run.id, run.first_on)
    _insert(ScoreLine, _line_rows(run, found, adjusted))
    _insert(ScoreSource, _source_rows(run, found))
    run.scheme_id, run.computed_at, run.computed_by_id, run.version = row.id, now, actor.user_id, run.version + 1
    elsewhere = {measure: kept(value) for measure, value in sorted(found.elsewhere.items())}
    run.summary = {"elsewhere": elsewhere, **({"among": "group"} if found.scheme.apart else {})}
    db.session.flush()
    db.session.expire(run, ["scheme", "computed_by"])
    facts = {"code": row.code, "scheme": row.version, "period": run.period, "version": run.version, "adjustments": len(adjusted)}
    audit.record("score.recomputed" if again else "score.computed", subject=("score_run", run), facts=facts, actor=actor, now=now)
    return run


def _line_rows(run: ScoreRun, found: Computed, adjusted: Sequence[ScoreObjection]) -> list[dict[str, Any]]:
    made = []
    for unit, lines in found.lines.items():
        for position, line in enumerate(lines):
            made.append({
                "public_id": new_public_id(), "run_id": run.id, "unit_id": unit, "position": position, "rule": line.rule,
                "kind": line.kind.value, "raw": kept(line.raw), "reference": kept(line.reference), "rate": kept(line.rate),
                "used": kept(line.used), "place": line.place, "points": line.points, "note": line.note,
                "raw_before": kept(line.raw_before),
                "on_date": None, "ref": None,
            })  # fmt: skip
    length = len(found.scheme.rules)
    for number, row in enumerate(one for one in adjusted if one.unit_id in found.lines):
        made.append({
            "public_id": new_public_id(), "run_id": run.id, "unit_id": row.unit_id, "position": length + number,
            "rule": row.line.rule, "kind": "adjustment", "raw": None, "reference": None, "rate": None, "used": None,
            "place": None, "points": row.points, "note": "", "raw_before": None,
            "on_date": clock.city_day(row.answered_at) if row.answered_at else None,
            "ref": row.public_id,
        })  # fmt: skip
    return made


def _source_rows(run: ScoreRun, found: Computed) -> list[dict[str, Any]]:
    return [
        {
            "run_id": run.id, "unit_id": unit, "measure": part.piece.measure, "lead_id": part.piece.lead_id,
            "credited_unit_id": part.unit_id, "kind": part.piece.kind, "ref": part.piece.ref, "day": part.piece.day,
            "value": part.piece.value, "parts": part.parts,
        }
        for unit, part in found.parts
    ]  # fmt: skip


def _insert(table: type, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _CHUNK):
        db.session.execute(insert(table.__table__), rows[start : start + _CHUNK])  # type: ignore[attr-defined]
