"""Tables of people and of what proves who they are."""

from datetime import date, datetime

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.rules import read_desks, read_memberships
from crm.core import clock
from crm.core.db import Model
from crm.core.models import Identified, Versioned
from crm.core.types import UtcDateTime
from crm.policy.rules import Actor, Role
from crm.units.models import Unit

_LIVE = column("ended_at").is_(None)


class User(Identified, Versioned, UserMixin, Model):
    """A person with one role in one unit. Disabled when they leave, never deleted. `task_force_text` repeats their live
    memberships ("12:2026-12-31 15:2027-03-31": unit and last day), `desk_text` whose desks they do (person, first and last day),
    so that a request need not ask for them.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint(
            "role IN ('officer','district_manager','coordinator','leader','auditor','system_admin','security_admin')",
            name="role",
        ),
        Index("ix_user_account_unit_id", "unit_id"),
    )

    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str] = mapped_column(String(5), default="zh")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    task_force_text: Mapped[str | None] = mapped_column(String(2000))
    desk_text: Mapped[str | None] = mapped_column(String(2000))
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)

    @property
    def is_active(self) -> bool:
        """A disabled person's live sessions end with the next request."""
        return self.disabled_at is None

    def as_actor(self) -> Actor:
        """The person as services see them."""
        return Actor(
            user_id=self.id,
            public_id=self.public_id,
            username=self.username,
            name=self.name,
            role=Role(self.role),
            unit_id=self.unit_id,
            unit_path=self.unit.path,
            locale=self.locale,
            task_forces=read_memberships(self.task_force_text, clock.today()),
            desks=read_desks(self.desk_text, clock.today()),
        )


class Membership(Identified, Model):
    """Somebody works in a task force (专班) besides their own unit, until a day. One live row a person and task force."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("uq_membership_live", "unit_id", "user_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_membership_user_id", "user_id"),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    until: Mapped[date] = mapped_column()
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined", innerjoin=True)
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)


class LoginLink(Model):
    """A link that lets somebody set a password once. Only its digest is stored."""

    __tablename__ = "login_link"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Guess(Model):
    """How many guesses were spent on a name or from an address in the present window."""

    __tablename__ = "guess"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(UtcDateTime)
    spent: Mapped[int] = mapped_column(default=0)
