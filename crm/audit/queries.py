"""Named reads of the audit trail."""

from collections.abc import Collection, Iterator

from sqlalchemy import column, select, table
from sqlalchemy.orm import selectinload

from crm.audit.models import AuditLine
from crm.audit.rules import Link
from crm.core.db import db

PAGE = 50


def history_of(
    subject_type: str | None = None, subject_id: int | None = None, *, before: int | None = None, limit: int = PAGE
) -> list[AuditLine]:
    """The newest lines of all, of one kind of record or about one record, or those before line `before`; with their payloads."""
    query = select(AuditLine).options(selectinload(AuditLine.payload))
    if subject_type is not None:
        query = query.where(AuditLine.subject_type == subject_type)
    if subject_id is not None:
        query = query.where(AuditLine.subject_id == subject_id)
    if before is not None:
        query = query.where(AuditLine.seq < before)
    return list(db.session.scalars(query.order_by(AuditLine.seq.desc()).limit(limit)))


def lines_about(subject_type: str, ids: Collection[int], actions: Collection[str], *, limit: int) -> list[AuditLine]:
    """The newest lines about some records of a kind, of some actions; with their payloads."""
    about = (AuditLine.subject_type == subject_type) & AuditLine.subject_id.in_(ids) & AuditLine.action.in_(actions)
    query = select(AuditLine).options(selectinload(AuditLine.payload)).where(about)
    return list(db.session.scalars(query.order_by(AuditLine.seq.desc()).limit(limit))) if ids else []


def links() -> Iterator[Link]:
    """The whole chain in order, for verification."""
    columns = (
        AuditLine.seq, AuditLine.prev_hash, AuditLine.hash, AuditLine.at, AuditLine.action, AuditLine.actor_id,
        AuditLine.subject_type, AuditLine.subject_id, AuditLine.payload_digest,
    )  # fmt: skip
    query = select(*columns).order_by(AuditLine.seq).execution_options(yield_per=1000)
    for row in db.session.execute(query, bind_arguments={"bind": db.engine}):  # what comes piece by piece needs a transaction
        yield Link(*row)


def names_of(lines: list[AuditLine]) -> dict[int, str]:
    """The sign-in names of the people in some lines (the table is named, not imported: accounts stand above)."""
    ids = sorted({line.actor_id for line in lines if line.actor_id is not None})
    people = table("user_account", column("id"), column("username"))
    rows = db.session.execute(select(people.c.id, people.c.username).where(people.c.id.in_(ids)))
    return {row.id: row.username for row in rows}
