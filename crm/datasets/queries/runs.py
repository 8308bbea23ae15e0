"""Whose dataset runs there are."""

from sqlalchemy import select

from crm.core.db import db
from crm.core.errors import NotFound
from crm.datasets.models import DatasetRun
from crm.files.models import StoredFile
from crm.policy import rules as policy
from crm.policy.rules import Actor


def visible_run(public_id: str, *, actor: Actor) -> DatasetRun:
    """The run that this person asked for; NotFound for anybody else's, and for who may make none any more."""
    run = db.session.scalar(select(DatasetRun).where(DatasetRun.public_id == public_id))
    own = run is not None and policy.can(policy.towards_self(actor, run.asked_by_id), "dataset", "read")
    if run is None or not own or not policy.may(actor, "dataset", "make"):
        raise NotFound
    return run


def file_of(public_id: str, *, actor: Actor) -> StoredFile:
    """The archive, for who asked for it; NotFound before there is one."""
    found = visible_run(public_id, actor=actor).file
    if found is None:
        raise NotFound
    return found


def mine(actor: Actor, *, limit: int = 30) -> list[DatasetRun]:
    """This person's runs, newest first."""
    query = select(DatasetRun).where(DatasetRun.asked_by_id == actor.user_id)
    return list(db.session.scalars(query.order_by(DatasetRun.id.desc()).limit(limit)))
