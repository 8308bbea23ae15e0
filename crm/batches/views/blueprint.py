"""The room's blueprint, and what its doors share."""

from typing import Any

from flask import Blueprint

from crm.clusters import queries as clusters
from crm.units import queries as units
from crm.web.locale import html_lang

bp = Blueprint("batches", __name__, url_prefix="/batches")


def names() -> dict[str, Any]:
    """What the filters offer: areas and current clusters, by id and name."""
    lang, labels = html_lang(), units.labels()
    return {
        "areas": [(unit.id, unit.short(lang)) for unit in labels.values() if unit.is_area and not unit.retired],
        "cluster_names": [(item.id, item.name(lang)) for item in clusters.labels().values() if item.is_current],
        "unit_names": labels, "tags": clusters.labels(),
    }  # fmt: skip
