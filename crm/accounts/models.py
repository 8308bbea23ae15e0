"""Tables of people and of what proves who they are."""

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core.db import Model
from crm.core.models import Identified, Versioned
from crm.core.types import UtcDateTime
from crm.policy.rules import Actor, Role
from crm.units.models import Unit


class User(Identified, Versioned, UserMixin, Model):
    """A person with one role in one unit. Disabled when they leave, never deleted."""

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
        )


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
