"""Tables of targets, each with its versions, and of figures that people entered."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.clusters.models import Cluster
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import UtcDateTime
from crm.units.models import Unit

_IN_FORCE = column("replaced_at").is_(None)
_OF_ONE = "(place = 'city' AND unit_id IS NULL AND cluster_id IS NULL) OR (place IN ('district', 'bureau') AND unit_id IS NOT NULL AND cluster_id IS NULL) OR (place = 'cluster' AND unit_id IS NULL AND cluster_id IS NOT NULL)"  # noqa: E501


class Target(Identified, Model):
    """指标: what is aimed at in a period by the city, a district, a bureau or a cluster. `value` is in ten-thousandths of the
    indicator's unit. Never changed: a new version (`replaces_id`) takes its place and closes it (`replaced_at`). `key` names
    indicator, period and place in one word, of which one version is in force. Without `set_by_id`: as the plan brought it.
    """

    __tablename__ = "target"
    __table_args__ = (
        CheckConstraint("place IN ('city', 'district', 'bureau', 'cluster')", name="place"),
        CheckConstraint(_OF_ONE, name="of_one"),
        CheckConstraint("operator IN ('>', '>=', '~')", name="operator"),
        CheckConstraint("value > 0", name="value"),
        Index("uq_target_in_force", "key", unique=True, sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE),
        Index("ix_target_key", "key", "id"),
        Index("ix_target_unit_id", "unit_id"),
        Index("ix_target_cluster_id", "cluster_id"),
        Index("ix_target_replaces_id", "replaces_id"),
    )

    key: Mapped[str] = mapped_column(String(40))
    indicator: Mapped[str] = mapped_column(String(8))
    period: Mapped[str] = mapped_column(String(8))
    place: Mapped[str] = mapped_column(String(8))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"))
    operator: Mapped[str] = mapped_column(String(2))
    value: Mapped[int] = mapped_column(BigInteger)
    aspirational: Mapped[bool] = mapped_column(default=False)
    verified: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(400))
    valid_from: Mapped[date] = mapped_column()
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("target.id"))
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_demo: Mapped[bool] = mapped_column(default=False)
    unit: Mapped[Unit | None] = relationship(lazy="joined")
    cluster: Mapped[Cluster | None] = relationship(lazy="joined")
    set_by: Mapped[User | None] = relationship(lazy="joined")


class TargetFigure(Identified, Model):
    """A figure that somebody entered: an indicator of the city, a district, a bureau or a cluster, up to a month (flows from
    the first of that year on, stocks at its end), with its source. Never changed: another row stands in its place
    (`corrects_id`).
    """

    __tablename__ = "target_figure"
    __table_args__ = (
        CheckConstraint("place IN ('city', 'district', 'bureau', 'cluster')", name="place"),
        CheckConstraint(_OF_ONE, name="of_one"),
        CheckConstraint("value >= 0", name="value"),
        Index("ix_target_figure_of", "key", "month", "id"),
        Index("ix_target_figure_unit_id", "unit_id"),
        Index("ix_target_figure_cluster_id", "cluster_id"),
        Index("uq_target_figure_corrects_id", "corrects_id", unique=True),
    )

    key: Mapped[str] = mapped_column(String(32))
    indicator: Mapped[str] = mapped_column(String(8))
    place: Mapped[str] = mapped_column(String(8))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"))
    month: Mapped[date] = mapped_column()
    value: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(200))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("target_figure.id"))
    reason: Mapped[str | None] = mapped_column(String(400))
    is_demo: Mapped[bool] = mapped_column(default=False)
    entered_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)
