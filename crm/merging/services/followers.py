"""Rooms above that must hear of an undo say so here, as they say which jobs they do: merging knows none of them by name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crm.merging.models import Merge
from crm.policy.rules import Actor


@dataclass(frozen=True, slots=True)
class Follower:
    """`lock` takes whatever else the room waits for, before the merge's own rows are locked (else two people could wait for each
    other); `undone` is told inside the same transaction, when everything is back.
    """

    lock: Callable[[], None]
    undone: Callable[[Merge, Actor, datetime], None]


_followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """Tell this room of every undo from now on."""
    _followers.append(follower)


def lock_all() -> None:
    """Let every follower take its locks."""
    for follower in _followers:
        follower.lock()


def tell_undone(merge: Merge, actor: Actor, now: datetime) -> None:
    """The merge was taken back."""
    for follower in _followers:
        follower.undone(merge, actor, now)
