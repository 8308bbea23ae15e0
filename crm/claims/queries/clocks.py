"""The clocks of first reports: of many leads by one query, and as a condition that a database can ask."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select

from crm.claims.models import Claim, ClaimEvent, GoLiveWindow
from crm.claims.queries import windows
from crm.claims.queries.protection import calendar, force_on, rules_of, versions
from crm.claims.rules import clock as rules
from crm.claims.rules.calendar import Calendar
from crm.claims.rules.clock import Clock, Cuts, Lines, Marks
from crm.claims.rules.protection import Protection
from crm.core import clock as time
from crm.core.db import among, db, is_sqlite, rows_of_columns


@dataclass(frozen=True, slots=True)
class Running:
    """A live claim with its clock."""

    claim_id: int
    lead_id: int
    unit_id: int
    user_id: int
    number: str
    rules_version: str
    clock: Clock


def _day_of(kind: str, pick: Any, *, own: bool = False) -> Any:
    mine = ClaimEvent.kind == kind
    return pick(case((and_(mine, ClaimEvent.claim_id == Claim.id) if own else mine, ClaimEvent.on_date)))


@cache
def _statement(*, by: str, any_window: bool, sqlite: bool) -> Any:
    """Live claims with what their clocks need, for a list "ids" of leads or claims. A page of leads asks for no more than that
    (by="page"); by="lead" and by="claim" name the claim and its holder first. How it stands to a go-live window comes last,
    where there ever was one. Built once.
    """
    extensions = func.sum(case((and_(ClaimEvent.kind == "extended", ClaimEvent.claim_id == Claim.id), 1), else_=0))
    holder = () if by == "page" else (Claim.id, Claim.unit_id, Claim.user_id, Claim.number)
    query = (
        select(
            *holder, Claim.lead_id, Claim.counts_from, Claim.granted_at, Claim.rules_version, Claim.is_major,
            Claim.runs_from, Claim.resumed_on,
            _day_of("progress", func.max), _day_of("note", func.min), _day_of("progress", func.min),
            _day_of("extended", func.max, own=True), extensions, _day_of("noticed", func.max, own=True),
        )
        .outerjoin(ClaimEvent, ClaimEvent.lead_id == Claim.lead_id)
        .where(Claim.state == "live", among(Claim.id if by == "claim" else Claim.lead_id, "ids", sqlite=sqlite))
        .group_by(Claim.id)
    )  # fmt: skip
    if any_window:
        query = windows.with_standing(query).group_by(GoLiveWindow.id)
    return query.order_by(Claim.id) if by == "claim" else query


def _read(by: str, ids: list[int]) -> Any:
    return rows_of_columns(_statement(by=by, any_window=windows.any_yet(), sqlite=is_sqlite()), {"ids": ids})


def clocks_of(lead_ids: list[int], *, now: datetime) -> dict[int, Clock]:
    """The clocks of the live claims on leads that do not rest, by lead. One query."""
    rows = _read("page", lead_ids).all()
    frame = _frame(versions(), calendar(), time.city_day(now))
    return {lead_id: _clock(frame, False, *told) for lead_id, *told in rows}


def clock_of(lead_id: int, *, rests: bool, now: datetime) -> Running | None:
    """The live claim on a lead with its clock; `rests`: the lead is signed, ended or in dispute."""
    row = _read("lead", [lead_id]).first()
    frame = _frame(versions(), calendar(), time.city_day(now))
    return None if row is None else _running(row, frame, rests=rests)


def running_after(claim_id: int, where: ColumnElement[bool], *, size: int, now: datetime) -> list[Running]:
    """The next claims after one, in the order of their ids, that satisfy `where` (a condition on Claim)."""
    ids = list(db.session.scalars(select(Claim.id).where(Claim.id > claim_id, where).order_by(Claim.id).limit(size)))
    rows = _read("claim", ids) if ids else ()
    frame = _frame(versions(), calendar(), time.city_day(now))
    return [_running(row, frame, rests=False) for row in rows]


@dataclass(frozen=True, eq=False)
class _Frame:
    """What the clocks of a day are read by; the same object while nothing of it changes."""

    versions: dict[str, Protection]
    first: Protection
    calendar: Calendar
    today: date


@lru_cache(maxsize=8)
def _frame(found: tuple[Protection, ...], days: Calendar, today: date) -> _Frame:
    return _Frame({one.version: one for one in found}, found[0], days, today)


def _running(row: Any, frame: _Frame, *, rests: bool) -> Running:
    claim_id, unit_id, user_id, number, lead_id, *told = row
    version = told[2]
    return Running(claim_id, lead_id, unit_id, user_id, number, version, _clock(frame, rests, *told))


@lru_cache(maxsize=20_000)  # a page shows the same clocks all day; a change of anything is another key
def _clock(
    frame: _Frame, rests: bool, counts_from: datetime, granted_at: datetime, version: str, major: bool,
    runs_from: datetime | None, resumed: date | None, progress: date | None, noted: date | None, first_progress: date | None,
    extended: date | None, extensions: int | None, noticed: date | None, *window: Any,
) -> Clock:  # fmt: skip
    assessed = time.city_day(granted_at)
    standing = windows.standing(*window)
    marks = Marks(
        registered=time.city_day(counts_from),
        responded=min(on for on in (noted, first_progress, assessed) if on is not None),
        assessed=assessed, progress=progress, extended=extended, extensions=int(extensions or 0), noticed=noticed, rests=rests,
        rested=_rested(counts_from, runs_from), resumed=resumed, provisional=standing.provisional, contested=standing.contested,
        begun=standing.begun,
    )  # fmt: skip
    told_by = frame.versions.get(version, frame.first)
    return rules.read(marks, told_by, frame.calendar, frame.today, major=major)


@dataclass(frozen=True, slots=True)
class Story:
    """All about a lead's first reports for its page. `released`: the line of its release by the id of a past claim;
    `progress`: the days of what counted.
    """

    live: Claim | None
    past: list[Claim]
    acts: list[ClaimEvent]
    released: dict[int, ClaimEvent]
    progress: list[date]
    clock: Clock | None


def story_of(lead_id: int, registered_at: datetime, *, assessed: bool, rests: bool, now: datetime, there: bool = True) -> Story:
    """What happened to a lead's first reports, by two queries; by none when the caller knows that nothing did (not `there`). Its
    clock is that of the live one; before the assessment, of what is owed until then (`assessed`: there is nothing owed, or
    nothing to protect).
    """
    rows, events = _written_of(lead_id) if there else ([], [])
    claims: list[Claim] = [row[0] for row in rows]
    live = next((claim for claim in claims if claim.state == "live"), None)
    acts = [event for event in events if live and event.claim_id == live.id and event.kind in _ACTS]
    past = [claim for claim in claims if claim.state != "live"]
    clock = None
    if live is not None:
        standing = next(windows.standing(*row[1:]) for row in rows if row[0] is live)
        clock = _clock_of(live, standing, events, now, rests=rests)
    elif not assessed and not past:
        registered = time.city_day(registered_at)
        first = min((event.on_date for event in events if event.kind in ("note", "progress")), default=None)
        clock = rules.read(Marks(registered, responded=first, rests=rests), force_on(registered), calendar(), time.city_day(now))
    return Story(
        live, past, acts, {event.claim_id or 0: event for event in events if event.kind == "released"},
        [event.on_date for event in events if event.kind == "progress"], clock,
    )  # fmt: skip


def _written_of(lead_id: int) -> tuple[list[Any], list[ClaimEvent]]:
    """The claims of a lead, each with how it stands to a window, and all that was written about them, newest first."""
    query = select(Claim).where(Claim.lead_id == lead_id).order_by(Claim.id.desc())
    rows = list(db.session.execute(windows.with_standing(query) if windows.any_yet() else query))
    events = select(ClaimEvent).where(ClaimEvent.lead_id == lead_id).order_by(ClaimEvent.id.desc())
    return rows, list(db.session.scalars(events))


_ACTS = ("extended", "noticed", "released")


def _clock_of(claim: Claim, standing: windows.Standing, events: list[ClaimEvent], now: datetime, *, rests: bool) -> Clock:
    """The clock of a claim, from the rows of its lead as they are."""
    heard = [
        rules.Event(rules.Heard(event.kind), event.on_date)
        for event in events
        if event.kind in ("note", "progress") or (event.claim_id == claim.id and event.kind in ("extended", "noticed"))
    ]
    heard.append(rules.Event(rules.Heard.REGISTERED, time.city_day(claim.counts_from)))
    heard.append(rules.Event(rules.Heard.ASSESSED, time.city_day(claim.granted_at)))
    if rests:
        heard.append(rules.Event(rules.Heard.RESTED, time.city_day(now)))
    marks = replace(
        rules.marks_of(heard), rested=_rested(claim.counts_from, claim.runs_from), resumed=claim.resumed_on,
        provisional=standing.provisional, contested=standing.contested, begun=standing.begun,
    )  # fmt: skip
    return rules.read(marks, rules_of(claim), calendar(), time.city_day(now), major=claim.is_major)


def ran_out(now: datetime) -> ColumnElement[bool]:
    """SQL: live claims that are past their due day (whether their lead rests is for who knows leads)."""
    return _passed(now, rules.ran_out_cuts)


def amber_or_due(now: datetime) -> ColumnElement[bool]:
    """SQL: live claims that are amber or past their due day."""
    return _passed(now, rules.amber_cuts)


def is_amber(now: datetime) -> ColumnElement[bool]:
    """SQL: live claims that are amber and not past their due day."""
    return and_(amber_or_due(now), ~ran_out(now))


def _passed(now: datetime, cuts_of: Any) -> ColumnElement[bool]:
    return _condition(_frame(versions(), calendar(), time.city_day(now)), cuts_of, windows.any_yet())


@lru_cache(maxsize=16)  # a list asks twice, for its rows and for their number
def _condition(frame: _Frame, cuts_of: Any, any_window: bool) -> ColumnElement[bool]:
    parts = []
    for version in frame.versions.values():
        small, big = (cuts_of(Lines(version, frame.calendar, major), frame.today) for major in (False, True))
        over = or_(~Claim.is_major & _over(small, any_window), Claim.is_major & _over(big, any_window))
        parts.append(and_(Claim.rules_version == version.version, or_(_idle(small, any_window), over)))
    firm = (~windows.provisional(),) if any_window else ()
    return and_(Claim.state == "live", or_(false(), *parts), *firm)


def _began_by(day: date, any_window: bool) -> ColumnElement[bool]:
    """SQL: granted on that day or before, gone on after a dispute, and an ordinary first report since then."""
    resumed = or_(Claim.resumed_on.is_(None), Claim.resumed_on <= day)
    granted = and_(Claim.granted_at < time.start_of(day, days=1), resumed)
    return and_(granted, ~windows.began_after(day)) if any_window else granted


def _idle(cuts: Cuts, any_window: bool) -> ColumnElement[bool]:
    """Too long without progress that counts; the same for both sizes."""
    moved = exists().where(ClaimEvent.lead_id == Claim.lead_id, _moves()).correlate(Claim)
    lately = exists().where(ClaimEvent.lead_id == Claim.lead_id, _moves(), ClaimEvent.on_date > cuts.idle).correlate(Claim)
    return and_(
        _began_by(cuts.feedback, any_window),
        or_(~moved, and_(_began_by(cuts.idle, any_window), ~lately)),
    )


def _over(cuts: Cuts, any_window: bool) -> ColumnElement[bool]:
    """The protection is over, by as many extensions and days of rest as there were."""
    extensions = (
        select(func.count())
        .where(ClaimEvent.claim_id == Claim.id, ClaimEvent.kind == "extended")
        .correlate(Claim)
        .scalar_subquery()
    )
    ends = [time.start_of(day, days=1) for day in cuts.terms]
    runs_from = func.coalesce(Claim.runs_from, Claim.counts_from)
    late = [(~windows.began_after(day),) if any_window else () for day in cuts.terms]
    over = [and_(runs_from < end, extensions == n, *late[n]) for n, end in enumerate(ends)]
    return and_(Claim.counts_from < ends[0], or_(*over))


def _rested(counts_from: datetime, runs_from: datetime | None) -> int:
    """For how many days a clock rested."""
    return (runs_from - counts_from).days if runs_from else 0


def _moves() -> ColumnElement[bool]:
    extended = and_(ClaimEvent.kind == "extended", ClaimEvent.claim_id == Claim.id)
    return or_(ClaimEvent.kind == "progress", extended)


def told_of(claim_ids: list[int]) -> set[tuple[int, str, date]]:
    """What the holders of claims were told: (claim, kind, due day)."""
    query = select(ClaimEvent.claim_id, ClaimEvent.kind, ClaimEvent.about_on)
    rows = db.session.execute(query.where(ClaimEvent.claim_id.in_(claim_ids), ClaimEvent.about_on.is_not(None)))
    return {(claim_id, kind, on) for claim_id, kind, on in rows if claim_id is not None and on is not None}
