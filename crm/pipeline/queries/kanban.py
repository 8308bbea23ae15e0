"""The list as columns of cards, one a stage: one statement finds the cards of all columns, another adds the columns up."""

from dataclasses import dataclass
from datetime import date

from crm.core import clock
from crm.leads.queries import listing
from crm.leads.queries.rows import Row, rows_of
from crm.leads.rules.lead import STAGES, Stage, Status
from crm.leads.rules.listing import Question
from crm.pipeline.queries.expected import Nearest, nearest_of
from crm.pipeline.queries.gate_tables import gates
from crm.pipeline.rules import Gates
from crm.pipeline.rules.kanban import Age, Facts, Way, age_of, remembering
from crm.policy import rules as policy
from crm.policy.rules import Actor

CARDS = 20


@dataclass(frozen=True, slots=True)
class Card:
    """A row of the list as a card. `ways`: where it may be moved, in the order of the stages; `limit`: the stage's days;
    `near`: the next expected milestone.
    """

    row: Row
    ways: tuple[Way, ...]
    age: Age
    limit: int | None
    near: Nearest | None

    @property
    def moves(self) -> bool:
        """Whether there is a stage to which this reader may move it."""
        return not {Way.OPEN, Way.REASON}.isdisjoint(self.ways)


@dataclass(frozen=True, slots=True)
class Column:
    """One stage with its cards. `more`: there are others behind."""

    stage: Stage
    cards: list[Card]
    more: bool


def columns_of(question: Question, actor: Actor) -> list[Column]:
    """The first cards of every stage, each cut to what the reader may see."""
    ids = listing.first_ids(question, actor, size=CARDS + 1)
    rows = rows_of([lead_id for stage in STAGES for lead_id in ids[stage][:CARDS]], actor)
    cards = _cards(rows)
    return [
        Column(stage, [cards[id_] for id_ in ids[stage][:CARDS] if id_ in cards], len(ids[stage]) > CARDS) for stage in STAGES
    ]


def column_of(question: Question, stage: Stage, actor: Actor) -> Column:
    """The cards of one page of one column."""
    asked = question.on(stage=stage, size=CARDS)
    ids = listing.page_ids(asked, actor, ahead=1)
    return Column(stage, list(_cards(rows_of(ids[:CARDS], actor)).values()), len(ids) > CARDS)


def _cards(rows: dict[int, Row]) -> dict[int, Card]:
    table, today = gates(), clock.today()
    ways = remembering(table)
    return {id_: _card(row, table, ways(_facts(row)), today) for id_, row in rows.items()}


def _card(row: Row, table: Gates, ways: tuple[Way, ...], today: date) -> Card:
    limit = table.stage_days.get(Stage(row.stage))
    runs = row.status is Status.ACTIVE  # of what rests, and of what they may not read that far, nobody is late
    return Card(row, ways, age_of(row.days, limit if runs else None, table.stage_days_near), limit, nearest_of(row, today))


def _facts(row: Row) -> Facts:
    return Facts(
        Stage(row.stage), row.project_type, row.status, row.admitted, policy.can(row.stands, "lead", "move_stage"),
        policy.can(row.stands, "lead", "reopen"), row.stands.principals,
    )  # fmt: skip
