"""The one index of names: tokens, and what a subject was indexed with. Written in the same transaction as the record."""

from typing import Any

from sqlalchemy import BigInteger, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Model
from crm.core.types import BriefJSON


class NameToken(Model):
    """One token of one subject. The key's order is the look-up's: on SQLite the table is its own index."""

    __tablename__ = "name_token"
    __table_args__ = {"sqlite_with_rowid": False}

    value: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    channel: Mapped[int] = mapped_column(SmallInteger)


class IndexEntry(Model):
    """What a subject was indexed with, so that a hundred candidates are judged by one read."""

    __tablename__ = "index_entry"

    kind: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    names: Mapped[list[Any]] = mapped_column(BriefJSON)
    country: Mapped[str | None] = mapped_column(String(2))
    identifiers: Mapped[list[Any]] = mapped_column(BriefJSON)
    tokens: Mapped[Any] = mapped_column(BriefJSON)  # their values; services know how
