"""Statements of a return: where they come from, in which order they stand, what a person may change of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from crm.core.errors import Refusal

BLANK = 400  # a typed number that sorts behind all others


class Section(StrEnum):
    """本周进展, 存在问题, 下一步计划."""

    PROGRESS = "progress"
    PROBLEMS = "problems"
    NEXT = "next"


class Source(StrEnum):
    """What a statement was made of; typed: a person wrote it."""

    INTERACTION = "interaction"
    STAGE = "stage"
    MILESTONE = "milestone"
    STATUS = "status"
    REGISTERED = "registered"
    MATTER = "matter"
    STEP = "step"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Statement:
    """What the base says of a lead in the week. `source_id`: the row that says it, `facts`: what that row said."""

    section: Section
    source: Source
    source_id: int
    lead_id: int
    on: date
    facts: dict[str, Any]

    @property
    def key(self) -> tuple[str, str, int]:
        """The same statement is never taken over twice."""
        return self.section.value, self.source.value, self.source_id


# Of one day, in the order of this list.
_WEIGHT = {
    Source.REGISTERED: 0, Source.MILESTONE: 1, Source.STAGE: 2, Source.STATUS: 3, Source.INTERACTION: 4, Source.MATTER: 5,
    Source.STEP: 6, Source.TYPED: 7,
}  # fmt: skip


def in_order(statements: Iterable[Statement], rank: dict[int, int]) -> list[Statement]:
    """A lead's statements together, leads by `rank` (the farthest along the pipeline first), in the order of their days."""
    sections = list(Section)
    return sorted(
        statements,
        key=lambda one: (sections.index(one.section), rank[one.lead_id], one.on, _WEIGHT[one.source], one.source_id),
    )


@dataclass(frozen=True, slots=True)
class LineEdit:
    """What a person says of a line: its words (None: as the base says it), its place, whether it stands in the return."""

    text: str | None
    place: int
    listed: bool


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line that a person adds, about a lead (by its number) or none."""

    section: Section
    text: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """A whole edit: the words of each section, what is said of lines (by id), what is added."""

    texts: dict[Section, str]
    lines: dict[int, LineEdit]
    added: Sequence[NewLine] = field(default_factory=tuple)


class LeadUnknown(Refusal):
    """There is no lead of that number, or the person may not read it. `facts`: number."""

    code = "return_lead"


class LineTooMany(Refusal):
    """A return is no archive."""

    code = "return_lines"


class NamesSealed(Refusal):
    """A text that everybody reads names what goes by a code name. `facts`: called (the code name)."""

    code = "return_sealed"


def names_in(text: str, names: Iterable[str | None]) -> bool:
    """Whether a text holds one of these names (of two characters at least, in any case)."""
    said = text.casefold()
    return any(len(name) > 1 and name.casefold() in said for name in names if name)
