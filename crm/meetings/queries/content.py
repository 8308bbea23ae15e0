"""What a meeting looks at, cut for who reads it: an edition against the last one, money, what is late, what is disputed, what
wants a word, what was ordered and is due. Each part is its own room's list, asked by the same person.
"""

from dataclasses import dataclass, replace
from datetime import date

from crm.batches.models import Edition
from crm.batches.queries import adjustments, editions
from crm.batches.queries.editions import Asked, Shown, Sums
from crm.batches.rules.comparing import Change
from crm.batches.rules.rolling import BATCHES
from crm.claims import queries as claims
from crm.core import clock
from crm.disputes import queries as disputes
from crm.leads.queries import listing
from crm.leads.queries.rows import Row
from crm.leads.rules.listing import Count, Question, Scope, Sort
from crm.matters import queries as matters
from crm.meetings.queries.funds import Funds, funds_of
from crm.meetings.rules import CAPS, Part, Span, horizon, span_of
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.returns.queries import weeks
from crm.returns.rules import Status, last_due, settings
from crm.supervision import queries as supervision

# Kinds of changes as a meeting asks for them.
CHANGES = {
    "new": (Change.NEW, Change.AGAIN), "moved": (Change.MOVED,), "money": (Change.MONEY,), "left": (Change.LEFT,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Overdue:
    """Next steps whose day is past, projects without progress, units whose last weekly return is late or says nothing (None: this
    person reads no returns). `total`: how many of the first.
    """

    steps: Part[Row]
    total: Count
    idle: Part[Shown]
    late_units: list[str] | None
    empty_units: list[str] | None


@dataclass(frozen=True, slots=True)
class Content:
    """All of it. `span`: the days since the last meeting; `until`: up to when what is due is looked at."""

    edition: Edition
    before: Edition | None
    span: Span
    until: date
    sums: dict[str, Sums]
    was: dict[str, Sums]
    changes: dict[str, Part[Shown]]
    funds: Funds | None
    overdue: Overdue
    disputes: Part[disputes.Seen]
    matters: Part[matters.Seen]
    tasks: Part[supervision.Seen]


def content_of(edition: Edition, actor: Actor, *, lang: str) -> Content:
    """The pack of an edition for somebody; the caller has asked the policy. `lang` chooses the names of units."""
    today, before = clock.today(), editions.before(edition)
    later = adjustments.adjustments_of(edition)
    span = span_of(before.as_of if before is not None else None, edition.first_on, edition.as_of)
    until = horizon(edition.kind, today)
    return Content(
        edition, before, span, until, editions.sums_of(edition, Asked(), actor, later),
        editions.sums_of(before, Asked(), actor) if before is not None else {},
        _changes(edition, actor),
        funds_of(span, actor) if policy.possible(actor.role, "receipt", "list") else None,
        _overdue(edition, actor, lang), _disputes(actor), _matters(actor), _tasks(actor, until),
    )  # fmt: skip


def _changes(edition: Edition, actor: Actor) -> dict[str, Part[Shown]]:
    """What changed, the largest investments first, of the rows whose names this person reads; how many there are in all, as the
    edition's page says.
    """
    counts = editions.changes_of(edition, Asked(), actor).kinds
    found = {}
    for name, kinds in CHANGES.items():
        rows = editions.weightiest(edition, actor, size=CAPS[name], kinds=kinds)
        if name == "money":
            rows = [row for row in rows if row.was is not None]
        found[name] = Part(rows, sum(counts.get(kind, 0) for kind in kinds))
    return found


def _overdue(edition: Edition, actor: Actor, lang: str) -> Overdue:
    scope = Scope.CITY if actor.city_wide else Scope.UNIT
    question = Question(stage=None, scope=scope, overdue=True, sort=Sort.NEXT_DUE, size=CAPS["overdue"])
    total = listing.count_of(question, actor)
    steps = Part(listing.page_of(question, actor)[: CAPS["overdue"]], total.number)
    late, empty = _returns(actor, lang)
    return Overdue(steps, total, _idle(edition, actor), late, empty)


def _idle(edition: Edition, actor: Actor) -> Part[Shown]:
    """Projects of the three batches without progress; what left the list is not asked for any."""
    rows: list[Shown] = []
    count = 0
    for batch in BATCHES:
        asked = Asked(tab=batch.value, idle=True, size=CAPS["idle"])
        count += editions.count_of(edition, asked, actor)
        rows += editions.rows_of(edition, asked, actor, {})
    return Part(rows[: CAPS["idle"]], count)


def _returns(actor: Actor, lang: str) -> tuple[list[str] | None, list[str] | None]:
    """The units whose last return that was due is late, and those whose says nothing."""
    if not policy.possible(actor.role, "weekly_return", "list"):
        return None, None
    week = last_due(clock.today(), claims.calendar(), settings())
    if week is None:
        return [], []
    places = weeks.board_of(week, actor).places
    named = {
        status: [place.unit.short(lang) for place in places if place.status is status] for status in (Status.LATE, Status.EMPTY)
    }
    return named[Status.LATE], named[Status.EMPTY]


def _disputes(actor: Actor) -> Part[disputes.Seen]:
    if not policy.possible(actor.role, "dispute", "list"):
        return Part([], 0)
    inbox = disputes.inbox(actor)
    found = [one for name in ("to_decide", "mine", "open_ones") for one in inbox[name]]
    found.sort(key=lambda one: one.due_on)
    return Part(found[: CAPS["disputes"]], len(found))


def _matters(actor: Actor) -> Part[matters.Seen]:
    """What is not closed and concerns this person, the highest level first, late first."""
    found: dict[int, matters.Seen] = {}
    for tab in ("headquarters", "city", "unit", "mine"):
        for one in matters.live(actor, tab):
            found.setdefault(one.matter.id, one)
    return Part(list(found.values())[: CAPS["matters"]], len(found))


def _tasks(actor: Actor, until: date) -> Part[supervision.Seen]:
    """What is not closed and is late, due by then, or waits for a word."""
    if not policy.possible(actor.role, "instruction", "list"):
        return Part([], 0)
    page = supervision.page_of(supervision.Asked(tab="open"), actor)
    due = [one for one in page.rows if one.row.due_on <= until or one.row.state != "open"]
    beyond = page.counts["open"] - len(page.rows)
    part = Part(due[: CAPS["tasks"]], len(due))
    return replace(part, count=part.count + beyond) if beyond and len(due) == len(page.rows) else part
