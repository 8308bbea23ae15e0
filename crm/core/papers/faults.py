"""What is wrong with a template, and where: for rules and words, which know nothing of Word files."""

from dataclasses import dataclass

PARTS = ("body", "header", "footer")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a Word file: the part (PARTS), the cell of a table (each counts from 1; 0 outside of tables), its words."""

    part: str = "body"
    table: int = 0
    row: int = 0
    column: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a template. code: file, syntax, field, attribute, filling, outside. what: the field, or what the
    reader said.
    """

    code: str
    what: str
    place: Place | None = None
