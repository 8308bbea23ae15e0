"""The clock of a first report, read off what happened. Nothing is stored: the same events give the same answer in any order.

respond -> assess -> feedback -> progress. Only progress that names the counterpart and carries proof moves the due day; an
extension does so as often as the rules allow; editing never does.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from crm.claims.rules.calendar import ONE, Calendar
from crm.claims.rules.protection import Protection


class Heard(StrEnum):
    """What happens to a lead, as far as the clock listens."""

    REGISTERED = "registered"
    NOTE = "note"
    ASSESSED = "assessed"
    PROGRESS = "progress"
    EXTENDED = "extended"
    NOTICED = "noticed"
    RESTED = "rested"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, on a day in the city."""

    kind: Heard
    on: date


@dataclass(frozen=True, slots=True)
class Marks:
    """What of all events the clock needs. `progress` and `extended` are the latest; `rests`: signed, ended, or in dispute.
    `rested` days it rested for disputes, `resumed`: when it last went on. `provisional`: it was granted in a go-live window that
    has not ended, or whose conflict about it is not settled (`contested`); `begun`: the day on which it became an ordinary one.
    """

    registered: date
    responded: date | None = None
    assessed: date | None = None
    progress: date | None = None
    extended: date | None = None
    extensions: int = 0
    noticed: date | None = None
    rests: bool = False
    rested: int = 0
    resumed: date | None = None
    provisional: bool = False
    contested: bool = False
    begun: date | None = None


class Phase(StrEnum):
    """What is owed next."""

    RESPOND = "respond"
    ASSESS = "assess"
    FEEDBACK = "feedback"
    PROGRESS = "progress"


class State(StrEnum):
    """running; amber: act now; late: owed before there was protection; due: 拟释放; noticed: its holder was told; resting;
    provisional: 暂定, of a go-live window.
    """

    RUNNING = "running"
    AMBER = "amber"
    LATE = "late"
    DUE = "due"
    NOTICED = "noticed"
    RESTING = "resting"
    PROVISIONAL = "provisional"


@dataclass(frozen=True, slots=True)
class Clock:
    """Where a first report stands. `due` is the last day in time; from `amber` on it is to be said; `term`: the end of the
    protection, however much progress there is; `report`: when the next progress is expected; `release_from`: after a notice.
    """

    phase: Phase
    state: State
    due: date
    amber: date
    marks: Marks
    term: date | None = None
    report: date | None = None
    release_from: date | None = None

    @property
    def ran_out(self) -> bool:
        """拟释放."""
        return self.state in (State.DUE, State.NOTICED)

    @property
    def calls(self) -> bool:
        """Whether a list marks it."""
        return self.state in (State.AMBER, State.LATE, State.DUE, State.NOTICED, State.PROVISIONAL)

    @property
    def runs(self) -> bool:
        """Whether days are counted."""
        return self.state not in (State.RESTING, State.PROVISIONAL)


def counts(whom: str | None, proofs: int) -> bool:
    """Whether progress moves the clock: it names the counterpart and carries proof."""
    return bool(whom and whom.strip()) and proofs > 0


def marks_of(events: Iterable[Event]) -> Marks:
    """What the clock needs of all events, in whichever order they come. ValueError without a registration."""
    found = list(events)

    def days(*kinds: Heard) -> list[date]:
        return [event.on for event in found if event.kind in kinds]

    registered = min(days(Heard.REGISTERED))
    return Marks(
        registered=registered,
        responded=min(days(Heard.NOTE, Heard.PROGRESS, Heard.ASSESSED), default=None),
        assessed=min(days(Heard.ASSESSED), default=None),
        progress=max(days(Heard.PROGRESS), default=None),
        extended=max(days(Heard.EXTENDED), default=None),
        extensions=len(days(Heard.EXTENDED)),
        noticed=max(days(Heard.NOTICED), default=None),
        rests=bool(days(Heard.RESTED)),
    )


def read(marks: Marks, rules: Protection, calendar: Calendar, today: date, *, major: bool = False) -> Clock:
    """The clock as it stands on a day. A provisional one stands at its beginning, whatever day it is."""
    if marks.assessed is None:
        return _unprotected(marks, rules, calendar, today)
    lines = Lines(rules, calendar, major)
    moved = max((on for on in (marks.progress, marks.extended) if on is not None), default=None)
    begun = today if marks.provisional else marks.begun
    # After a dispute, and after the window in which it was granted, what is owed is owed anew.
    start = max(on for on in (marks.assessed, marks.resumed, begun) if on is not None)
    base = max(start, moved or start)
    idle, idle_amber = lines.feedback(start), lines.feedback_amber(start)
    if moved is not None:
        idle, idle_amber = max(idle, lines.idle(base)), max(idle_amber, lines.idle_amber(base))
    since = max(marks.registered + timedelta(days=marks.rested), begun or marks.registered)
    term = lines.term(since, marks.extensions)
    due, amber = min(idle, term), min(idle_amber, lines.term_amber(since, marks.extensions))
    release = None
    if today > due and marks.noticed is not None and marks.noticed > due:
        release = lines.released_after(marks.noticed)
    return Clock(
        phase=Phase.FEEDBACK if marks.progress is None else Phase.PROGRESS,
        state=_state(marks, today, due, amber, noticed=release is not None),
        due=due, amber=amber, marks=marks, term=term,
        report=min(due, base + timedelta(days=rules.settings.report_days)), release_from=release,
    )  # fmt: skip


