"""What the index keeps of its subjects, read again."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, Text, bindparam, cast, func, select

from crm.core.db import among, db, is_sqlite, rows_of_columns
from crm.matching.models import IndexEntry, NameToken
from crm.matching.rules import Subject
from crm.matching.rules.packing import Entry, entry_from, read_together, unpack
from crm.matching.rules.tokens import identifier_tokens

_office: list[Callable[[], None]] = []


def office_brands_with(ask: Callable[[], None]) -> None:
    """Say how the brand table is brought up to date with what an office keeps itself (crm.brands does)."""
    _office[:] = [ask]


def for_readers() -> tuple[Callable[[], None], ...]:
    """What a reading process calls first, so that it knows the office's brands as well."""
    return tuple(_office)


def office_brands() -> None:
    """Take names apart and judge by the office's brands as they are stored now; one small read."""
    for ask in _office:
        ask()


def entries(kind: int, ids: Sequence[int]) -> dict[int, Entry]:
    """The entries of these subjects, as far as they are indexed."""
    rows = _rows(kind, ids)
    parts = read_together([(names, identifiers) for _id, names, _country, identifiers in rows])
    return {row[0]: Entry(names, row[2], identifiers) for row, (names, identifiers) in zip(rows, parts, strict=True)}


def _rows(kind: int, ids: Sequence[int]) -> Sequence[Any]:
    """Id, and the texts of names, country and identifiers."""
    return rows_of_columns(_entries_query(sqlite=is_sqlite()), {"kind": kind, "ids": ids}).all() if ids else ()


@cache
def _entries_query(*, sqlite: bool) -> Select[Any]:
    parts: list[Any] = [cast(IndexEntry.names, Text), IndexEntry.country, cast(IndexEntry.identifiers, Text)]
    query = select(IndexEntry.subject_id, *parts)
    return query.where(IndexEntry.kind == bindparam("kind"), among(IndexEntry.subject_id, "ids", sqlite=sqlite))


def stored_subjects(kind: int, ids: list[int]) -> dict[int, Subject]:
    """Indexed subjects as they were written."""
    office_brands()
    return {subject_id: entry.subject for subject_id, entry in entries(kind, ids).items()}


def stored_entries(kind: int, ids: list[int]) -> dict[int, bytes]:
    """The same as the index keeps them: `subject_of` reads them."""
    office_brands()
    return {row[0]: entry_from(*row[1:]) for row in _rows(kind, ids)}


BULK = 8  # the index's kind of subject for names that belong to no record: a bulk source
REFERENCE = "reference"  # the scheme of the identifier under which a bulk source knows its subjects


def by_reference(kind: int, references: list[str]) -> dict[str, tuple[int, str]]:
    """The subjects of a bulk source with these references: {reference: (subject id, name)}."""
    values = [t.value for t in identifier_tokens(frozenset((REFERENCE, one) for one in references))]
    ids = db.session.scalars(select(NameToken.subject_id).where(NameToken.value.in_(values), NameToken.kind == kind)).all()
    wanted, found = set(references), {}
    for start in range(0, len(ids), 500):
        for subject_id, entry in entries(kind, ids[start : start + 500]).items():
            for scheme, value in entry.identifiers:
                if scheme == REFERENCE and value in wanted:
                    found[value] = (subject_id, unpack(entry.names[0], entry.country).original)
    return found


def references_of(kind: int, ids: list[int]) -> dict[int, str]:
    """The references of subjects of a bulk source."""
    known = entries(kind, ids)
    return {one: value for one, entry in known.items() for scheme, value in entry.identifiers if scheme == REFERENCE}


def highest(kind: int) -> int:
    """The highest subject id of a kind; 0 when it has none."""
    return db.session.scalar(select(func.max(IndexEntry.subject_id)).where(IndexEntry.kind == kind)) or 0
