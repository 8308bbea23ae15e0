"""Tables of companies."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core.db import Model
from crm.core.models import Identified, Versioned
from crm.core.types import UtcDateTime


class Company(Identified, Versioned, Model):
    """A legal entity. `name` is how the page calls it (Chinese where known), `original_name` its own language.

    `name_key` is unique: the normalised name, with "#2", "#3" behind it where a person said that two firms of one name are
    different. `sort_key` is stored pinyin. `merged_into_id` is the company that this one was merged into: its names and numbers
    went there, its key stays taken and means the one that stays. `parent_id` is the company above it in its group (上级公司), as
    a person put on record; the newest ParentChange says who and why.
    """

    __tablename__ = "company"
    __table_args__ = (
        # Few have a parent: an index of all looks, to a planner, as if a parent had half the base for daughters.
        Index(
            "ix_company_parent_id", "parent_id",
            sqlite_where=column("parent_id").is_not(None), postgresql_where=column("parent_id").is_not(None),
        ),
        Index("ix_company_sort_key", "sort_key"),
        Index("ix_company_merged_into_id", "merged_into_id"),
    )  # fmt: skip

    name: Mapped[str] = mapped_column(String(200))
    original_name: Mapped[str | None] = mapped_column(String(200))
    original_lang: Mapped[str | None] = mapped_column(String(10))
    name_key: Mapped[str] = mapped_column(String(260), unique=True)
    sort_key: Mapped[str] = mapped_column(String(400))
    country: Mapped[str | None] = mapped_column(String(2))
    website: Mapped[str | None] = mapped_column(String(300))
    industry_text: Mapped[str | None] = mapped_column(String(100))
    note: Mapped[str | None] = mapped_column(String(1000))
    is_target: Mapped[bool] = mapped_column(default=False)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    import_id: Mapped[int | None] = mapped_column()
    is_demo: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[int | None] = mapped_column()
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    names: Mapped[list["CompanyName"]] = relationship(back_populates="company", order_by="CompanyName.id")
    identifiers: Mapped[list["CompanyIdentifier"]] = relationship(back_populates="company")


class CompanyName(Model):
    """One name of a company: who added it, and when. Names are retired, never deleted.

    `confirmed_at`: when a person said that the company they chose is called so too; None for a name that came with its company or
    that an import brought.
    """

    __tablename__ = "company_name"
    __table_args__ = (
        CheckConstraint("kind IN ('official', 'original', 'short', 'former', 'alias')", name="kind"),
        UniqueConstraint("company_id", "text"),
        Index("ix_company_name_key", "key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    text: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    lang: Mapped[str | None] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(250))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    company: Mapped[Company] = relationship(back_populates="names")


class CompanyNote(Model):
    """A dated note: what was said of a company under the name `about`, and does not fit into its one note any more."""

    __tablename__ = "company_note"
    __table_args__ = (Index("ix_company_note_company_id", "company_id", "noted_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    about: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(String(1000))
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CompanyIdentifier(Model):
    """A number or domain that only one company has."""

    __tablename__ = "company_identifier"
    __table_args__ = (UniqueConstraint("scheme", "value"), Index("ix_company_identifier_company_id", "company_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    scheme: Mapped[str] = mapped_column(String(12))
    value: Mapped[str] = mapped_column(String(100))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    company: Mapped[Company] = relationship(back_populates="identifiers")


class Contact(Identified, Versioned, Model):
    """A person on the investor's side, known through one lead. Shown masked; every look behind the mask is logged."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_lead_id", "lead_id"), Index("ix_contact_company_id", "company_id"))

    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"))
    name: Mapped[str] = mapped_column(String(80))
    title: Mapped[str | None] = mapped_column(String(80))
    phone: Mapped[str | None] = mapped_column(String(40))
    phone_key: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(200))
    merged_into_id: Mapped[int | None] = mapped_column()
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ParentChange(Model):
    """A company's parent was put on record, or (without one) taken off it: who said so, when and why. Rows are only added."""

    __tablename__ = "parent_change"
    __table_args__ = (
        Index("ix_parent_change_company_id", "company_id", "id"),
        Index("ix_parent_change_parent_id", "parent_id"),
        Index("ix_parent_change_changed_at", "changed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    reason: Mapped[str] = mapped_column(String(400))
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PairDecision(Model):
    """What a person decided about two companies; never asked again. The smaller id stands first."""

    __tablename__ = "pair_decision"
    __table_args__ = (
        UniqueConstraint("a_id", "b_id"),
        CheckConstraint("a_id < b_id", name="order"),
        CheckConstraint("verdict IN ('same', 'related', 'different')", name="verdict"),
        Index("ix_pair_decision_b_id", "b_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    a_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    b_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    verdict: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(400))
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
