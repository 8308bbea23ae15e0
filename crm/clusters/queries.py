"""Named reads of clusters."""

from functools import cache

from sqlalchemy import Select, select

from crm.clusters import rules
from crm.clusters.models import Cluster
from crm.clusters.rules import ClusterLabel
from crm.core.db import db, known, rows_of_columns


def current() -> list[Cluster]:
    """The items officers tag with, in order."""
    query = select(Cluster).where(Cluster.taxonomy == rules.current_version(), Cluster.retired_on.is_(None))
    return list(db.session.scalars(query.order_by(Cluster.sort)))


def labels() -> dict[int, ClusterLabel]:
    """The names of all items of all versions by id, in order; read once a request."""
    return known("clusters.labels", lambda: {row[0]: ClusterLabel(*row) for row in rows_of_columns(_labels_query())})


@cache
def _labels_query() -> Select[int, str, str, str, bool]:
    """Built once: every list asks it."""
    is_current = (Cluster.taxonomy == rules.current_version()) & Cluster.retired_on.is_(None)
    query = select(Cluster.id, Cluster.zh, Cluster.en, Cluster.kind, is_current)
    return query.order_by(Cluster.taxonomy.desc(), Cluster.sort)


def everything() -> list[Cluster]:
    """All items of all versions."""
    return list(db.session.scalars(select(Cluster).order_by(Cluster.taxonomy.desc(), Cluster.sort)))


def by_code(code: str, taxonomy: str | None = None) -> Cluster | None:
    """An item by its code, of the current version unless another is named."""
    version = taxonomy or rules.current_version()
    return db.session.scalar(select(Cluster).where(Cluster.taxonomy == version, Cluster.code == code))


def by_ids(ids: tuple[int, ...]) -> list[Cluster]:
    """Items by id, in the order asked for."""
    found = {c.id: c for c in db.session.scalars(select(Cluster).where(Cluster.id.in_(ids)))}
    return [found[i] for i in ids if i in found]
