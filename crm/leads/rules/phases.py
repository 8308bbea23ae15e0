"""Phases and expansions (一期/二期, 增资扩产): a project carried on as one or several more; of each only what it adds counts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from crm.core.errors import AlreadyDone, Refusal

DEEPEST = 5  # storeys of one family: more is a slip


class PhaseKind(StrEnum):
    """分期, 增资扩产: what the later one is to the one above."""

    PHASE = "phase"
    EXPANSION = "expansion"


class Basis(StrEnum):
    """What the sums of a phase or expansion say. own: what it adds. cumulative: everything so far, the earlier ones with it.
    included: a part of what the one above says already.
    """

    OWN = "own"
    CUMULATIVE = "cumulative"
    INCLUDED = "included"


@dataclass(frozen=True, slots=True)
class NewPhase:
    """A lead as a phase or expansion of another, as typed. `parent`: the other's number."""

    parent: str
    kind: PhaseKind
    number: int
    basis: Basis
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    """Total investment in fen and contracted foreign capital in cents; None: not said."""

    cny: int | None = None
    usd: int | None = None


@dataclass(frozen=True, slots=True)
class Less:
    """How much of a lead's sums others count already: fen and cents."""

    cny: int = 0
    usd: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """One lead of a family: what it is to the one above (None: it is the uppermost), and the sums as it says them itself."""

    id: int
    stated: Sums
    parent_id: int | None = None
    kind: PhaseKind = PhaseKind.PHASE
    number: int = 1
    basis: Basis = Basis.OWN


class PhaseCycle(Refusal):
    """A project is no phase of itself, nor of what is its own phase."""

    code = "phase_cycle"


class PhaseThere(AlreadyDone):
    """It is a phase of another project already: that is ended first."""

    code = "phase_there"


class PhaseOtherInvestor(Refusal):
    """A phase of another investor's project says why."""

    code = "phase_other_investor"


class PhaseNumberThere(Refusal):
    """The project above has such a phase. `facts`: number."""

    code = "phase_number_there"


class PhaseTooDeep(Refusal):
    """Phases of phases of phases."""

    code = "phase_too_deep"


class PhaseParentUnknown(Refusal):
    """No project of this number that this person may see."""

    code = "phase_parent_unknown"


class PhaseEnded(AlreadyDone):
    """The relation was ended already."""

    code = "phase_ended"


class PhaseReason(Refusal):
    """Ending a relation says why."""

    code = "phase_reason"


class InFamily(Refusal):
    """A lead with phases, or that is one, is not merged: the relation is ended first."""

    code = "lead_in_family"
    status = 409


def less_of(nodes: Sequence[Node]) -> dict[int, Less]:
    """What to leave out of each lead of a family, so that all together count every sum once.

    Who states everything so far counts without what stood before (the last earlier one that says a sum, else the one above); who
    states the whole counts without the parts that are leads of their own. Never more than it states: nothing counts below zero.
    """
    below: dict[int | None, list[Node]] = defaultdict(list)
    for node in sorted(nodes, key=lambda one: (one.number, one.id)):
        below[node.parent_id].append(node)
    by_id = {node.id: node for node in nodes}
    return {node.id: Less(_less(node, by_id, below, "cny"), _less(node, by_id, below, "usd")) for node in nodes}


def _less(node: Node, by_id: Mapping[int, Node], below: Mapping[int | None, list[Node]], sum_: str) -> int:
    stated = getattr(node.stated, sum_)
    if stated is None:
        return 0
    parts = sum(getattr(child.stated, sum_) or 0 for child in below.get(node.id, ()) if child.basis is Basis.INCLUDED)
    before = 0
    if node.basis is Basis.CUMULATIVE and node.parent_id is not None:
        earlier = [one for one in below[node.parent_id] if one.basis is Basis.CUMULATIVE and _before(one, node)]
        line = [*(getattr(one.stated, sum_) for one in reversed(earlier)), getattr(by_id[node.parent_id].stated, sum_)]
        before = next((one for one in line if one is not None), 0)
    return int(min(stated, parts + before))


def _before(one: Node, node: Node) -> bool:
    return (one.number, one.id) < (node.number, node.id)


def check_link(lead_id: int, parent_id: int, parents: Mapping[int, int | None], *, depth_below: int) -> None:
    """Raise unless `lead_id` may stand below `parent_id`. `parents`: of every lead above, who is above it; `depth_below`: storeys
    below the lead.
    """
    above, depth = parent_id, 1
    while True:
        if above == lead_id:
            raise PhaseCycle
        following = parents.get(above)
        if following is None:
            break
        above, depth = following, depth + 1
    if depth + 1 + depth_below > DEEPEST:
        raise PhaseTooDeep
