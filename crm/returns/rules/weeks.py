"""Weeks from Monday to Sunday, and the day by which a week's return is due."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from crm.claims.rules.calendar import Calendar

ONE = timedelta(days=1)
SEVEN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Settings:
    """Due so many working days after the week's last day, reminded of so many before; how many past weeks may still be drafted;
    the first week of which a return is owed; how many statements a draft takes over.
    """

    version: str
    valid_from: date
    due_working_days: int
    remind_working_days: int
    weeks_back: int
    lines_at_most: int


@cache
def settings() -> Settings:
    """Those in force."""
    read = json.loads((Path(__file__).parent.parent / "rules.json").read_text("utf-8"))
    return Settings(
        read["version"], date.fromisoformat(read["valid_from"]), read["due_working_days"], read["remind_working_days"],
        read["weeks_back"], read["lines_at_most"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Week:
    """A week by its first day, a Monday."""

    first: date

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + 6 * ONE

    @property
    def next(self) -> "Week":
        """The one after."""
        return Week(self.first + SEVEN)

    @property
    def before(self) -> "Week":
        """The one before."""
        return Week(self.first - SEVEN)


def week_of(day: date) -> Week:
    """The week that a day lies in."""
    return Week(day - timedelta(days=day.weekday()))


def due_of(week: Week, calendar: Calendar, rules: Settings) -> date:
    """The last day on which a week's return is in time."""
    return calendar.after(week.last, rules.due_working_days, working=True)


def open_weeks(today: date, rules: Settings) -> list[Week]:
    """The weeks that may be drafted today, the present one first."""
    weeks: list[Week] = []
    week = week_of(today)
    for _step in range(rules.weeks_back + 1):
        if week.last < rules.valid_from and weeks:
            break
        weeks.append(week)
        week = week.before
    return weeks


def remind_from(due: date, calendar: Calendar, rules: Settings) -> date:
    """The day on which those who owe a return are reminded."""
    day = due
    for _step in range(rules.remind_working_days):
        day = calendar.before(day)
    return day


def last_due(today: date, calendar: Calendar, rules: Settings) -> Week | None:
    """The newest week whose day is past, when a return of it is owed at all."""
    week = week_of(today)
    while due_of(week, calendar, rules) >= today:
        week = week.before
    return week if week.last >= rules.valid_from else None
