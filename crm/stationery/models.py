"""The table of templates that an office has put in use, or has given up."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import UtcDateTime
from crm.files.models import StoredFile


class PaperTemplate(Identified, Model):
    """One step of a paper's template, numbered from 1: from then on this file is filled, or, without a file, the product's own
    again. Rows are added, never changed; the newest holds.
    """

    __tablename__ = "paper_template"
    __table_args__ = (UniqueConstraint("paper", "number"),)

    paper: Mapped[str] = mapped_column(String(20))
    number: Mapped[int] = mapped_column()
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), index=True)
    note: Mapped[str | None] = mapped_column(String(200))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    file: Mapped[StoredFile | None] = relationship(lazy="joined")
    by: Mapped[User] = relationship(lazy="joined", innerjoin=True)
