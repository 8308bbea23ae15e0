"""Named reads of clusters."""

from sqlalchemy import select

from crm.clusters import rules
from crm.clusters.models import Cluster
from crm.core.db import db


def current() -> list[Cluster]:
    """The items officers tag with, in order."""
    query = select(Cluster).where(Cluster.taxonomy == rules.current_version(), Cluster.retired_on.is_(None))
    return list(db.session.scalars(query.order_by(Cluster.sort)))


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
