"""What a dashboard is asked, and the list that each of its figures opens: one question, said to both."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from crm.core.yearly import year_before
from crm.leads.rules.lead import STAGES, Stage
from crm.leads.rules.listing import ANY_STATUS, Question, Scope


class Spell(StrEnum):
    """Which leads the funnel and the response times are about: registered this month, this year, in the last twelve months or
    ever.
    """

    MONTH = "month"
    YEAR = "year"
    TWELVE = "twelve"
    EVER = "ever"


def first_day(spell: Spell, today: date) -> date | None:
    """The first day of a spell that ends today; None for all days."""
    if spell is Spell.EVER:
        return None
    if spell is Spell.MONTH:
        return today.replace(day=1)
    if spell is Spell.YEAR:
        return today.replace(month=1, day=1)
    return (today.replace(day=1) - timedelta(days=330)).replace(day=1)


@dataclass(frozen=True, slots=True)
class Ask:
    """Filters of a dashboard: a unit with all below it, a primary cluster (0: none tagged), a country ("-": none named), and the
    days on which leads of the funnel were registered.
    """

    unit_id: int | None = None
    cluster_id: int | None = None
    country: str | None = None
    spell: Spell = Spell.YEAR
    since: date | None = None
    until: date | None = None

    @property
    def narrow(self) -> bool:
        """Whether a cluster or country is asked for."""
        return self.cluster_id is not None or self.country is not None

    @property
    def last_year(self) -> "Ask | None":
        """The same, of the same days of the year before; None where all days are asked for."""
        if self.since is None or self.until is None:
            return None
        return replace(self, since=year_before(self.since), until=year_before(self.until))


@dataclass(frozen=True, slots=True)
class Reader:
    """How far somebody reads: the whole city or a unit with all below it; code names or not."""

    whole: bool
    sealed: bool


def question_of(ask: Ask, reader: Reader) -> Question:
    """The list of all leads that the dashboard is about, without its days."""
    return Question(
        stage=None, scope=Scope.CITY if reader.whole else Scope.UNIT, unit_id=ask.unit_id, cluster_id=ask.cluster_id or None,
        primary=bool(ask.cluster_id), untagged=ask.cluster_id == 0,
        country=ask.country if ask.country not in (None, "-") else None,
        missing=("country",) if ask.country == "-" else (), unsealed=not reader.sealed,
    )  # fmt: skip


def of_cohort(question: Question, ask: Ask) -> Question:
    """The same, of leads registered in the days asked for, whatever became of them."""
    return question.on(registered_from=ask.since, registered_to=ask.until, status=ANY_STATUS)


def lacks(question: Question, fact: str) -> Question | None:
    """The same, of leads that lack a fact; None where the question names that very cluster: there is no such list."""
    if fact == "cluster":
        return None if question.cluster_id else question.on(untagged=True)
    return question.on(missing=tuple(dict.fromkeys((*question.missing, fact))))


def address_of(question: Question) -> dict[str, Any]:
    """The list's parameters for a question: what crm.desk.forms reads back as the same one."""
    asked: dict[str, Any] = {
        "stage": question.stage.value if question.stage else "all", "scope": question.scope.value, "unit": question.unit_id,
        "event": question.event_id, "event_as": question.event_role if question.event_id is not None else None,
        "cluster": "none" if question.untagged else question.cluster_id, "primary": "yes" if question.primary else None,
        "country": question.country, "reached": question.reached.value if question.reached else None,
        "admitted": None if question.admitted is None else "yes" if question.admitted else "no",
        "status": question.status, "missing": list(question.missing) or None, "coded": "no" if question.unsealed else None,
        "from": _iso(question.registered_from), "to": _iso(question.registered_to),
    }  # fmt: skip
    return {name: value for name, value in asked.items() if value is not None}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and the list behind it; without a list where none of that kind is offered."""

    number: int
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the funnel: how many leads came so far, what share of those of the stage before (tenths of a percent; None for
    the first, or when there was none), the median days from the stage before, by how many moves. `before`: how many of the leads
    of the same days of the year before had come so far a year ago; None where no year before is asked for.
    """

    stage: Stage
    figure: Figure
    share: int | None = None
    days: float | None = None
    moves: int = 0
    before: Figure | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The leads of the same days of the year before: by the stage in which each was a year ago, and the list of them all."""

    stock: dict[Stage, int]
    question: Question


def funnel(
    stock: dict[Stage, int], days: dict[Stage, dict[int, int]], question: Question, earlier: Earlier | None = None
) -> list[Step]:
    """The funnel of leads that are in each stage now: whoever is in one came through those before. `days`: how often a move into
    a stage took so many days. Where leads were a year ago no list asks for: of the year before only the first figure opens one.
    """
    steps: list[Step] = []
    for place, stage in enumerate(STAGES):
        number = sum(stock.get(later, 0) for later in STAGES[place:])
        listed = question.on(reached=stage) if place else question
        before = steps[-1].figure.number if steps else 0
        share = 1000 * number // before if before else None
        took = days.get(stage, {})
        past = None
        if earlier is not None:
            past = Figure(sum(earlier.stock.get(later, 0) for later in STAGES[place:]), None if place else earlier.question)
        steps.append(Step(stage, Figure(number, listed), share, median(took), sum(took.values()), past))
    return steps


def median(counts: dict[int, int]) -> float | None:
    """The median of values that occur so many times; None of none."""
    total = sum(counts.values())
    if not total:
        return None
    middle = []
    for wanted in {(total - 1) // 2, total // 2}:
        seen = 0
        for value in sorted(counts):
            seen += counts[value]
            if seen > wanted:
                middle.append(value)
                break
    return sum(middle) / len(middle)


def at(question: Question, stage: Stage) -> Question:
    """The same, in one stage."""
    return question.on(stage=stage)
