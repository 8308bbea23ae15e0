"""Tables of the review: pairs that may be one firm, what people said, and how far a sweep has come."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import JSONType, PublicId, UtcDateTime
from crm.review.rules import PairState


class ReviewDecision(Identified, Model):
    """What a person said about a pair in the queue. `before` holds what an undo puts back; `merge_public_id` the merge made."""

    __tablename__ = "review_decision"
    __table_args__ = (
        CheckConstraint("a_id < b_id", name="order"),
        CheckConstraint("answer IN ('same', 'related', 'different', 'later', 'proposed')", name="answer"),
        Index("ix_review_decision_by", "decided_by_id", "decided_at"),
        Index("ix_review_decision_a_id", "a_id", "b_id"),
        Index("ix_review_decision_b_id", "b_id"),
    )

    a_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    b_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    answer: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(400))
    merge_public_id: Mapped[str | None] = mapped_column(PublicId)
    before: Mapped[dict[str, Any]] = mapped_column(JSONType)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReviewPair(Identified, Model):
    """Two companies that may be one; the smaller id stands first. Written and refreshed by the sweep.

    `a_money`, `b_money` are the sums of the companies' leads in fen, `units` how many units follow them; `group_key` the
    group in which the queue shows the pair.
    """

    __tablename__ = "review_pair"
    __table_args__ = (
        UniqueConstraint("a_id", "b_id"),
        CheckConstraint("a_id < b_id", name="order"),
        CheckConstraint("verdict IN ('same', 'related', 'different')", name="verdict"),
        CheckConstraint("state IN ('open', 'later', 'decided')", name="state"),
        Index("ix_review_pair_b_id", "b_id"),
        Index("ix_review_pair_group", "group_key"),
        Index("ix_review_pair_state", "state", "group_key", "score"),
        Index("ix_review_pair_decision_id", "decision_id"),
    )

    a_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    b_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    verdict: Mapped[str] = mapped_column(String(10))
    score: Mapped[float] = mapped_column(Float)
    certainty: Mapped[int] = mapped_column()
    reasons: Mapped[list[Any]] = mapped_column(JSONType)
    a_money: Mapped[int] = mapped_column(BigInteger, default=0)
    b_money: Mapped[int] = mapped_column(BigInteger, default=0)
    units: Mapped[int] = mapped_column(default=0)
    group_key: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(10), default=PairState.OPEN)
    later_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("review_decision.id"))
    proposed_by: Mapped[User | None] = relationship(lazy="select")


class ReviewSweep(Identified, Model):
    """One comparison of everything, or of what changed since `since`. `position` is the last company compared: a worker that dies
    leaves it to the next one.
    """

    __tablename__ = "review_sweep"
    __table_args__ = (Index("ix_review_sweep_finished", "finished_at", "id"),)

    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    position: Mapped[int] = mapped_column(default=0)
    compared: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    job_public_id: Mapped[str | None] = mapped_column(PublicId)
    started_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
