"""Which template a paper is filled from, and how it came to that."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from crm.core.db import db
from crm.core.errors import NotFound
from crm.core.papers.filling import check, checked
from crm.files.models import StoredFile
from crm.files.queries import path_of
from crm.stationery.models import PaperTemplate
from crm.stationery.rules import Paper, papers


@dataclass(frozen=True, slots=True)
class InUse:
    """What a paper is filled from: source is "own" (a version put in use here), "folder" (a file on the server) or "shipped"."""

    paper: Paper
    source: str
    newest: PaperTemplate | None

    @property
    def number(self) -> int:
        """The newest version, 0 before the first: a form says which one it was opened on."""
        return self.newest.number if self.newest is not None else 0


def template_of(paper: Paper, config: Mapping[str, Any]) -> bytes:
    """The template to fill now: the office's version, else its file in the server's folder, else the product's own. Raises
    TemplateUnfit. `config`: FILES_PATH and TEMPLATES_PATH.
    """
    newest = newest_of(paper)
    if newest is None or newest.file is None:
        return checked(paper.shipped, Path(config["TEMPLATES_PATH"]) / paper.name, paper.fields)
    return check(path_of(config["FILES_PATH"], newest.file.sha256).read_bytes(), paper.fields)


def newest_of(paper: Paper) -> PaperTemplate | None:
    """The version that holds; None before the first."""
    query = select(PaperTemplate).where(PaperTemplate.paper == paper.key).order_by(PaperTemplate.number.desc())
    return db.session.scalar(query.limit(1))


def in_use(config: Mapping[str, Any]) -> list[InUse]:
    """Each paper with what it is filled from."""
    last = select(func.max(PaperTemplate.id)).group_by(PaperTemplate.paper)
    newest = {row.paper: row for row in db.session.scalars(select(PaperTemplate).where(PaperTemplate.id.in_(last)))}
    return [_in_use(paper, newest.get(paper.key), config["TEMPLATES_PATH"]) for paper in papers()]


def in_use_of(paper: Paper, config: Mapping[str, Any]) -> InUse:
    """What one paper is filled from."""
    return _in_use(paper, newest_of(paper), config["TEMPLATES_PATH"])


def _in_use(paper: Paper, newest: PaperTemplate | None, folder: str) -> InUse:
    if newest is not None and newest.file_id is not None:
        return InUse(paper, "own", newest)
    return InUse(paper, "folder" if (Path(folder) / paper.name).exists() else "shipped", newest)


def versions_of(paper: Paper) -> list[PaperTemplate]:
    """Every step of a paper's template, the newest first."""
    query = select(PaperTemplate).where(PaperTemplate.paper == paper.key).order_by(PaperTemplate.number.desc())
    return list(db.session.scalars(query.limit(200)))


def version(public_id: str) -> PaperTemplate:
    """A version that has a file. Raises NotFound."""
    found = db.session.scalar(select(PaperTemplate).where(PaperTemplate.public_id == public_id))
    if found is None or found.file is None:
        raise NotFound
    return found


def file_of(public_id: str) -> StoredFile:
    """The file of a version. Raises NotFound. The caller has asked the policy."""
    file = version(public_id).file
    if file is None:
        raise NotFound
    return file
