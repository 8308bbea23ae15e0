"""Keeping the index: a subject's tokens are replaced in the transaction that changes its names."""

import json
import struct
import tempfile
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, text

from crm.core.db import db, is_sqlite, lock_key, one_of
from crm.core.types import brief
from crm.matching import queries
from crm.matching.models import IndexEntry, NameToken
from crm.matching.rules import Subject, forms_of
from crm.matching.rules.packing import pack
from crm.matching.rules.tokens import search_index_tokens, tokens_for

CHUNK = 2_000  # subjects a transaction
FEW = 300  # so many where they find others: their tokens are spread over the whole table
ROWS = 60_000  # tokens a transaction, when they come in order


def index_subject(kind: int, subject_id: int, subject: Subject) -> None:
    """Make the index say of one subject what `subject` says. Idempotent; old tokens go, unchanged ones stay untouched."""
    index_subjects(kind, {subject_id: subject})


def index_subjects(kind: int, subjects: Mapping[int, Subject]) -> None:
    """The same for many subjects, by their ids, with one look at what the index says of them and one write of new tokens."""
    if not subjects:
        return
    queries.office_brands()
    stored = select(IndexEntry).where(IndexEntry.kind == kind, one_of(IndexEntry.subject_id, subjects))
    entries = {entry.subject_id: entry for entry in db.session.scalars(stored)}
    rows: list[tuple[int, int, int]] = []
    for subject_id, subject in subjects.items():
        entry = entries.get(subject_id) or _new_entry(kind, subject_id)
        entry.names, entry.country = _packed(subject), subject.country
        entry.identifiers = _identifiers(subject)
        rows += _replace(entry, {token.value: token.channel.value for token in tokens_for(subject)})
    db.session.flush()
    _add_tokens(kind, rows)


def index_search_text(kind: int, subject_id: int, text: str) -> None:
    """Make a record findable by its `search_text_of`."""
    entry = db.session.get(IndexEntry, (kind, subject_id)) or _new_entry(kind, subject_id)
    rows = _replace(entry, {token.value: token.channel.value for token in search_index_tokens(text)})
    db.session.flush()
    _add_tokens(kind, rows)


def _new_entry(kind: int, subject_id: int) -> IndexEntry:
    entry = IndexEntry(kind=kind, subject_id=subject_id, names=[], identifiers=[], tokens=[])
    db.session.add(entry)
    return entry


def _replace(entry: IndexEntry, wanted: dict[int, int]) -> list[tuple[int, int, int]]:
    """Note the tokens {value: channel} at an entry, and take those away that are not wanted any more; what is to be added."""
    had = values_of(entry.tokens)
    _forget(entry.kind, entry.subject_id, had - wanted.keys())
    entry.tokens = _kept(wanted)
    return [(value, entry.subject_id, channel) for value, channel in wanted.items() if value not in had]


def _kept(values: Iterable[int]) -> str:
    """The values of a subject's tokens in few characters."""
    found = list(values)
    return b64encode(struct.pack(f"<{len(found)}q", *found)).decode("ascii")


def values_of(kept: str | list[str]) -> set[int]:
    """The values of an entry's tokens; a list of numbers where an earlier release stored them."""
    if not isinstance(kept, str):
        return {int(value) for value in kept}
    return {value for (value,) in struct.iter_unpack("<q", b64decode(kept))}


def _packed(subject: Subject) -> list[Any]:
    return [pack(forms_of(name, subject.country)) for name in subject.names]


def _identifiers(subject: Subject) -> list[list[str]]:
    return sorted([*(list(item) for item in subject.identifiers), *(["phone", phone] for phone in subject.phones)])


def _forget(kind: int, subject_id: int, values: set[int]) -> None:
    if values:
        mine = (NameToken.kind == kind) & (NameToken.subject_id == subject_id)
        statement = delete(NameToken).where(NameToken.value.in_(values), mine)
        db.session.execute(statement.execution_options(synchronize_session=False))


