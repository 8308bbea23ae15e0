"""The same act sent twice (a double click, a retry after a lost answer) is done once (reliability study, M6)."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from crm.core.db import db, lock_key
from crm.core.errors import AlreadyDone, Refusal
from crm.core.models import OnceKey

KEPT = timedelta(days=2)


class ReusedKey(Refusal):
    """The same key came with another content."""

    code = "reused_key"
    status = 422


def claim(key: str, *, user_id: int, scope: str, body: str, now: datetime) -> OnceKey:
    """Take `key` for this act inside the present transaction; set `.answer` on what comes back.

    Raises AlreadyDone with `answer` (where the first try led) when it was taken with the same body, ReusedKey otherwise.
    Keys are per user and scope (the route), kept two days.
    """
    full = hashlib.sha256(f"{user_id}\x00{scope}\x00{key}".encode()).hexdigest()
    body_digest = hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()
    lock_key(f"once:{full}")
    found = db.session.scalar(select(OnceKey).where(OnceKey.key == full))
    if found is not None:
        if found.body_digest != body_digest:
            raise ReusedKey
        raise AlreadyDone(answer=found.answer)
    row = OnceKey(user_id=user_id, key=full, body_digest=body_digest, created_at=now)
    db.session.add(row)
    db.session.flush()
    return row


def forget_old(now: datetime) -> None:
    """Drop keys that nobody will send again."""
    db.session.execute(delete(OnceKey).where(OnceKey.created_at < now - KEPT))
