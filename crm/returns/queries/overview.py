"""A week as one table: each unit's place with what stands in its return, as far as somebody may take it out."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm.core import clock
from crm.policy.rules import Actor
from crm.returns.queries.returns import Seen, newest_numbers, parts_of_many, stands
from crm.returns.queries.weeks import Board, Place


@dataclass(frozen=True, slots=True)
class Entry:
    """A unit in a week. `one`: its return as it is read; None where there is none that this person may take out."""

    place: Place
    one: Seen | None

    @property
    def hidden(self) -> int:
        """How many of its statements are not theirs to read."""
        parts = self.one.parts if self.one else []
        return sum(part.hidden + sum(line.masked for line in part.lines) for part in parts)


def entries_of(board: Board, actor: Actor) -> Sequence[Entry]:
    """The units of a week in its order."""
    rows = [place.row for place in board.places if place.row is not None]
    parts, newest, today = parts_of_many(rows, actor), newest_numbers(rows), clock.today()
    seen = {row.id: Seen(row, stands(actor, row), parts[row.id], today, newest[row.id] == row.number) for row in rows}
    taken = {key: one for key, one in seen.items() if one.may("export")}
    return [Entry(place, taken.get(place.row.id) if place.row is not None else None) for place in board.places]
