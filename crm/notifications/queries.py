"""Named reads of messages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from crm.core.db import db, rows_of_columns
from crm.core.errors import NotFound
from crm.notifications.models import Notification
from crm.policy.rules import Actor

_UNREAD = select(func.count()).where(Notification.user_id == bindparam("user_id"), Notification.read_at.is_(None))


@dataclass(frozen=True, slots=True)
class Called:
    """What a lead is called for its reader today. `hidden`: a code name or nothing, where its names may not be read, else None;
    `name`: its number and name, where they may.
    """

    hidden: str | None
    name: str


_UNTOLD = Called(None, "")
LeadNames = Callable[[set[str], Actor], dict[str, Called]]
_names: list[LeadNames] = []


def guard_with(names: LeadNames) -> None:
    """Say what leads are called for a person (crm.leads does): messages lie below leads and do not know them."""
    _names[:] = [names]


@dataclass(frozen=True, slots=True)
class Message:
    """A message as its reader may read it today. `hidden`: what to call its lead instead of the names that stand in its facts, a
    code name or nothing; None where they may be read. Then nothing else of the facts is to be said that tells who it is.
    `called`: the leads that its subject hangs on, which the sentence does not name, where their names may be read.
    """

    public_id: str
    code: str
    facts: dict[str, Any]
    subject_type: str | None
    subject_public_id: str | None
    created_at: datetime
    read_at: datetime | None
    hidden: str | None = None
    called: tuple[str, ...] = ()


def unread_count(actor: Actor) -> int:
    """How many messages wait for this person: the bell."""
    return rows_of_columns(_UNREAD, {"user_id": actor.user_id}).scalar() or 0


def mine(actor: Actor, *, limit: int = 100) -> list[Message]:
    """This person's newest messages. A lead that was told of may have got a code name since: its names are not said then."""
    query = select(Notification).where(Notification.user_id == actor.user_id)
    found = list(db.session.scalars(query.order_by(Notification.created_at.desc(), Notification.id.desc()).limit(limit)))
    leads = {lead for row in found for lead in (_lead_of(row), *_about(row)) if lead}
    names = _names[0](leads, actor) if leads else {}
    return [
        Message(
            row.public_id, row.code, row.facts, row.subject_type, row.subject_public_id, row.created_at, row.read_at,
            names.get(_lead_of(row) or "", _UNTOLD).hidden,
            tuple(dict.fromkeys(names[lead].name for lead in _about(row) if lead in names and names[lead].name)),
        )
        for row in found
    ]  # fmt: skip


def _lead_of(row: Notification) -> str | None:
    """The lead whose names a message holds: what it is about, or what that is about."""
    return row.subject_public_id if row.subject_type == "lead" else row.facts.get("lead")


def _about(row: Notification) -> list[str]:
    """The leads that the subject of a message hangs on, whose names it does not hold."""
    return str(row.facts.get("about") or "").split()


def my_message(public_id: str, actor: Actor) -> Notification:
    """One message of this person; NotFound for anybody else's."""
    query = select(Notification).where(Notification.public_id == public_id, Notification.user_id == actor.user_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def sent_about(subject: tuple[str, str], code: str, *, since: datetime) -> int:
    """How many messages of a code about a record were delivered since a moment: the rows are the delivery."""
    about = (Notification.subject_type == subject[0]) & (Notification.subject_public_id == subject[1])
    query = select(func.count()).where(about, Notification.code == code, Notification.created_at >= since)
    return db.session.scalar(query) or 0
