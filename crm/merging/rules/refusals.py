"""What is refused, and what comes back from an undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm.core.errors import AlreadyDone, Forbidden, Refusal

MOST = 4


class AlreadyMerged(AlreadyDone):
    """One of the records was merged already (by this or another person)."""

    code = "already_merged"


class AlreadyUndone(AlreadyDone):
    """The merge was undone before."""

    code = "already_undone"


class UndoLaterFirst(Refusal):
    """A later merge took away what this one wrote: that one has to be undone first."""

    code = "undo_later_first"
    status = 409


class PlaceTaken(UndoLaterFirst):
    """What people changed since stands where something would go back to; no later merge is to blame."""

    code = "undo_place_taken"


class CoordinatorDecides(Forbidden):
    """Two or more units are concerned, or none: the coordinator decides."""

    code = "coordinator_decides"


class MergeReasonNeeded(Refusal):
    """Units other than one's own are concerned: a reason is stored."""

    code = "merge_reason_needed"


class OtherInvestor(Refusal):
    """Leads of two investors are no duplicates: merge the companies first."""

    code = "merge_other_investor"


class OtherLead(Refusal):
    """Contacts are merged within one lead."""

    code = "merge_other_lead"


class SealedLead(Refusal):
    """A lead under a code name would come to light, or hide another, by a merge: its code name ends first."""

    code = "merge_sealed"


class ChoiceUnknown(Refusal):
    """A choice names a field or a record that is not offered."""

    code = "merge_choice_unknown"


class TooMany(Refusal):
    """A merge is of two to five different records."""

    code = "merge_two_to_five"


def check_group(keep: str, lose: Sequence[str]) -> None:
    """Raise TooMany unless one record stays and one to four others go."""
    if not 1 <= len(lose) <= MOST or len({keep, *lose}) != len(lose) + 1:
        raise TooMany(most=MOST + 1)


@dataclass(frozen=True, slots=True)
class Left:
    """A value that an undo left as it is, because somebody changed it since: what it was before the merge, what it is."""

    table: str
    row_id: int
    column: str
    was: Any
    now: Any


@dataclass(frozen=True, slots=True)
class UndoResult:
    """How many values went back, what was left as people changed it since, and how many later merges were taken back along
    with it.
    """

    moved: int
    left: tuple[Left, ...]
    along: int = 0
