"""States of a transfer and of an open project, the days they have, and what a move inside the city is."""

import json
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from crm.policy.rules import in_one_line


class TransferKind(StrEnum):
    """How it came about: 单位间流转, 统筹分派, 待承接."""

    OFFER = "offer"
    ASSIGNED = "assigned"
    POOL = "pool"


class TransferState(StrEnum):
    """open: an answer is due. accepted: agreed, not yet handed over. handed_over, until it is returned."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    HANDED_OVER = "handed_over"
    RETURNED = "returned"


LIVE = (TransferState.OPEN, TransferState.ACCEPTED)


class Turn(StrEnum):
    """Whose answer is due: the receiving unit's, or after a counter-offer the giving unit's."""

    RECEIVER = "receiver"
    GIVER = "giver"


class TransferMove(StrEnum):
    """What somebody did about a transfer."""

    OFFERED = "offered"
    COUNTERED = "countered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    ASSIGNED = "assigned"
    HANDED_OVER = "handed_over"
    RETURNED = "returned"


class CardState(StrEnum):
    """What became of an open project."""

    OPEN = "open"
    ASSIGNED = "assigned"
    WITHDRAWN = "withdrawn"


@cache
def settings() -> dict[str, int]:
    """Days in force, by name."""
    loaded = json.loads((Path(__file__).parent.parent / "rules.json").read_text("utf-8"))
    return {name: value for name, value in loaded.items() if isinstance(value, int)}


def is_over(state: str, answer_by: date, today: date) -> bool:
    """Whether nobody answered in time: the last day itself still counts."""
    return state == TransferState.OPEN and today > answer_by


def moves_inside(to_path: str, signed_paths: Iterable[str]) -> bool:
    """市内迁移: the investor has signed in a unit that is neither the new one nor above or below it."""
    return any(not in_one_line(path, to_path) for path in signed_paths)
