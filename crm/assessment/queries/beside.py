"""What a trial is compared with: a recorded run, or another version of a scheme computed on the same period."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from crm.assessment.models import ScoreLine, ScoreRun, ScoreScheme
from crm.assessment.queries import runs as reads
from crm.assessment.queries.computing import Computed, compute
from crm.assessment.rules.comparing import Pair, Scored, compare
from crm.assessment.rules.schemes import RuleKind
from crm.assessment.rules.scoring import Line
from crm.assessment.rules.writing import restored
from crm.core.db import db
from crm.core.errors import NotFound
from crm.policy.rules import Actor

RUN, SCHEME = "run", "scheme"


@dataclass(frozen=True, slots=True)
class Beside:
    """What was chosen: a recorded run, or a stored scheme."""

    run: ScoreRun | None
    scheme: ScoreScheme


@dataclass(frozen=True, slots=True)
class Trial:
    """A period as it was tried, and, where something was chosen to compare it with, each unit in both."""

    made: Computed
    beside: Beside | None
    pairs: Sequence[Pair]


def beside_of(said: str, actor: Actor) -> Beside | None:
    """What a form's choice names ("run:…", "scheme:…"); None for no choice; NotFound."""
    kind, _colon, public_id = said.partition(":")
    if not said:
        return None
    if kind == RUN:
        run = reads.run(public_id, actor)
        if not reads.reads_all(run, actor):
            raise NotFound
        return Beside(run, run.scheme)
    if kind == SCHEME:
        return Beside(None, reads.scheme(public_id))
    raise NotFound


def compared(made: Computed, beside: Beside | None) -> Trial:
    """A trial beside what was chosen; a run is compared with its own period only."""
    if beside is None or (beside.run is not None and beside.run.period != made.period.code):
        return Trial(made, None, [])
    there = _recorded(beside.run) if beside.run else _computed(compute(reads.read(beside.scheme), made.period))
    return Trial(made, beside, compare(_computed(made), there))


def _computed(made: Computed) -> Scored:
    return Scored(made.scheme, made.lines, {}, made.group_of if made.scheme.apart else {})


def _recorded(run: ScoreRun) -> Scored:
    """A run as it was recorded, with what earlier objections added."""
    lines: dict[int, list[Line]] = {}
    adjusted: dict[int, int] = {}
    codes: dict[int, str] = {}
    query = select(ScoreLine).where(ScoreLine.run_id == run.id).order_by(ScoreLine.unit_id, ScoreLine.position)
    for row in db.session.scalars(query):
        codes[row.unit_id] = row.unit.code
        if row.kind == "adjustment":
            adjusted[row.unit_id] = adjusted.get(row.unit_id, 0) + row.points
            continue
        raw, reference, rate, used = (restored(one) for one in (row.raw, row.reference, row.rate, row.used))
        line = Line(row.rule, RuleKind(row.kind), raw, reference, rate, used, row.points, row.note, row.place)
        lines.setdefault(row.unit_id, []).append(line)
    scheme = reads.read(run.scheme)
    groups = {unit: group.id for unit, code in codes.items() if (group := scheme.group_of(code))} if reads.apart(run) else {}
    return Scored(scheme, lines, adjusted, groups)
