"""The room's blueprint, and what its doors share."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request, url_for

from crm.clusters import queries as clusters
from crm.units import queries as units
from crm.web.locale import html_lang

bp = Blueprint("batches", __name__, url_prefix="/batches")


def link_to(endpoint: str, **fixed: Any) -> Callable[..., str]:
    """Gives a page's own address with some parameters changed (None takes one out) and back at the first page."""
    path = url_for(endpoint, **fixed)
    there = ((key, values) for key, values in request.args.lists() if values != [""] and key != "page")
    asked = {key: urlencode({key: values}, doseq=True) for key, values in there}

    def link(**changes: Any) -> str:
        parts = asked | {key: _part(key, value) for key, value in changes.items()}
        query = "&".join(part for part in parts.values() if part)
        return f"{path}?{query}" if query else path

    return link


@lru_cache(4096)
def _part(key: str, value: Any) -> str:
    """`key=value` as an address says it; nothing of None. A page has two hundred addresses of the same few."""
    return "" if value is None else urlencode({key: value})


def names() -> dict[str, Any]:
    """What the filters offer: areas and current clusters, by id and name."""
    lang, labels = html_lang(), units.labels()
    return {
        "areas": [(unit.id, unit.short(lang)) for unit in labels.values() if unit.is_area and not unit.retired],
        "cluster_names": [(item.id, item.name(lang)) for item in clusters.labels().values() if item.is_current],
        "unit_names": labels, "tags": clusters.labels(),
    }  # fmt: skip
