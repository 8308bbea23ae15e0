"""Named reads of messages."""

from datetime import datetime

from sqlalchemy import bindparam, func, select

from crm.core.db import db
from crm.core.errors import NotFound
from crm.notifications.models import Notification
from crm.policy.rules import Actor

_UNREAD = select(func.count()).where(Notification.user_id == bindparam("user_id"), Notification.read_at.is_(None))


def unread_count(actor: Actor) -> int:
    """How many messages wait for this person: the bell."""
    return db.session.scalar(_UNREAD, {"user_id": actor.user_id}) or 0


def mine(actor: Actor, *, limit: int = 100) -> list[Notification]:
    """This person's newest messages."""
    query = select(Notification).where(Notification.user_id == actor.user_id)
    return list(db.session.scalars(query.order_by(Notification.created_at.desc(), Notification.id.desc()).limit(limit)))


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