def _add_tokens(kind: int, rows: list[tuple[int, int, int]]) -> None:
    """Store (value, subject, channel) rows; the ones that are there stay. In the order of the table: many at once are quick."""
    if not rows:
        return
    rows.sort()
    if is_sqlite():
        values = "INSERT INTO name_token (kind, value, subject_id, channel) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        db.session.connection().exec_driver_sql(values, [(kind, *row) for row in rows])
    else:
        value, subject_id, channel = map(list, zip(*rows, strict=True))
        db.session.execute(text(_FROM_LISTS), {"kind": kind, "v": value, "s": subject_id, "c": channel})


_FROM_LISTS = """
    INSERT INTO name_token (kind, value, subject_id, channel)
    SELECT :kind, v, s, c FROM unnest(CAST(:v AS bigint[]), CAST(:s AS integer[]), CAST(:c AS smallint[])) AS t (v, s, c)
    ON CONFLICT DO NOTHING
"""


def index_many(kind: int, subjects: Iterable[tuple[int, Subject, str]]) -> int:
    """Index new subjects in bulk: (id, subject, search text or ""). They must not be indexed yet. How many tokens."""
    queries.office_brands()
    entries: list[dict[str, Any]] = []
    rows: list[tuple[int, int, int]] = []
    for subject_id, subject, search_text in subjects:
        entry, values = _written(subject_id, subject, search_text)
        rows += [(value, subject_id, channel) for value, channel in values.items()]
        entries.append({"kind": kind, **entry})
    if entries:
        db.session.execute(insert(IndexEntry), entries)
        _add_tokens(kind, rows)
    return len(rows)


def _written(subject_id: int, subject: Subject, search_text: str) -> tuple[dict[str, Any], dict[int, int]]:
    """What is stored of a new subject: its entry, and its tokens as {value: channel}."""
    tokens = (*(tokens_for(subject) if subject.names else ()), *(search_index_tokens(search_text) if search_text else ()))
    values = {token.value: token.channel.value for token in tokens}
    return {
        "subject_id": subject_id, "names": _packed(subject), "country": subject.country,
        "identifiers": _identifiers(subject), "tokens": _kept(values),
    }, values  # fmt: skip


class TakenApart(NamedTuple):
    """Subjects of a bulk source as they will be stored: the tokens of all, two lists of 64-bit numbers (the values, and sixteen
    times the subject's id and the channel), and a line for each entry: the JSON of its parts, tabs between.
    """

    values: bytes
    owners: bytes
    entries: list[str]


_ENTRY = ("subject_id", "names", "identifiers", "tokens")


def take_apart(named: list[tuple[int, str, str]]) -> TakenApart:
    """Subjects that a bulk source names: (id, reference, name). It stores nothing, so other processes may do it."""
    queries.office_brands()
    values, owners, lines = array("q"), array("q"), list[str]()
    for subject_id, reference, name in named:
        entry, tokens = _written(subject_id, referred(reference, name), "")
        values.extend(tokens)
        owners.extend([subject_id << 4 | channel for channel in tokens.values()])
        lines.append("\t".join([brief(entry[part]) for part in _ENTRY]) + "\n")
    return TakenApart(values.tobytes(), owners.tobytes(), lines)


class Shelf:
    """A first load of many subjects: what will be stored, gathered, so that tokens are written in the order of their table.

    The tokens are written before the entries: a subject that has an entry is indexed whole, whenever the load was cut off.
    """

    def __init__(self, kind: int) -> None:
        self.kind = kind
        self._tokens = [(array("q"), array("q")) for _head in range(256)]
        self._entries = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - it goes with this object

    def take(self, some: TakenApart) -> None:
        """Gather more subjects."""
        import numpy as np  # no web worker should hold it

        values, owners = np.frombuffer(some.values, np.int64), np.frombuffer(some.owners, np.int64)
        order = np.argsort(values >> 56, kind="stable")
        heads, first = np.unique(values[order] >> 56, return_index=True)
        for head, mine in zip(heads.tolist(), np.split(order, first[1:]), strict=True):
            for gathered, numbers in zip(self._tokens[head + 128], (values, owners), strict=True):
                gathered.frombytes(numbers[mine].tobytes())
        self._entries.writelines(some.entries)

    def parts(self) -> Iterator[list[tuple[int, int, int]] | list[str]]:
        """What to store, each part in a transaction of its own, by `store_part`."""
        import numpy as np

        rows: list[tuple[int, int, int]] = []
        for mine in self._tokens:
            values, owners = (np.frombuffer(numbers, np.int64) for numbers in mine)
            order = np.lexsort((owners, values))
            values, owners = values[order], owners[order]
            rows += zip(values.tolist(), (owners >> 4).tolist(), (owners & 15).tolist(), strict=True)
            while len(rows) >= ROWS:
                yield rows[:ROWS]
                del rows[:ROWS]
        yield rows
        self._entries.seek(0)
        while lines := list(islice(self._entries, CHUNK)):
            yield lines


