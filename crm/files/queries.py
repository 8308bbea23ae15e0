"""Named reads of files. Whether somebody may read a lead's file is asked of the lead, which registers how."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from crm.core.db import db
from crm.core.errors import NotFound
from crm.files.models import StoredFile
from crm.policy import rules as policy

LeadStanding = Callable[[int, policy.Actor], policy.Standing]
_standing: list[LeadStanding] = []


def guard_with(standing: LeadStanding) -> None:
    """Say how an actor stands to a lead (crm.leads does): files lie below leads and do not know them."""
    _standing[:] = [standing]


def visible_file(public_id: str, *, actor: policy.Actor) -> StoredFile:
    """A file this person may read; NotFound otherwise."""
    found = db.session.scalar(select(StoredFile).where(StoredFile.public_id == public_id))
    if found is None:
        raise NotFound
    if found.lead_id is not None:
        may = policy.can(_standing[0](found.lead_id, actor), "file", "read")
    else:
        may = policy.can(policy.towards_self(actor, found.stored_by_id), "file", "own")
    if not may:
        raise NotFound
    return found


def of_lead(lead_id: int) -> list[StoredFile]:
    """The files of a lead, newest first. The caller has asked the policy."""
    query = select(StoredFile).where(StoredFile.lead_id == lead_id)
    return list(db.session.scalars(query.order_by(StoredFile.stored_at.desc(), StoredFile.id.desc())))


def readable_of(lead_id: int, *, actor: policy.Actor) -> list[tuple[str, str]]:
    """A lead's files as choices (public id, name), newest first, for those who read them; nothing for others."""
    if not policy.can(_standing[0](lead_id, actor), "file", "read"):
        return []
    return [(file.public_id, file.name) for file in of_lead(lead_id)]


def evidence_of(lead_id: int, *, actor: policy.Actor) -> list[StoredFile]:
    """A lead's pieces of evidence, newest first, for those who read its files; nothing for others."""
    if not policy.can(_standing[0](lead_id, actor), "file", "read"):
        return []
    return [file for file in of_lead(lead_id) if file.purpose == "evidence"]


def evidence_types(lead_id: int) -> list[str | None]:
    """The types of a lead's pieces of evidence, one for each piece; none for one stored before there were types."""
    query = select(StoredFile.evidence_type).where(StoredFile.lead_id == lead_id, StoredFile.purpose == "evidence")
    return list(db.session.scalars(query))


def by_id(file_id: int) -> StoredFile:
    """The file of an id; NotFound. For jobs that carry the id of what was uploaded."""
    found = db.session.get(StoredFile, file_id)
    if found is None:
        raise NotFound
    return found


def path_of(root: str, sha256: str) -> Path:
    """Where the bytes of a digest lie."""
    return Path(root) / sha256[:2] / sha256[2:4] / sha256
