"""Storing files: bytes first, row second; a crash between the two leaves bytes that nobody names, never a row without bytes."""

import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

from crm.audit import services as audit
from crm.core.db import db
from crm.files.models import FileAccess, StoredFile
from crm.files.queries import path_of
from crm.files.rules import Checked, check_file, safe_name
from crm.policy.rules import Actor


def store_file(
    content: bytes,
    name: str,
    *,
    purpose: str,
    root: str,
    actor: Actor,
    now: datetime,
    lead_id: int | None = None,
    interaction_id: int | None = None,
    evidence_type: str | None = None,
) -> StoredFile:
    """Keep a file that passed `check_file`; raises FileRefused. `root` is the folder of all files, `evidence_type` what a piece
    of evidence is. The caller has asked the policy of the lead.
    """
    checked = check_file(name, content)
    return _keep(content, checked, purpose, root, actor, now, lead_id, interaction_id, evidence_type)


def store_made(content: bytes, name: str, kind: str, *, root: str, actor: Actor, now: datetime) -> StoredFile:
    """Keep a result that the product made itself, of a kind that no upload may have; it belongs to the person it was made for."""
    return _keep(content, Checked(safe_name(name), kind), "result", root, actor, now, None, None)


def _keep(
    content: bytes, checked: Checked, purpose: str, root: str, actor: Actor, now: datetime, lead_id: int | None,
    interaction_id: int | None, evidence_type: str | None = None,
) -> StoredFile:  # fmt: skip
    sha256 = hashlib.sha256(content).hexdigest()
    _write(path_of(root, sha256), content)
    row = StoredFile(
        name=checked.name,
        kind=checked.kind,
        size=len(content),
        sha256=sha256,
        purpose=purpose,
        evidence_type=evidence_type,
        lead_id=lead_id,
        interaction_id=interaction_id,
        stored_by_id=actor.user_id,
        stored_at=now,
    )
    db.session.add(row)
    db.session.flush()
    subject = ("lead", lead_id) if lead_id else ("file", row)
    facts: dict[str, object] = {"name": checked.name, "sha256": sha256, "size": len(content), "purpose": purpose}
    if evidence_type:
        facts["type"] = evidence_type
    audit.record("file.stored", subject=subject, facts=facts, actor=actor, now=now)
    return row


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def note_access(file: StoredFile, *, actor: Actor, now: datetime) -> None:
    """Somebody opened a file."""
    db.session.add(FileAccess(file_id=file.id, user_id=actor.user_id, at=now))
    subject = ("lead", file.lead_id) if file.lead_id else ("file", file)
    audit.record("file.opened", subject=subject, facts={"name": file.name}, actor=actor, now=now)
