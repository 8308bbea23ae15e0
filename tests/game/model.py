"""The small model of the random histories: what is known of a lead, an offer, a hand-over; who takes part."""

from dataclasses import dataclass, field
from datetime import UTC, date

from hypothesis import strategies as st

from tests.claims.stories import at

PEOPLE = {"SZ-NS": ("officer.nanshan", "manager.nanshan"), "SZ-BA": ("officer.baoan", "manager.baoan")}
MOST = 3
START = at("2026-11-02 09:00").astimezone(UTC)  # as the clock of the product says it: the trail seals a moment as it was said
STEMS = "青山白水长河大江高原平湖远岭深谷"
leads_ = st.integers(0, MOST - 1)
units_ = st.sampled_from(sorted(PEOPLE))
rights_ = st.sampled_from((True, True, True, False))  # mostly it is somebody who may


@dataclass
class Offer:
    """A transfer as the model knows it."""

    public_id: str
    to: str
    keeps: int
    answer_by: date
    accepted: bool = False


@dataclass
class Given:
    """The last hand-over: what a return puts back."""

    public_id: str
    giver: str
    to: str
    owner: str | None
    parts: dict[str, int]
    return_by: date


@dataclass
class Known:
    """A lead as the model knows it."""

    id: int
    public_id: str
    reporter: str
    unit: str
    owner: str | None
    parts: dict[str, int]
    proofs: int = 0
    live: bool = False
    released: bool = False
    shares: dict[str, date] = field(default_factory=dict)
    seal: tuple[str, date, bool] | None = None
    offer: Offer | None = None
    given: Given | None = None


def other_side(unit: str) -> str:
    return next(code for code in PEOPLE if code != unit)


def is_assessable(known: Known) -> bool:
    return known.proofs > 0 and not known.live
