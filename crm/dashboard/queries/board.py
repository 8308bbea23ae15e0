"""A dashboard as one reader is shown it: numbers kept for a short while, each with the list behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from crm.core import clock
from crm.core.db import db
from crm.core.kept import Kept
from crm.dashboard.queries.counts import Counts, counting, counts_of
from crm.dashboard.queries.scope import counted
from crm.dashboard.queries.spans import Response
from crm.dashboard.rules import (
    Ask,
    Earlier,
    Figure,
    Line,
    Reader,
    Step,
    at,
    funnel,
    lacks,
    line_of,
    of_cohort,
    question_of,
)
from crm.events.rules import LinkRole
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import SIGNED_STAGES, Stage
from crm.leads.rules.listing import Question, Scope
from crm.leads.rules.telling import in_fives
from crm.pipeline.models import Milestone
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.review.queries import queue as review
from crm.targets import queries as targets
from crm.targets.queries.fed import NOT_HONG_KONG, UTILISED, Fed, newest_year
from crm.targets.rules import Place, end_of
from crm.units import queries as units

_kept: Kept[Counts] = Kept(64)
_money: Kept["Money"] = Kept(4)


@dataclass(frozen=True, slots=True)
class Money:
    """The city's official figures: the year of the newest one against its target and the year before, the share from elsewhere
    than Hong Kong, what that is to be and what it was in the same months of the year before.
    """

    line: Line | None
    share: Fed | None
    share_goal: int | None
    share_before: Fed | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A number as somebody is told of it: exact, or in fives."""

    figure: Figure
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    """One district, cluster or country: in negotiation; of a district also signed or beyond, and in negotiation a year ago
    (None: not told, or nothing was there yet); of a country contracted cents.
    """

    key: Any
    told: Told
    signed: Figure | None = None
    usd: int = 0
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Lack:
    """A fact that leads lack: how many of how many."""

    fact: str
    figure: Figure
    of: int


@dataclass(frozen=True, slots=True)
class Answered:
    """How quickly a district (None: what no area follows) answers, with its new leads and those that are not admitted; its new
    leads of the same days of the year before and how quickly those were answered (None: no year before is asked for).
    """

    unit_id: int | None
    response: Response
    leads: Figure
    waiting: Figure
    before: Figure | None = None
    response_before: Response | None = None


@dataclass(frozen=True, slots=True)
class Turned:
    """An event: the leads that came from it, the projects signed at it, those of them that began."""

    event_id: int
    came: Figure
    signed: Figure
    started: Figure

    @property
    def share(self) -> int | None:
        """Of what was signed at it the part that began, in tenths of a percent, rounded; None when nothing was signed."""
        return round(1000 * self.started.number / self.signed.number) if self.signed.number else None


@dataclass(frozen=True, slots=True)
class Board:
    """What one reader is shown. `stages_before`: by the stage of a year ago; None: no lead had been registered by then."""

    ask: Ask
    reader: Reader
    counted_at: datetime
    stages: dict[Stage, Figure]
    sums: dict[Stage, int]
    steps: Sequence[Step]
    districts: Sequence[Bar]
    clusters: Sequence[Bar]
    countries: Sequence[Bar]
    events: Sequence[Turned]
    lacks: Sequence[Lack]
    answers: Sequence[Answered]
    milestones: int
    unproven: int
    money: Money | None
    pairs: int | None
    stages_before: dict[Stage, int] | None = None


def reader_of(actor: Actor) -> Reader:
    """How far somebody reads: by the rows of the city's board."""
    return Reader(policy.may(actor, "board", "read_exact"), policy.may(actor, "board", "read_sealed"))


def board_for(ask: Ask, actor: Actor, *, keep_seconds: int) -> Board:
    """The dashboard of somebody, by numbers that are at most `keep_seconds` old. A code name that is given or ends counts at
    once.
    """
    reader, now = reader_of(actor), clock.now()
    key = (str(db.engine.url), ask, reader, clock.today(), tuple(access.sealed_ids()))
    counted_at, counts = _kept.get(key, lambda: counts_of(ask, reader), seconds=keep_seconds, now=now)
    question = question_of(ask, reader)
    areas = _areas(ask, reader, actor)
    return Board(
        ask, reader, counted_at, {stage: Figure(counts.stock.get(stage, 0), at(question, stage)) for stage in Stage}, counts.sums,
        funnel(counts.cohort, counts.days, of_cohort(question, ask), _earlier(counts, question, ask)),
        _districts(counts, question, areas, ask, reader),
        _clusters(counts, question), _countries(counts, question), _events(counts, question), _lacks(counts, question),
        _answers(counts, question, areas, ask), counts.milestones, counts.unproven,
        _city_money(keep_seconds, now) if reader.whole else None,
        review.count_open(actor, now=now) if policy.possible(actor.role, "review", "list") else None,
        counts.earlier.stock or None,
    )  # fmt: skip


