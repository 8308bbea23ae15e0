"""Named reads of the audit trail."""

from collections.abc import Iterator

from sqlalchemy import column, select, table

from crm.audit.models import AuditLine, AuditPayload
from crm.audit.rules import Link
from crm.core.db import db


def history_of(subject_type: str, subject_id: int, *, limit: int = 200) -> list[AuditLine]:
    """Lines about one record, newest first, with their payloads."""
    query = (
        select(AuditLine)
        .outerjoin(AuditPayload)
        .where(AuditLine.subject_type == subject_type, AuditLine.subject_id == subject_id)
        .order_by(AuditLine.seq.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def newest(*, before: int | None = None, limit: int = 50) -> list[AuditLine]:
    """The newest lines of all, or those before line `before`."""
    query = select(AuditLine).order_by(AuditLine.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditLine.seq < before)
    return list(db.session.scalars(query))


def links() -> Iterator[Link]:
    """The whole chain in order, for verification."""
    columns = (
        AuditLine.seq, AuditLine.prev_hash, AuditLine.hash, AuditLine.at, AuditLine.action, AuditLine.actor_id,
        AuditLine.subject_type, AuditLine.subject_id, AuditLine.payload_digest,
    )  # fmt: skip
    for row in db.session.execute(select(*columns).order_by(AuditLine.seq).execution_options(yield_per=1000)):
        yield Link(*row)


def names_of(lines: list[AuditLine]) -> dict[int, str]:
    """The sign-in names of the people in some lines (the table is named, not imported: accounts stand above)."""
    ids = sorted({line.actor_id for line in lines if line.actor_id is not None})
    people = table("user_account", column("id"), column("username"))
    rows = db.session.execute(select(people.c.id, people.c.username).where(people.c.id.in_(ids)))
    return {row.id: row.username for row in rows}
