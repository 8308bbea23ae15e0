"""Runs as somebody may read them: all readers of scores the published ones; before, the city's people all, a unit its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from crm.assessment.models import ScoreLine, ScoreObjection, ScoreObjectionFile, ScoreRun, ScoreScheme, ScoreSource
from crm.assessment.rules.reading import read_scheme
from crm.assessment.rules.runs import RunState
from crm.assessment.rules.schemes import Group, Scheme
from crm.assessment.rules.scoring import placed, placed_in_groups
from crm.core.db import db, one_of
from crm.core.errors import NotFound
from crm.files.models import StoredFile
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.targets.rules import period_of
from crm.units.models import Unit

MOST_SOURCES = 500


@dataclass(frozen=True, slots=True)
class Sheet:
    """One scored unit of a run: its lines in order, their sum, its place among all (None where others' scores are not to be read,
    and where something was measured within groups); its group and its place in that (None: the scheme ranks all together).
    """

    unit: Unit
    lines: Sequence[ScoreLine]
    points: int
    place: int | None
    group: Group | None = None
    group_place: int | None = None


@dataclass(frozen=True, slots=True)
class Behind:
    """A fact behind a count, with its lead when this person may read its name."""

    source: ScoreSource
    lead: Lead
    opens: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """What stands behind a line: facts of readable leads; how many others there are, and what those come to by measure."""

    facts: Sequence[Behind]
    hidden: int
    hidden_sum: dict[str, Fraction]
    beyond: int


def schemes() -> list[ScoreScheme]:
    """All schemes, the newest version first."""
    return list(
        db.session.scalars(select(ScoreScheme).order_by(ScoreScheme.code, ScoreScheme.valid_from.desc(), ScoreScheme.id.desc()))
    )


def scheme(public_id: str) -> ScoreScheme:
    """The scheme named in a URL; NotFound."""
    return _one(ScoreScheme, public_id)


def named(row: ScoreScheme, lang: str) -> str:
    """A stored scheme's name in the page's language."""
    return row.name_en if lang.startswith("en") and row.name_en else row.name


def read(row: ScoreScheme) -> Scheme:
    """A stored scheme, read again."""
    return read_scheme(row.text)


def runs(actor: Actor) -> list[ScoreRun]:
    """The runs that this person may read something of, the newest period first."""
    found = db.session.scalars(select(ScoreRun).order_by(ScoreRun.last_on.desc(), ScoreRun.id.desc()))
    return [run for run in found if run.state == RunState.PUBLISHED or actor.city_wide or _own(run, actor)]


def run(public_id: str, actor: Actor) -> ScoreRun:
    """The run named in a URL, when this person may read something of it; NotFound."""
    found: ScoreRun = _one(ScoreRun, public_id)
    policy.require(policy.of_role(actor), "score", "read", seen_by="none")
    if found.state != RunState.PUBLISHED and not actor.city_wide and not _own(found, actor):
        raise NotFound
    return found


def reads_all(found: ScoreRun, actor: Actor) -> bool:
    """Whether this person reads every unit's score of a run."""
    return found.state == RunState.PUBLISHED or actor.city_wide


def _own(found: ScoreRun, actor: Actor) -> bool:
    query = select(ScoreLine.id).where(ScoreLine.run_id == found.id, ScoreLine.unit_id.in_(sorted(policy.units_of(actor))))
    return db.session.scalar(query.limit(1)) is not None


def sheets(found: ScoreRun, actor: Actor) -> list[Sheet]:
    """The scores that this person reads, the best first."""
    query = select(ScoreLine).where(ScoreLine.run_id == found.id)
    everything = reads_all(found, actor)
    if not everything:
        query = query.where(ScoreLine.unit_id.in_(sorted(policy.units_of(actor))))
    by_unit: dict[int, list[ScoreLine]] = {}
    for line in db.session.scalars(query.order_by(ScoreLine.unit_id, ScoreLine.position)):
        by_unit.setdefault(line.unit_id, []).append(line)
    totals = {unit: sum(line.points for line in lines) for unit, lines in by_unit.items()}
    places = placed(totals) if everything and not apart(found) else {}
    scheme = read(found.scheme)
    groups = {unit: scheme.group_of(lines[0].unit.code) for unit, lines in by_unit.items()}
    inside = placed_in_groups(totals, {unit: one.id for unit, one in groups.items() if one}) if everything else {}
    made = [
        Sheet(lines[0].unit, lines, totals[unit], places.get(unit), groups[unit], inside.get(unit))
        for unit, lines in by_unit.items()
    ]
    return sorted(made, key=lambda sheet: (-sheet.points, sheet.unit.id))


def apart(found: ScoreRun) -> bool:
    """Whether something of a run was measured within groups, as it was computed then: scores of two groups are then no measure of
    each other.
    """
    return found.summary.get("among") == "group"


def line(public_id: str, actor: Actor) -> ScoreLine:
    """The line named in a URL, when this person reads it; NotFound."""
    found: ScoreLine = _one(ScoreLine, public_id)
    run(found.run.public_id, actor)
    if not reads_all(found.run, actor) and found.unit_id not in policy.units_of(actor):
        raise NotFound
    return found


def of_year_before(found: ScoreLine, actor: Actor) -> ScoreLine | None:
    """The same line of the run of the same period of the year before, when there is one that this person reads."""
    then = of_period(found.run.code, period_of(found.run.period).year_before.code)
    if then is None or (not reads_all(then, actor) and found.unit_id not in policy.units_of(actor)):
        return None
    query = select(ScoreLine).where(
        ScoreLine.run_id == then.id,
        ScoreLine.unit_id == found.unit_id,
        ScoreLine.rule == found.rule,
        ScoreLine.kind == found.kind,
    )
    return db.session.scalar(query) if found.kind != "adjustment" else None


