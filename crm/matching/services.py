"""Keeping the index: a subject's tokens are replaced in the transaction that changes its names."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, insert, select

from crm.core.db import db
from crm.matching import queries
from crm.matching.models import IndexEntry, NameToken
from crm.matching.rules import Subject, forms_of
from crm.matching.rules.packing import pack
from crm.matching.rules.tokens import search_index_tokens, tokens_for


def index_subject(kind: int, subject_id: int, subject: Subject) -> None:
    """Make the index say of one subject what `subject` says. Idempotent; old tokens go, unchanged ones stay untouched."""
    wanted = {token.value: token.channel.value for token in tokens_for(subject)}
    entry = db.session.get(IndexEntry, (kind, subject_id))
    if entry is None:
        entry = IndexEntry(kind=kind, subject_id=subject_id, tokens=[])
        db.session.add(entry)
    had = {int(value) for value in entry.tokens}
    _forget(kind, subject_id, had - wanted.keys())
    rows = [_row(kind, subject_id, value, channel) for value, channel in wanted.items() if value not in had]
    entry.names, entry.country = _packed(subject), subject.country
    entry.identifiers = _identifiers(subject)
    entry.tokens = [str(value) for value in wanted]
    db.session.flush()
    if rows:
        db.session.execute(insert(NameToken), rows)


def index_search_text(kind: int, subject_id: int, text: str) -> None:
    """Make a record findable by its `search_text_of`."""
    wanted = {token.value: token.channel.value for token in search_index_tokens(text)}
    entry = db.session.get(IndexEntry, (kind, subject_id))
    if entry is None:
        entry = IndexEntry(kind=kind, subject_id=subject_id, names=[], identifiers=[], tokens=[])
        db.session.add(entry)
    had = {int(value) for value in entry.tokens}
    _forget(kind, subject_id, had - wanted.keys())
    entry.tokens = [str(value) for value in wanted]
    db.session.flush()
    rows = [_row(kind, subject_id, value, channel) for value, channel in wanted.items() if value not in had]
    if rows:
        db.session.execute(insert(NameToken), rows)


def _packed(subject: Subject) -> list[Any]:
    return [pack(forms_of(name, subject.country)) for name in subject.names]


def _identifiers(subject: Subject) -> list[list[str]]:
    return sorted([*(list(item) for item in subject.identifiers), *(["phone", phone] for phone in subject.phones)])


def _row(kind: int, subject_id: int, value: int, channel: int) -> dict[str, Any]:
    return {"kind": kind, "subject_id": subject_id, "value": value, "channel": channel}


def _forget(kind: int, subject_id: int, values: set[int]) -> None:
    if values:
        mine = (NameToken.kind == kind) & (NameToken.subject_id == subject_id)
        statement = delete(NameToken).where(NameToken.value.in_(values), mine)
        db.session.execute(statement.execution_options(synchronize_session=False))


def index_many(kind: int, subjects: Iterable[tuple[int, Subject, str]]) -> int:
    """Index new subjects in bulk: (id, subject, search text or ""). They must not be indexed yet. How many tokens."""
    entries: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for subject_id, subject, text in subjects:
        tokens = dict.fromkeys((*(tokens_for(subject) if subject.names else ()), *(search_index_tokens(text) if text else ())))
        values = {t.value: t.channel.value for t in tokens}
        rows += [_row(kind, subject_id, value, channel) for value, channel in values.items()]
        entries.append(
            {
                "kind": kind, "subject_id": subject_id, "names": _packed(subject), "country": subject.country,
                "identifiers": _identifiers(subject), "tokens": [str(v) for v in values],
            }
        )  # fmt: skip
    if entries:
        db.session.execute(insert(IndexEntry), entries)
        db.session.execute(insert(NameToken), rows)
    return len(rows)


def drop_subject(kind: int, subject_id: int) -> None:
    """Take a subject out of the index."""
    entry = db.session.get(IndexEntry, (kind, subject_id))
    if entry is not None:
        _forget(kind, subject_id, {int(value) for value in entry.tokens})
        db.session.delete(entry)


def reindex(kind: int, *, after: int, count: int = 500) -> int | None:
    """Index anew the next `count` named subjects behind the id `after`, as the rules are now; the last id, None at the end."""
    query = select(IndexEntry.subject_id).where(IndexEntry.kind == kind, IndexEntry.subject_id > after)
    ids = list(db.session.scalars(query.order_by(IndexEntry.subject_id).limit(count)))
    for subject_id, subject in queries.stored_subjects(kind, ids).items():
        if subject.names:
            index_subject(kind, subject_id, subject)
    return ids[-1] if ids else None
