"""Putting a template in use, and going back: to an older one, to the product's own."""

import zipfile
from datetime import datetime
from io import BytesIO

from crm.audit import services as audit
from crm.core.db import db, lock_key
from crm.core.papers.examining import examine
from crm.core.papers.faults import Fault
from crm.files import services as files
from crm.files.models import StoredFile
from crm.files.queries import path_of
from crm.files.rules import FileRefused, check_file
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.stationery import queries
from crm.stationery.models import PaperTemplate
from crm.stationery.rules import LARGEST, NothingToLeave, Paper, SameTemplate, TemplateMoved, TemplateRefused


def check_template(paper: Paper, content: bytes, name: str) -> None:
    """Raise TemplateRefused with every error, or FileRefused, unless the file may be filled as this paper."""
    if len(content) > LARGEST:
        raise FileRefused("file_too_large", name=name, megabytes=LARGEST // 1024 // 1024)
    if check_file(name, content).kind != "docx":
        raise FileRefused("template_no_docx", name=name)
    if faults := [*_outside(content), *examine(content, paper.example)]:
        raise TemplateRefused(faults)


def _outside(content: bytes) -> list[Fault]:
    """A paper shows what is in it: nothing that Word would fetch from elsewhere when somebody opens it."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = [one for one in archive.namelist() if one.endswith(".rels")]
        found = [one for one in names if _fetches(archive.read(one))]
    return [Fault("outside", name.rsplit("/", 1)[-1].removesuffix(".rels")) for name in found]


def _fetches(text: bytes) -> bool:
    parts = text.split(b"<Relationship ")
    return any(b'TargetMode="External"' in part and b"/hyperlink" not in part for part in parts)


def put_template(
    paper: Paper, content: bytes, name: str, note: str, *, opened: int, root: str, actor: Actor, now: datetime
) -> PaperTemplate:  # fmt: skip
    """From now on the paper is filled from this file. `opened`: the newest version that the page showed. Raises what
    `check_template` raises, TemplateMoved when somebody was faster, SameTemplate for the file in use.
    """
    policy.require(policy.of_role(actor), "paper_template", "edit", seen_by="list")
    check_template(paper, content, name)
    newest = _held(paper, opened)
    file = files.store_file(content, name, purpose="attachment", root=root, actor=actor, now=now)
    if newest is not None and newest.file is not None and newest.file.sha256 == file.sha256:
        raise SameTemplate
    row = _add(paper, opened, file, note, actor, now)
    facts = {"paper": paper.key, "number": row.number, "file": file.name, "sha256": file.sha256, "note": row.note}
    audit.record("template.put", subject=("paper_template", row), facts=facts, actor=actor, now=now)
    return row


def use_again(paper: Paper, public_id: str, *, opened: int, root: str, actor: Actor, now: datetime) -> PaperTemplate:
    """Go back to an older version: looked through again, as the fields may have changed since. Raises as `put_template`."""
    policy.require(policy.of_role(actor), "paper_template", "edit", seen_by="list")
    old = queries.version(public_id)
    newest = _held(paper, opened)
    file = queries.file_of(public_id)
    if newest is not None and newest.file_id == file.id:
        raise SameTemplate
    check_template(paper, path_of(root, file.sha256).read_bytes(), file.name)
    row = _add(paper, opened, file, old.note or "", actor, now)
    facts = {"paper": paper.key, "number": row.number, "again": old.number, "sha256": file.sha256}
    audit.record("template.again", subject=("paper_template", row), facts=facts, actor=actor, now=now)
    return row


def use_shipped(paper: Paper, *, opened: int, actor: Actor, now: datetime) -> PaperTemplate:
    """Go back to the product's own template. Raises NothingToLeave when no other one is in use, TemplateMoved."""
    policy.require(policy.of_role(actor), "paper_template", "edit", seen_by="list")
    newest = _held(paper, opened)
    if newest is None or newest.file_id is None:
        raise NothingToLeave
    row = _add(paper, opened, None, "", actor, now)
    facts = {"paper": paper.key, "number": row.number}
    audit.record("template.left", subject=("paper_template", row), facts=facts, actor=actor, now=now)
    return row


def _held(paper: Paper, opened: int) -> PaperTemplate | None:
    lock_key(f"paper-template:{paper.key}")
    newest = queries.newest_of(paper)
    if (newest.number if newest is not None else 0) != opened:
        raise TemplateMoved
    return newest


def _add(
    paper: Paper, opened: int, file: StoredFile | None, note: str, actor: Actor, now: datetime
) -> PaperTemplate:  # fmt: skip
    row = PaperTemplate(
        paper=paper.key, number=opened + 1, file_id=file.id if file else None, note=note.strip()[:200] or None,
        by_id=actor.user_id, at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
