"""Whether the database is there, and laid out as this release of the program wants it."""

from enum import StrEnum
from pathlib import Path

from sqlalchemy import column, select, table
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from crm.core.db import db

HEAD = Path(__file__).resolve().parents[2] / "migrations" / "HEAD"

_VERSION = table("alembic_version", column("version_num"))


class State(StrEnum):
    """What asking it said."""

    OK = "ok"
    NOT_MIGRATED = "not migrated"
    UNAVAILABLE = "unavailable"


def state() -> State:
    """Asked anew, beside the session."""
    try:
        connection = db.engine.connect()
    except SQLAlchemyError:
        return State.UNAVAILABLE
    with connection:
        try:
            stored = connection.scalar(select(_VERSION))
        except DBAPIError:  # before the first migration there is no such table
            return State.UNAVAILABLE if connection.invalidated else State.NOT_MIGRATED
    return State.OK if stored == HEAD.read_text("utf-8").strip() else State.NOT_MIGRATED
