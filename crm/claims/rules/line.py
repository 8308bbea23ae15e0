"""The clock as a line in time: which marks stand where, for a page to draw."""

from dataclasses import dataclass
from datetime import date, timedelta

from crm.claims.rules.clock import Clock


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: its kind, its day, and where it stands (hundredths of the line's length)."""

    kind: str
    on: date
    at: float


@dataclass(frozen=True, slots=True)
class Line:
    """All marks in order of time, and where the amber stretch begins and the protection ends."""

    marks: tuple[Mark, ...]
    amber: float
    due: float
    today: float


def line_of(clock: Clock, progress: list[date], today: date) -> Line:
    """The marks of a clock; `progress`: the days on which something counted, however many."""
    marks = clock.marks
    found: list[tuple[str, date]] = [("claimed", marks.registered)]
    for kind, on in (("responded", marks.responded), ("assessed", marks.assessed), ("extended", marks.extended)):
        if on is not None and (kind != "responded" or on != marks.assessed):
            found.append((kind, on))
    found += [("progress", on) for on in sorted(set(progress))[-12:]]
    if marks.begun is not None and clock.runs:
        found.append(("begun", marks.begun))
    # A day or two to answer over a weekend: its reminder would stand before the registration itself.
    amber = max(clock.amber, marks.registered)
    if clock.runs:
        found += [("amber", amber), ("due", clock.due)] if amber > marks.registered else [("due", clock.due)]
    if clock.ran_out and marks.noticed is not None and marks.noticed > clock.due:
        found.append(("noticed", marks.noticed))
    found.append(("today", today))
    first = min(on for _kind, on in found)
    span = max(max(on for _kind, on in found) - first, timedelta(days=1))

    def at(on: date) -> float:
        return round(1.5 + 97 * min(max((on - first) / span, 0.0), 1.0), 2)

    order = sorted(found, key=lambda item: item[1])
    return Line(tuple(Mark(kind, on, at(on)) for kind, on in order), at(amber), at(clock.due), at(today))