def opened(found: ScoreLine, measures: frozenset[str], actor: Actor) -> Opened:
    """What stands behind a line, as far as this person may read the leads."""
    query = select(ScoreSource).where(
        ScoreSource.run_id == found.run_id, ScoreSource.unit_id == found.unit_id, ScoreSource.measure.in_(sorted(measures))
    )
    rows = list(db.session.scalars(query.order_by(ScoreSource.measure, ScoreSource.day, ScoreSource.id)))
    ids = {row.lead_id for row in rows}
    named = select(Lead).where(one_of(Lead.id, ids), access.names_in_sight(actor)).options(joinedload(Lead.investor))
    leads = {lead.id: lead for lead in db.session.scalars(named)} if ids else {}
    own = select(Lead.id).where(one_of(Lead.id, leads), access.in_own_sight(actor))
    opens = set(db.session.scalars(own)) if leads else set()
    facts = [Behind(row, leads[row.lead_id], row.lead_id in opens) for row in rows if row.lead_id in leads]
    hidden: dict[str, Fraction] = {}
    for row in rows:
        if row.lead_id not in leads:
            hidden[row.measure] = hidden.get(row.measure, Fraction(0)) + Fraction(row.value * row.parts, 10_000)
    return Opened(facts[:MOST_SOURCES], len(rows) - len(facts), hidden, max(len(facts) - MOST_SOURCES, 0))


def unit_names(ids: set[int]) -> dict[int, Unit]:
    """Units by id."""
    return {unit.id: unit for unit in db.session.scalars(select(Unit).where(Unit.id.in_(sorted(ids))))} if ids else {}


def names_of_codes(lang: str) -> dict[str, str]:
    """What units are called for short, by their codes."""
    return {unit.code: unit.short(lang) for unit in db.session.scalars(select(Unit))}


def objections(actor: Actor) -> list[ScoreObjection]:
    """The objections that this person reads: the city's people all, a unit its own; open ones first, the earliest due first."""
    query = select(ScoreObjection)
    if not actor.city_wide:
        query = query.where(ScoreObjection.unit_id.in_(sorted(policy.units_of(actor))))
    found = db.session.scalars(query.order_by(ScoreObjection.due_on, ScoreObjection.id))
    return sorted(found, key=lambda row: row.state != "open")


def objections_of(line_id: int) -> list[ScoreObjection]:
    """The objections to a line, as they came."""
    return list(db.session.scalars(select(ScoreObjection).where(ScoreObjection.line_id == line_id).order_by(ScoreObjection.id)))


def objection(public_id: str, actor: Actor) -> ScoreObjection:
    """The objection named in a URL, for the city's people and the unit that objects; NotFound."""
    found: ScoreObjection = _one(ScoreObjection, public_id)
    if not reads_objection(found, actor):
        raise NotFound
    return found


def reads_objection(found: ScoreObjection, actor: Actor) -> bool:
    """Whether this person reads an objection with its files."""
    return policy.may(actor, "score", "read") and (actor.city_wide or found.unit_id in policy.units_of(actor))


def files_of(found: ScoreObjection) -> list[StoredFile]:
    """The files that an objection brings."""
    query = select(ScoreObjectionFile).where(ScoreObjectionFile.objection_id == found.id).order_by(ScoreObjectionFile.id)
    return [row.file for row in db.session.scalars(query)]


def file_of(public_id: str, actor: Actor) -> StoredFile:
    """A file of an objection that this person reads; NotFound."""
    query = (
        select(StoredFile, ScoreObjection).join(ScoreObjectionFile, ScoreObjectionFile.file_id == StoredFile.id)
        .join(ScoreObjection, ScoreObjection.id == ScoreObjectionFile.objection_id).where(StoredFile.public_id == public_id)
    )  # fmt: skip
    found = db.session.execute(query).first()
    if found is None or not reads_objection(found[1], actor):
        raise NotFound
    file: StoredFile = found[0]
    return file


def settled_in(found: ScoreObjection) -> ScoreLine | None:
    """The adjustment that an upheld objection became; None until the next run is computed."""
    return db.session.scalar(select(ScoreLine).where(ScoreLine.ref == found.public_id))


def coming(code: str, run_id: int | None, first: object) -> list[ScoreObjection]:
    """Upheld objections to earlier runs of a scheme that no other run has taken up."""
    taken = select(ScoreLine.ref).where(ScoreLine.ref.is_not(None), ScoreLine.run_id != (run_id or 0))
    query = (
        select(ScoreObjection).join(ScoreLine, ScoreLine.id == ScoreObjection.line_id)
        .join(ScoreRun, ScoreRun.id == ScoreLine.run_id)
        .where(
            ScoreObjection.state == "upheld", ScoreRun.code == code, ScoreRun.first_on < first,
            ScoreObjection.public_id.not_in(taken),
        )
        .order_by(ScoreObjection.id)
    )  # fmt: skip
    return list(db.session.scalars(query))


def of_period(code: str, period: str) -> ScoreRun | None:
    """The run of a scheme's code and period."""
    return db.session.scalar(select(ScoreRun).where(ScoreRun.code == code, ScoreRun.period == period))


def next_number(code: str) -> int:
    """The number of the next published run. The caller holds the lock."""
    return (db.session.scalar(select(func.max(ScoreRun.number)).where(ScoreRun.code == code)) or 0) + 1


def _one(table: type, public_id: str):  # type: ignore[no-untyped-def]
    found = db.session.scalar(select(table).where(table.public_id == public_id))  # type: ignore[attr-defined]
    if found is None:
        raise NotFound
    return found
