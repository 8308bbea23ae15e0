"""Which pairs are worth a question, how they are gathered into groups, when a decided one is asked again. All pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from crm.core.errors import Refusal
from crm.matching.rules import Judgement, Verdict

PUT_OFF = timedelta(days=30)
# A company brings its surest pairs only, and takes no more once so many wait: the others come when those are decided.
BROUGHT = 12
WAITING_MOST = 30
GROUP_MOST = 12


class PairState(StrEnum):
    """Where a pair stands: to be decided, put off until a day, decided."""

    OPEN = "open"
    LATER = "later"
    DECIDED = "decided"


class Answer(StrEnum):
    """What a person says about a pair. `proposed`: it is one firm, but somebody else has to decide that."""

    SAME = "same"
    RELATED = "related"
    DIFFERENT = "different"
    LATER = "later"
    PROPOSED = "proposed"


class Sort(StrEnum):
    """The queue's order: surest first, most money first, longest waiting first."""

    CERTAINTY = "certainty"
    MONEY = "money"
    TIME = "time"


class PairDecided(Refusal):
    """Somebody else has decided the pair since the page was opened."""

    code = "pair_decided"
    status = 409


class ProposedAlready(Refusal):
    """The merge was proposed already; whoever may decide has been told and has not answered yet."""

    code = "proposed_already"
    status = 409


class UndoTooLate(Refusal):
    """The pair was decided again since; there is nothing to go back to."""

    code = "undo_too_late"
    status = 409


class NothingToUndo(Refusal):
    """This person has decided nothing that could be taken back."""

    code = "nothing_to_undo"
    status = 409


class Edge(NamedTuple):
    """An undecided pair as grouping sees it."""

    pair_id: int
    a_id: int
    b_id: int
    score: float


def worth_asking(judgement: Judgement) -> bool:
    """Whether a person should look at the pair: it is called the same; a subsidiary or a holding is no duplicate."""
    return judgement.verdict is Verdict.SAME


def asked_again(decided_at: datetime, *changed_at: datetime | None) -> bool:
    """Whether a decided pair is asked about again: a name or identifier of one of the two was added or retired since."""
    return any(moment is not None and moment > decided_at for moment in changed_at)


def gather(edges: Iterable[Edge]) -> dict[int, int]:
    """The group of each pair. Firms that pairs join are a group, named by its smallest company id, of at most GROUP_MOST.

    The surest pairs join first, so the outcome does not depend on the order in which pairs were found. A pair that joins no two
    firms of one group is a group of its own, named by its own id with a minus sign.
    """
    listed = sorted(edges, key=lambda e: (-e.score, e.a_id, e.b_id))
    head: dict[int, int] = {}
    members: dict[int, set[int]] = {}

    def of(company: int) -> int:
        head.setdefault(company, company)
        while head[company] != company:
            head[company] = head[head[company]]
            company = head[company]
        return company

    for edge in listed:
        one, two = of(edge.a_id), of(edge.b_id)
        mine, yours = members.setdefault(one, {one}), members.setdefault(two, {two})
        if one != two and len(mine) + len(yours) <= GROUP_MOST:
            head[two] = one
            mine |= members.pop(two)
    return {e.pair_id: min(members[of(e.a_id)]) if of(e.a_id) == of(e.b_id) else -e.pair_id for e in listed}


@dataclass(frozen=True, slots=True)
class Age:
    """What decides which of two records stays: its earliest lead, else when it was made."""

    company_id: int
    first_lead_at: datetime | None
    created_at: datetime


def keeper(a: Age, b: Age) -> int:
    """The record that stays when two are one: the one whose lead was registered first; with a lead before without; the older."""

    def rank(age: Age) -> tuple[bool, datetime, datetime, int]:
        return (age.first_lead_at is None, age.first_lead_at or age.created_at, age.created_at, age.company_id)

    return min((a, b), key=rank).company_id


def may_decide_same(units: frozenset[int], *, merges: bool, between: bool) -> bool:
    """Whether a person decides that two firms are one: `merges` inside one unit, `between` when two are concerned."""
    return between if len(units) > 1 else merges
