"""Named reads of clusters."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import select

from crm.clusters import rules
from crm.clusters.models import Cluster
from crm.clusters.rules import ClusterLabel
from crm.core.db import db
from crm.core.small import SmallTable


def current() -> list[Cluster]:
    """The items officers tag with, in order."""
    query = select(Cluster).where(Cluster.taxonomy == rules.current_version(), Cluster.retired_on.is_(None))
    return list(db.session.scalars(query.order_by(Cluster.sort)))


def labels() -> dict[int, ClusterLabel]:
    """The names of all items of all versions by id, in order; read once a request."""
    return _labels()


def _labels_query() -> Any:
    is_current = (Cluster.taxonomy == rules.current_version()) & Cluster.retired_on.is_(None)
    return select(Cluster.taxonomy, Cluster.sort, Cluster.id, Cluster.zh, Cluster.en, Cluster.kind, is_current)


def _in_order(rows: list[Sequence[Any]]) -> dict[int, ClusterLabel]:
    rows = sorted(sorted(rows, key=itemgetter(1)), key=itemgetter(0), reverse=True)  # the newest version first
    return {id_: ClusterLabel(id_, zh, en, kind, bool(current)) for _version, _sort, id_, zh, en, kind, current in rows}


_labels = SmallTable(_labels_query, _in_order)


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
