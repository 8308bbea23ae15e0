"""领导页: five figures, what changed since the last edition, matters that came up, sponsored projects, open instructions. Each
figure is the dashboard's own or the count of the list it opens; nothing is added up here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.accounts.models import User
from crm.batches.models import Edition
from crm.batches.queries import editions
from crm.batches.queries.editions import Shown
from crm.core import clock
from crm.dashboard import queries as dashboard
from crm.dashboard.rules import Ask, Line, address_of
from crm.leads.queries import listing
from crm.leads.queries.rows import Row, rows_of
from crm.leads.rules.lead import Stage
from crm.leads.rules.listing import Question, Scope
from crm.matters import queries as matters
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.supervision import queries as supervision

STAGES = (Stage.NEGOTIATING, Stage.SIGNED, Stage.UNDER_CONSTRUCTION)
_LOOKED_AT = 12  # changes of which three are shown: a few may be nothing that the reader may read


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and the parameters of the list that it opens; `usd` (cents) or `fen` where a sum stands below it."""

    kind: str
    number: int
    listed: dict[str, Any]
    fen: int | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """The last edition against the one before: how many changes of each kind, and those that weigh most."""

    edition: Edition
    kinds: dict[str, int]
    rows: list[Shown]


@dataclass(frozen=True, slots=True)
class LeaderPage:
    """What one leader is shown. `line`: utilised foreign capital against its target (None: no official table yet)."""

    figures: list[Figure]
    line: Line | None
    changes: Changes | None
    matters: list[matters.Seen]
    sponsored: list[Row]
    tasks: list[supervision.Seen]
    counted_at: datetime


def seen_as(leader: User, actor: Actor, action: str) -> Actor:
    """The leader as who reads: the page of a leader says what that leader may read, whoever opens it for them. Raises NotFound
    for anybody but the leader, those who act for them today and the coordinator.
    """
    policy.require(supervision.towards_leader(actor, leader.id), "leader_page", action, seen_by="none")
    return leader.as_actor()


def leader_page(reader: Actor, *, city: str, idle_days: int, keep_seconds: int) -> LeaderPage:
    """The page of the leader who reads, by numbers that are at most `keep_seconds` old."""
    board = dashboard.board_for(Ask(), reader, keep_seconds=keep_seconds)
    figures = [
        Figure(stage.value, board.stages[stage].number, address_of(question), board.sums[stage])
        for stage in STAGES if (question := board.stages[stage].question) is not None
    ]  # fmt: skip
    idle = Question(scope=Scope.CITY, idle=idle_days, exact=True)
    opened = {"stage": Stage.NEGOTIATING.value, "scope": "city", "idle": idle_days}
    figures.append(Figure("idle", listing.count_of(idle, reader).number, opened))
    last = editions.latest_of(city)
    sponsored = rows_of(supervision.sponsored_ids(reader.user_id), reader)
    return LeaderPage(
        figures, board.money.line if board.money else None, _changes(last, reader) if last is not None else None,
        matters.at_top(reader), list(sponsored.values()), supervision.open_of(reader.user_id, reader, limit=50),
        min(board.counted_at, clock.now()),
    )  # fmt: skip


def _changes(last: Edition, reader: Actor) -> Changes:
    kinds = editions.changes_of(last, editions.Asked(), reader).kinds
    return Changes(last, kinds, editions.weightiest(last, reader, size=_LOOKED_AT))
