"""Loading the taxonomy."""

from sqlalchemy import select

from crm.clusters import rules
from crm.clusters.models import Cluster
from crm.core.db import db


def load_reference() -> int:
    """Add items of the data file that are not there yet; how many."""
    known = {(c.taxonomy, c.code) for c in db.session.scalars(select(Cluster))}
    added = 0
    for version in rules.taxonomy()["versions"]:
        for place, item in enumerate(version["items"]):
            if (version["id"], item["code"]) in known:
                continue
            db.session.add(
                Cluster(taxonomy=version["id"], code=item["code"], zh=item["zh"], en=item["en"], kind=item["kind"], sort=place)
            )
            added += 1
    db.session.flush()
    return added