def store_part(kind: int, part: list[Any]) -> None:
    """Store a part of a shelf: tokens or entries."""
    if not part or not isinstance(part[0], str):
        _add_tokens(kind, part)
        return
    rows = [line.rstrip("\n").split("\t") for line in part]
    if is_sqlite():
        entry = "INSERT INTO index_entry (kind, subject_id, names, identifiers, tokens) VALUES (?, ?, ?, ?, ?)"
        db.session.connection().exec_driver_sql(entry, [(kind, *row) for row in rows])
    else:
        read = ({name: json.loads(value) for name, value in zip(_ENTRY, row, strict=True)} for row in rows)
        db.session.execute(insert(IndexEntry), [{"kind": kind, "country": None, **entry} for entry in read])


def load_named(kind: int, named: list[tuple[str, str]]) -> None:
    """Make the index hold these (reference, name) subjects: a new reference is added, a known one is called so from now on."""
    lock_key(f"match load {kind}")
    known = queries.by_reference(kind, [reference for reference, _name in named])
    after = queries.highest(kind)
    new: list[tuple[int, Subject, str]] = []
    for reference, name in dict(named).items():
        subject = referred(reference, name)
        if reference not in known:
            new.append((after + len(new) + 1, subject, ""))
        elif known[reference][1] != name:
            index_subject(kind, known[reference][0], subject)
    index_many(kind, new)


def referred(reference: str, name: str) -> Subject:
    """A subject of a bulk source: a name, and the reference that its source knows it by."""
    return Subject((name,), identifiers=frozenset({(queries.REFERENCE, reference)}))


def drop_subject(kind: int, subject_id: int) -> None:
    """Take a subject out of the index."""
    entry = db.session.get(IndexEntry, (kind, subject_id))
    if entry is not None:
        _forget(kind, subject_id, values_of(entry.tokens))
        db.session.delete(entry)


def reindex(kind: int, *, after: int, count: int = 500) -> int | None:
    """Index anew the next `count` named subjects behind the id `after`, as the rules are now; the last id, None at the end."""
    query = select(IndexEntry.subject_id).where(IndexEntry.kind == kind, IndexEntry.subject_id > after)
    ids = list(db.session.scalars(query.order_by(IndexEntry.subject_id).limit(count)))
    _index_anew(kind, ids)
    return ids[-1] if ids else None


def reindex_named(name: str, *, kind: int, after: int, count: int) -> tuple[int, int | None]:
    """Index anew the subjects, of the next `count` behind the id `after` that may, one of whose names contains `name`.

    How many they were, and the id to go on behind; None when all are done.
    """
    ids, last = queries.named_with(name, kind=kind, after=after, limit=count)
    _index_anew(kind, ids)
    return len(ids), last


def _index_anew(kind: int, ids: list[int]) -> None:
    for subject_id, subject in queries.stored_subjects(kind, ids).items():
        if subject.names:
            index_subject(kind, subject_id, subject)


def refresh_statistics() -> None:
    """Let the database look at the index again: after a load its plans rest on how many rows there are."""
    for model in (NameToken, IndexEntry):
        db.session.connection().exec_driver_sql(f"ANALYZE {model.__tablename__}")
