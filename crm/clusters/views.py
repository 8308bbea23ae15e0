"""The 20+8 as a page: the current list for everybody, both versions and the crosswalk for those who keep it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from crm.clusters import queries, rules
from crm.policy.rules import may
from crm.web.guards import allowed, current_actor

bp = Blueprint("clusters", __name__, url_prefix="/clusters")


@bp.get("/")
@allowed("reference", "read")
def index() -> ResponseReturnValue:
    """Items with their keywords; the crosswalk where the role may see it."""
    crosswalk = rules.taxonomy()["crosswalk"] if may(current_actor(), "reference", "crosswalk") else []
    names = {(c.taxonomy, c.code): c for c in queries.everything()}
    return render_template(
        "clusters/index.html", current=queries.current(), version=rules.current_version(), crosswalk=crosswalk, names=names,
        details={item["code"]: item for item in rules.items(rules.current_version())}, source=rules.taxonomy()["source"],
    )  # fmt: skip
