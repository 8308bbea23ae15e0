"""Answers kept for a short while in this process: sums over everything that many people ask for within the same minute."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """At most `most` answers, each with the moment it was found; the oldest goes first."""

    def __init__(self, most: int = 16) -> None:
        self._most = most
        self._found: dict[Hashable, tuple[datetime, T]] = {}

    def get(self, key: Hashable, make: Callable[[], T], *, seconds: int, now: datetime) -> tuple[datetime, T]:
        """The answer to `key` with the moment it was found: the kept one while it is younger than `seconds`, else a new one."""
        held = self._found.get(key)
        if held is not None and timedelta(0) <= now - held[0] < timedelta(seconds=seconds):
            return held
        made = (now, make())
        self._found.pop(key, None)
        while len(self._found) >= self._most:
            self._found.pop(next(iter(self._found)), None)
        self._found[key] = made
        return made
