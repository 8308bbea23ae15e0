"""States of a dispute, who is a side and why, which facts count as evidence, the days that it has."""

import json
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from crm.disputes.rules.refusals import DecisionUnfit, WhyNeeded


class DisputeState(StrEnum):
    """open: statements and evidence. decided: the coordinator's word, which stands unless reviewed. final: the headquarters'."""

    OPEN = "open"
    DECIDED = "decided"
    UNDER_REVIEW = "under_review"
    FINAL = "final"
    WITHDRAWN = "withdrawn"


LIVE = (DisputeState.OPEN, DisputeState.UNDER_REVIEW)


class DisputeMove(StrEnum):
    """What somebody did about a dispute."""

    OPENED = "opened"
    STATED = "stated"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"
    REVIEW_ASKED = "review_asked"
    REVIEWED = "reviewed"


class Basis(StrEnum):
    """Why a unit is a side: it follows the lead, registered it first, holds its first report, registered it again."""

    FOLLOWS = "follows"
    REGISTERED = "registered"
    CLAIM = "claim"
    REPORTED = "reported"
    GROUP = "group"


class FactKind(StrEnum):
    """Facts that the board holds, as evidence."""

    REGISTERED = "registered"
    REPORTED = "reported"
    ASSESSED = "assessed"
    CLAIMED = "claimed"
    EXTENDED = "extended"
    NOTICED = "noticed"
    RELEASED = "released"
    PROGRESS = "progress"
    FILE = "file"
    SIGNED = "signed"


class FactLevel(StrEnum):
    """How far a fact is evidenced: by the board's own record, by a named counterpart, or besides by something attached."""

    RECORDED = "recorded"
    NAMED = "named"
    PROVED = "proved"


class How(StrEnum):
    """How a decision was taken: on the board, or by telephone and put on record afterwards."""

    HERE = "here"
    TELEPHONE = "telephone"


@cache
def settings() -> dict[str, int]:
    """Days in force, by name."""
    loaded = json.loads((Path(__file__).parent.parent / "rules.json").read_text("utf-8"))
    return {name: value for name, value in loaded.items() if isinstance(value, int)}


@dataclass(frozen=True, slots=True)
class NewDecision:
    """Who follows and leads it, who supports, who is credited with how many parts per 10,000, and why; by whom, when and how that
    was decided.
    """

    unit_id: int
    owner_id: int | None
    parts: dict[int, int]
    reason: str
    decided_by: str
    decided_on: date
    how: How = How.HERE
    supporting: tuple[int, ...] = field(default=())

    def check(self, today: date) -> None:
        """Raise WhyNeeded, DecisionUnfit."""
        if not self.reason.strip():
            raise WhyNeeded
        if not self.decided_by.strip() or self.decided_on > today:
            raise DecisionUnfit


def reminder(due: date, today: date, before: date) -> str:
    """What is to be told of a day by which something is to be decided: soon from the working day `before` it on, late once it is
    past; otherwise nothing.
    """
    if today > due:
        return f"late {due.isoformat()}"
    return f"soon {due.isoformat()}" if today >= before else ""