def _city_money(seconds: int, now: datetime) -> Money:
    """The city's official figures, kept for as short a while."""

    def read() -> Money:
        today = clock.today()
        plan = [row for row in targets.in_force() if row.place == Place.CITY and row.period.isdigit()]
        goals = {int(row.period): row.value for row in plan if row.indicator == UTILISED}
        share_goal = next((row.value for row in plan if row.indicator == NOT_HONG_KONG), None)
        year = newest_year(today)
        if year is None:
            return Money(None, None, share_goal)
        earlier, present = targets.two_years(year)
        line = line_of(year, _running(present), goals, _same_months(earlier))
        share = targets.utilised_share(date(year, 1, 1), date(year, 12, 31))
        until = end_of(date(year - 1, line.last, 1)) if line.last else None
        share_before = targets.utilised_share(date(year - 1, 1, 1), until) if until and line.before_whole else None
        return Money(line, share, share_goal, share_before)

    return _money.get((str(db.engine.url), clock.today()), read, seconds=seconds, now=now)[1]


def _running(monthly: targets.Monthly) -> list[tuple[int, int]]:
    """(month, 万美元 since January)."""
    return [(month, usd // 1_000_000) for month, usd in monthly.running()]


def _same_months(monthly: targets.Monthly) -> dict[int, int]:
    """万美元 since January by month, of the months up to the first that has not come."""
    first_gap = next((month for month in range(1, 13) if month not in monthly.months), 13)
    return {month: sum_ for month, sum_ in _running(monthly) if month < first_gap}


@dataclass(frozen=True, slots=True)
class _Area:
    id: int
    path: str
    mine: bool


def _areas(ask: Ask, reader: Reader, actor: Actor) -> list[_Area]:
    """The reporting areas that are shown: of the unit asked for; to an officer all, unless a cluster or country is asked for,
    which would tell of others what their lists do not.
    """
    named = units.labels()
    known = [unit for unit in named.values() if unit.is_area]
    areas = [_Area(unit.id, unit.path, reader.whole or unit.path.startswith(actor.unit_path)) for unit in known]
    if not reader.whole:
        return [area for area in areas if area.mine] if ask.narrow else areas
    if ask.unit_id is None:
        return areas
    own = named[ask.unit_id].path if ask.unit_id in named else "-"
    return [area for area in areas if area.path.startswith(own)]


def _districts(counts: Counts, question: Question, areas: list[_Area], ask: Ask, reader: Reader) -> list[Bar]:
    rest = dict(counts.units)
    bars, there_then = [], bool(counts.earlier.stock)
    for area in areas:
        inside = {key: number for key, number in counts.units.items() if key[0].startswith(area.path)}
        rest = {key: number for key, number in rest.items() if key not in inside}
        talks = sum(number for (_path, signed), number in inside.items() if not signed)
        signed = sum(number for (_path, signed), number in inside.items() if signed)
        asked = question.on(unit_id=area.id)
        before = sum(number for path, number in counts.earlier.talks.items() if path.startswith(area.path))
        told = Told(Figure(talks, at(asked, Stage.NEGOTIATING))) if area.mine else Told(Figure(in_fives(talks)), False)
        public = asked if area.mine else asked.on(scope=Scope.CITY)
        reached = Figure(signed, public.on(reached=Stage.SIGNED))
        bars.append(Bar(area.id, told, reached, before=before if there_then and area.mine else None))
    if reader.whole and ask.unit_id is None and rest:
        talks, signed = (sum(n for (_path, is_signed), n in rest.items() if is_signed is which) for which in (False, True))
        inside_then = sum(n for path, n in counts.earlier.talks.items() if any(path.startswith(area.path) for area in areas))
        before = sum(counts.earlier.talks.values()) - inside_then
        bars.append(Bar(None, Told(Figure(talks)), Figure(signed), before=before if there_then else None))
    bars.sort(key=lambda bar: (bar.key is None, -bar.told.figure.number))
    # "Under five" may be none: what is told in fives is told of every district.
    return [bar for bar in bars if not bar.told.exact or bar.told.figure.number or (bar.signed and bar.signed.number)]


def _clusters(counts: Counts, question: Question) -> list[Bar]:
    base = at(question, Stage.NEGOTIATING)

    def listed(cluster: int) -> Question:
        return base.on(cluster_id=cluster, primary=True) if cluster else base.on(untagged=True)

    bars = [Bar(key, Told(Figure(number, listed(key)))) for key, number in counts.clusters.items()]
    return sorted(bars, key=lambda bar: (bar.key == 0, -bar.told.figure.number, bar.key))


def _countries(counts: Counts, question: Question) -> list[Bar]:
    base = at(question, Stage.NEGOTIATING)

    def listed(country: str | None) -> Question | None:
        return base.on(country=country) if country else lacks(base, "country")

    bars = [Bar(key, Told(Figure(number, listed(key))), usd=usd) for key, (number, usd) in counts.countries.items()]
    return sorted(bars, key=lambda bar: (bar.key is None, -bar.told.figure.number, bar.key or ""))


def _events(counts: Counts, question: Question) -> list[Turned]:
    """The events that brought anything, by what was signed at them."""
    lines = []
    for event_id, one in counts.events.items():
        signed = question.on(event_id=event_id, event_role=LinkRole.SIGNED.value, reached=Stage.SIGNED, admitted=True)
        lines.append(
            Turned(
                event_id, Figure(one.came, question.on(event_id=event_id, event_role=LinkRole.SOURCE.value)),
                Figure(one.signed, signed), Figure(one.started, signed.on(reached=Stage.UNDER_CONSTRUCTION)),
            )
        )  # fmt: skip
    lines = [line for line in lines if line.came.number or line.signed.number]
    return sorted(lines, key=lambda line: (-line.signed.number, -line.came.number, -line.event_id))


def _lacks(counts: Counts, question: Question) -> list[Lack]:
    beyond = question.on(reached=Stage.NEGOTIATING)
    talks = counts.stock.get(Stage.NEGOTIATING, 0)
    signed = sum(counts.stock.get(stage, 0) for stage in SIGNED_STAGES)
    asked = {
        "cluster": (beyond, talks + signed), "country": (beyond, talks + signed), "amount": (beyond, talks + signed),
        "next": (at(question, Stage.NEGOTIATING), talks), "proof": (question.on(reached=Stage.SIGNED), signed),
    }  # fmt: skip
    return [Lack(fact, Figure(counts.lacking[fact], lacks(which, fact)), of) for fact, (which, of) in asked.items()]


def _earlier(counts: Counts, question: Question, ask: Ask) -> Earlier | None:
    then = ask.last_year
    if counts.earlier.cohort is None or then is None:
        return None
    return Earlier(counts.earlier.cohort, of_cohort(question, then))


def _answers(counts: Counts, question: Question, areas: list[_Area], ask: Ask) -> list[Answered]:
    """By area of what is read exactly; where there is none, of the unit itself."""

    def answered(unit_id: int, path: str, asked: Question) -> Answered:
        response, cohort = _inside(counts.responses, path), of_cohort(asked, ask)
        leads, waiting = Figure(response.leads, cohort), Figure(response.waiting, cohort.on(admitted=False))
        then = ask.last_year
        if then is None:
            return Answered(unit_id, response, leads, waiting)
        before = _inside(counts.responses_before, path)
        return Answered(unit_id, response, leads, waiting, Figure(before.leads, of_cohort(asked, then)), before)

    found = [answered(area.id, area.path, question.on(unit_id=area.id)) for area in areas if area.mine]
    if not found and ask.unit_id is not None:
        found.append(answered(ask.unit_id, "", question))
    return sorted((one for one in found if one.response.leads), key=lambda one: -one.response.leads)


def _inside(found: dict[str, Response], path: str) -> Response:
    return sum((one for unit, one in found.items() if unit.startswith(path)), Response())


def unproven(ask: Ask, actor: Actor, *, page: int, size: int) -> tuple[int, list[tuple[Milestone, Lead]]]:
    """Milestones that count and that no file shows, of the leads of a dashboard: how many, and one page of them, newest first."""
    rows = counting(counted(ask, reader_of(actor))).subquery()
    bare = select(rows.c.id).where(rows.c.bare)
    total = db.session.scalar(select(func.count()).select_from(bare.subquery())) or 0
    query = select(Milestone, Lead).join(Lead, Lead.id == Milestone.lead_id).where(Milestone.id.in_(bare))
    query = query.order_by(Milestone.on_date.desc(), Milestone.id.desc()).limit(size).offset((page - 1) * size)
    return total, [(row, lead) for row, lead in db.session.execute(query)]