def _state(marks: Marks, today: date, due: date, amber: date, *, noticed: bool) -> State:
    if marks.rests:
        return State.RESTING
    if marks.provisional:
        return State.PROVISIONAL
    if today > due:
        return State.NOTICED if noticed else State.DUE
    return State.AMBER if today >= amber else State.RUNNING


def _unprotected(marks: Marks, rules: Protection, calendar: Calendar, today: date) -> Clock:
    """Before the assessment nothing is protected: what is owed may be late, there is nothing to release."""
    lines = Lines(rules, calendar, major=False)
    phase, due = Phase.RESPOND, lines.response(marks.registered)
    if marks.responded is not None:
        phase, due = Phase.ASSESS, lines.assess(marks.registered)
    amber = calendar.before(due)
    state = State.LATE if today > due else State.AMBER if today >= amber else State.RUNNING
    return Clock(phase, State.RESTING if marks.rests else state, due, amber, marks)


@dataclass(frozen=True, slots=True)
class Lines:
    """The days to which periods run, for one version of the rules. Each is no earlier for a later day."""

    rules: Protection
    calendar: Calendar
    major: bool

    def response(self, registered: date) -> date:
        """Until when a response is owed."""
        return self._short(registered, self.rules.settings.response_days)

    def assess(self, registered: date) -> date:
        """Until when the assessment is owed."""
        return max(self.response(registered), self._short(registered, self.rules.settings.assess_days))

    def feedback(self, assessed: date) -> date:
        """Until when the first progress that counts is owed."""
        return self._short(assessed, self.rules.settings.feedback_days)

    def feedback_amber(self, assessed: date) -> date:
        """From when that is to be said."""
        return self.calendar.before(self.feedback(assessed))

    def idle(self, base: date) -> date:
        """Until when the next progress that counts is owed."""
        return self.calendar.after(base, self.rules.settings.release_days, working=False)

    def idle_amber(self, base: date) -> date:
        """From when that is to be said."""
        return base + timedelta(days=self.rules.settings.warning_days)

    def term(self, registered: date, extensions: int) -> date:
        """The end of the protection."""
        return self.calendar.after(registered, self.rules.term_days(major=self.major, extensions=extensions), working=False)

    def term_amber(self, registered: date, extensions: int) -> date:
        """From when the end is to be said."""
        return self.term(registered, extensions) - timedelta(
            days=self.rules.settings.release_days - self.rules.settings.warning_days
        )

    def released_after(self, noticed: date) -> date:
        """The first day on which it may be released after a notice."""
        return self._short(noticed, self.rules.settings.notice_days) + ONE

    def _short(self, day: date, days: int) -> date:
        return self.calendar.after(day, days, working=self.rules.settings.short_in_working_days)


@dataclass(frozen=True, slots=True)
class Cuts:
    """The lines turned round, for a database to ask: the last day (of assessment, progress, registration by extensions) whose
    line lies before a bound.
    """

    feedback: date
    idle: date
    terms: tuple[date, ...]


def ran_out_cuts(lines: Lines, today: date) -> Cuts:
    """What is past its due day."""
    return Cuts(
        _last(lines.feedback, today), _last(lines.idle, today),
        tuple(_last(lambda day, n=n: lines.term(day, n), today) for n in _extensions(lines)),  # type: ignore[misc]
    )  # fmt: skip


def amber_cuts(lines: Lines, today: date) -> Cuts:
    """What is amber, or past its due day."""
    bound = today + ONE
    return Cuts(
        _last(lines.feedback_amber, bound), _last(lines.idle_amber, bound),
        tuple(_last(lambda day, n=n: lines.term_amber(day, n), bound) for n in _extensions(lines)),  # type: ignore[misc]
    )  # fmt: skip


def _extensions(lines: Lines) -> range:
    return range(lines.rules.settings.max_extensions + 1)


def _last(line: Callable[[date], date], bound: date) -> date:
    """The greatest day whose line lies before `bound`. Lines never fall, and reach back no further than this looks."""
    width = 60
    while line(bound - timedelta(days=width)) >= bound:
        width *= 2
    first = bound - timedelta(days=width)
    return first + timedelta(
        days=bisect_left(range(width + 40), True, key=lambda n: line(first + timedelta(days=n)) >= bound) - 1
    )
