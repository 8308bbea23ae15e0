"""Tables of leads."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Index, String, UniqueConstraint, column
from sqlalchemy.orm import Mapped, MappedSQLExpression, column_property, mapped_column, relationship

from crm.accounts.models import User
from crm.clusters.models import Cluster
from crm.companies.models import Company, Contact
from crm.core import clock
from crm.core.db import Model
from crm.core.models import Identified, Versioned
from crm.core.types import CurrencyCode, JSONType, UtcDateTime
from crm.leads.rules.lead import SIGNED_STAGES, Status
from crm.sharing.models import seal_in_text, shares_in_text
from crm.sharing.rules import Held, read_seal, read_shares
from crm.units.models import Unit

_NOT_ADMITTED = column("admitted_at").is_(None) & column("merged_into_id").is_(None)

_NOT_ENDED = column("ended_at").is_(None)
_EXPECTED = column("expected_on").is_not(None)
_UNANSWERED = column("wants_coordination").is_(True) & column("answered_at").is_(None)


class Lead(Identified, Versioned, Model):
    """One investment intention: investor × project. 线索 until admitted, 项目 after; one number for life.

    `project_slot` counts the investor's projects from 0: unique with the investor, so that one investor's one project is
    one lead unless a person says "another project". `total_cny` (fen) and `contracted_usd` (cents) are the sums converted
    at the rate of `rate_day`: what totals add up. `stage`, `status`, `next_due` and `last_progress_on` repeat the newest
    row of their own tables. `merged_into_id` is the lead that this one was merged into: it is on no list any more, and its
    address leads there. `unchecked_since` (待比对): it was saved before the comparison with the base was through; the next sweep
    makes up for it. `city_move_on` (市内迁移): the day since which it is a move inside the city, which counts as nothing new.
    `project_type` (None: not said yet) decides which milestones its path has.
    Of a phase or expansion, and of what has such, both are without `less_cny` and `less_usd`, which other leads of the family
    count: only what it adds counts. `phase_*` repeat what it is to the one above.
    `expected_*`: the next milestone that has an expected day (预计节点), that day, how many days and times it was moved.
    `disputed_on`: the day since which a dispute about it is open; until that ends its clock rests and nobody merges it away,
    gives it away or seals it.
    """

    __tablename__ = "lead"
    __table_args__ = (
        UniqueConstraint("investor_id", "project_slot"),
        CheckConstraint("stage IN ('lead', 'negotiating', 'signed', 'under_construction', 'operating')", name="stage"),
        CheckConstraint("status IN ('active', 'paused', 'ended')", name="status"),
        CheckConstraint("total_amount IS NULL OR total_amount >= 0", name="total_amount"),
        CheckConstraint("contracted_amount IS NULL OR contracted_amount >= 0", name="contracted_amount"),
        # Lists: an order with and without a stage; what decides about rights stands in the two most used, so that a page far
        # behind is found in the index alone.
        Index(
            "ix_lead_stage_touched", "stage", "touched_at", "id", "following_unit_path", "owner_id", "merged_into_id", "status"
        ),
        Index("ix_lead_touched", "touched_at", "id", "following_unit_path", "owner_id", "merged_into_id", "status"),
        Index("ix_lead_stage_sort_key", "stage", "sort_key", "id"),
        Index("ix_lead_sort_key", "sort_key", "id"),
        Index("ix_lead_stage_total", "stage", "total_order", "id"),
        Index("ix_lead_total", "total_order", "id"),
        Index("ix_lead_stage_due", "stage", "due_order", "id"),
        Index("ix_lead_due", "due_order", "id"),
        Index("ix_lead_stage_registered", "stage", "registered_at", "id"),
        Index("ix_lead_registered", "registered_at", "id"),
        Index("ix_lead_stage_since", "stage", "stage_since", "id"),
        Index(
            "ix_lead_stage_country",
            "stage",
            "country",
            "admitted_at",
            "contracted_usd",
            "following_unit_path",
            "merged_into_id",
            "status",
        ),
        # Numbers of the stages, read from the index alone, a stage's days one after another.
        Index(
            "ix_lead_numbers",
            "stage",
            "stage_since",
            "merged_into_id",
            "total_verified",
            "admitted_at",
            "total_cny",
            "contracted_usd",
            "following_unit_path",
            "owner_id",
            "status",
        ),
        Index("ix_lead_unit_stage_touched", "following_unit_id", "stage", "touched_at", "id"),
        Index("ix_lead_unit_path_stage", "following_unit_path", "stage"),
        Index("ix_lead_owner_stage", "owner_id", "stage", "touched_at"),
        # 待研判: of many leads few are not admitted.
        Index("ix_lead_queue", "registered_at", "id", sqlite_where=_NOT_ADMITTED, postgresql_where=_NOT_ADMITTED),
        Index("ix_lead_registered_by", "registered_by_id"),
        Index("ix_lead_import_id", "import_id"),
        Index("ix_lead_next_due", "owner_id", "next_due"),
        Index("ix_lead_merged_into_id", "merged_into_id"),
        Index("ix_lead_unchecked_since", "unchecked_since", "id"),
        Index("ix_lead_expected_on", "expected_on", "id", sqlite_where=_EXPECTED, postgresql_where=_EXPECTED),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    investor_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    project_slot: Mapped[int] = mapped_column(default=0)
    another_project_reason: Mapped[str | None] = mapped_column(String(400))
    intermediary: Mapped[str | None] = mapped_column(String(120))
    amount_band: Mapped[str | None] = mapped_column(String(12))
    country: Mapped[str | None] = mapped_column(String(2))
    controlling_country: Mapped[str | None] = mapped_column(String(2))
    project_type: Mapped[str | None] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(20))
    introducer: Mapped[str | None] = mapped_column(String(120))
    industry: Mapped[str | None] = mapped_column(String(3))
    park: Mapped[str | None] = mapped_column(String(120))
    external_number: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str | None] = mapped_column(String(2000))

    total_amount: Mapped[int | None] = mapped_column(BigInteger)
    total_currency: Mapped[str | None] = mapped_column(CurrencyCode)
    total_cny: Mapped[int | None] = mapped_column(BigInteger)
    total_verified: Mapped[bool] = mapped_column(default=False)
    contracted_amount: Mapped[int | None] = mapped_column(BigInteger)
    contracted_currency: Mapped[str | None] = mapped_column(CurrencyCode)
    contracted_usd: Mapped[int | None] = mapped_column(BigInteger)
    rate_day: Mapped[date | None] = mapped_column()
    less_cny: Mapped[int | None] = mapped_column(BigInteger)
    less_usd: Mapped[int | None] = mapped_column(BigInteger)
    phase_kind: Mapped[str | None] = mapped_column(String(10))
    phase_number: Mapped[int | None] = mapped_column()

    stage: Mapped[str] = mapped_column(String(20), default="lead")
    stage_since: Mapped[date] = mapped_column()
    status: Mapped[str] = mapped_column(String(10), default=Status.ACTIVE)
    first_talks_on: Mapped[date | None] = mapped_column()
    admitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    assessed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    assessment: Mapped[str | None] = mapped_column(String(12))
    next_due: Mapped[date | None] = mapped_column()
    next_step: Mapped[str | None] = mapped_column(String(200))
    last_progress_on: Mapped[date | None] = mapped_column()

    following_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    following_unit_path: Mapped[str] = mapped_column(String(200))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    registered_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    origin: Mapped[str] = mapped_column(String(10), default="form")
    import_id: Mapped[int | None] = mapped_column()
    is_demo: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[int | None] = mapped_column()
    unchecked_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    city_move_on: Mapped[date | None] = mapped_column()
    disputed_on: Mapped[date | None] = mapped_column()
    expected_kind: Mapped[str | None] = mapped_column(String(24))
    expected_on: Mapped[date | None] = mapped_column()
    expected_slip: Mapped[int | None] = mapped_column()
    expected_moves: Mapped[int | None] = mapped_column()

    sort_key: Mapped[str] = mapped_column(String(400))
    share_text: ClassVar[MappedSQLExpression[str | None]]
    seal_text: ClassVar[MappedSQLExpression[str | None]]
    # A null has its place at the end of an order; as a value of its own it lets both databases walk an index.
    total_order: Mapped[int] = mapped_column(BigInteger, Computed("coalesce(total_cny, -1)", persisted=True))
    due_order: Mapped[date] = mapped_column(Computed("coalesce(next_due, '9999-12-31')", persisted=True))
    search_text: Mapped[str] = mapped_column(String(2000))

    investor: Mapped[Company | None] = relationship()
    following_unit: Mapped[Unit] = relationship(foreign_keys=[following_unit_id])
    registered_unit: Mapped[Unit] = relationship(foreign_keys=[registered_unit_id])
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id], lazy="select")
    registered_by: Mapped[User] = relationship(foreign_keys=[registered_by_id], lazy="select")
    clusters: Mapped[list["LeadCluster"]] = relationship(back_populates="lead", order_by="LeadCluster.rank")
    districts: Mapped[list["LeadDistrict"]] = relationship(back_populates="lead", order_by="LeadDistrict.id")
    contacts: Mapped[list[Contact]] = relationship(order_by=Contact.id)
    parties: Mapped[list["LeadParty"]] = relationship(back_populates="lead", order_by="LeadParty.id")

    @property
    def signed(self) -> bool:
        """Whether other units may read who it is."""
        return self.stage in SIGNED_STAGES

    @property
    def code_name(self) -> str | None:
        """The name that it goes by today; None for its own."""
        return read_seal(self.seal_text, clock.today())

    @property
    def sealed(self) -> bool:
        """Whether it goes by a code name today."""
        return self.code_name is not None

    @property
    def shares(self) -> tuple[Held, ...]:
        """The shares in force today."""
        return read_shares(self.share_text, clock.today())

    @property
    def rests(self) -> bool:
        """Whether the clock of its first report stands still: it is signed, or ended, or there is a dispute about it."""
        return self.signed or self.status == Status.ENDED or self.disputed_on is not None

    @property
    def display_name(self) -> str | None:
        """The investor as pages call it; None when not disclosed yet."""
        return self.investor.name if self.investor else None


# What a person stands to a lead hangs on these two: they come with every lead, in the same statement.
Lead.share_text = column_property(shares_in_text(Lead.id))
Lead.seal_text = column_property(seal_in_text(Lead.id))


class LeadCluster(Model):
    """A tag of the 20+8 with its taxonomy version; rank 0 is the primary one, up to two more."""

    __tablename__ = "lead_cluster"
    __table_args__ = (
        UniqueConstraint("lead_id", "cluster_id"),
        UniqueConstraint("lead_id", "rank"),
        CheckConstraint("rank >= 0 AND rank <= 2", name="rank"),
        Index("ix_lead_cluster_cluster_id", "cluster_id", "rank", "lead_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"))
    rank: Mapped[int] = mapped_column(default=0)
    tagged_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    tagged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lead: Mapped[Lead] = relationship(back_populates="clusters")
    cluster: Mapped[Cluster] = relationship(lazy="joined", innerjoin=True)


class LeadDistrict(Model):
    """拟落户区: a reporting area where the project may land; several, or none (未定)."""

    __tablename__ = "lead_district"
    __table_args__ = (UniqueConstraint("lead_id", "unit_id"), Index("ix_lead_district_unit_id", "unit_id", "lead_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    lead: Mapped[Lead] = relationship(back_populates="districts")
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)


class LeadParty(Model):
    """Another company's role on a lead: 其他投资方, 中方合作方, 项目公司, 引荐人."""

    __tablename__ = "lead_party"
    __table_args__ = (
        CheckConstraint("role IN ('other_investor', 'chinese_partner', 'project_company', 'introducer')", name="role"),
        Index("ix_lead_party_lead_id", "lead_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    role: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    lead: Mapped[Lead] = relationship(back_populates="parties")


class LeadPhase(Identified, Model):
    """A lead is a phase (一期/二期) or an expansion (增资扩产) of another, since `at`; one at a time. What is over stays, with
    who ended it and why. `reason`: why it is one of another investor's project.
    """

    __tablename__ = "lead_phase"
    __table_args__ = (
        CheckConstraint("kind IN ('phase', 'expansion')", name="kind"),
        CheckConstraint("basis IN ('own', 'cumulative', 'included')", name="basis"),
        CheckConstraint("number >= 1 AND number <= 99", name="number"),
        CheckConstraint("lead_id <> parent_id", name="two_leads"),
        Index("uq_lead_phase_live", "lead_id", unique=True, sqlite_where=_NOT_ENDED, postgresql_where=_NOT_ENDED),
        Index("ix_lead_phase_lead_id", "lead_id"),
        Index("ix_lead_phase_parent_id", "parent_id"),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    parent_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    kind: Mapped[str] = mapped_column(String(10))
    number: Mapped[int] = mapped_column()
    basis: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(400))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_reason: Mapped[str | None] = mapped_column(String(400))
    by: Mapped[User] = relationship(foreign_keys=[by_id], lazy="joined", innerjoin=True)


class SecondReport(Identified, Model):
    """Somebody registered what the city already had: stored with its time and what was typed, and the lead's unit told."""

    __tablename__ = "second_report"
    __table_args__ = (
        Index("ix_second_report_lead_id", "lead_id"),
        Index("ix_second_report_unit_id", "unit_id"),
        # Of many second reports few wait for an answer.
        Index("ix_second_report_unanswered", "lead_id", sqlite_where=_UNANSWERED, postgresql_where=_UNANSWERED),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    typed: Mapped[dict[str, Any]] = mapped_column(JSONType)
    wants_coordination: Mapped[bool] = mapped_column(default=False)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(String(400))
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id], lazy="select")


class CoordinationMatter(Identified, Model):
    """需协调: a lead and another one of the same group or investor, until a coordinator has seen it and said so.

    `reason` is what was said when the lead was registered, `note` what the coordinator says.
    """

    __tablename__ = "coordination_matter"
    __table_args__ = (
        CheckConstraint("kind IN ('same_group', 'another_project')", name="kind"),
        Index("ix_coordination_matter_lead_id", "lead_id"),
        Index("ix_coordination_matter_other_lead_id", "other_lead_id"),
        Index("ix_coordination_matter_seen_at", "seen_at", "lead_id"),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    other_lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(400))
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(String(400))
    other: Mapped[Lead] = relationship(foreign_keys=[other_lead_id])
    seen_by: Mapped[User | None] = relationship(foreign_keys=[seen_by_id], lazy="select")


class Assessment(Model):
    """研判: one outcome with its reason. The lead repeats the newest."""

    __tablename__ = "assessment"
    __table_args__ = (
        CheckConstraint("outcome IN ('admitted', 'more_needed', 'not_admitted')", name="outcome"),
        Index("ix_assessment_lead_id", "lead_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    outcome: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(1000))
    assessed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    assessed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    assessed_by: Mapped[User] = relationship(lazy="select")


class FieldChange(Model):
    """An edited field of a lead: who, when, old → new, for the timeline."""

    __tablename__ = "field_change"
    __table_args__ = (Index("ix_field_change_lead_id", "lead_id", "changed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    field: Mapped[str] = mapped_column(String(40))
    old: Mapped[str | None] = mapped_column(String(2000))
    new: Mapped[str | None] = mapped_column(String(2000))
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[User] = relationship(lazy="select")
