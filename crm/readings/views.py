"""Who asks about what they may not see. (Who read a lead stands with the lead.)"""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from crm.policy import rules as policy
from crm.readings import queries
from crm.readings.rules import settings
from crm.web.guards import allowed, current_actor

bp = Blueprint("readings", __name__)


@bp.get("/probes")
@allowed("probe", "list")
def index() -> ResponseReturnValue:
    """查重留痕: people and days; the names only for those who read the city's business."""
    names = policy.may(current_actor(), "probe", "read_names")
    return render_template("readings/probes.html", askers=queries.askers(names=names), names=names, settings=settings())
