"""The room's blueprint, on which each file of doors puts its own; the way back to the stage form from what it lacked."""

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from crm.leads.rules.lead import STAGES
from crm.web.pages import go

bp = Blueprint("leads", __name__, url_prefix="/leads")


def _way(public_id: str) -> tuple[str, dict[str, str]]:
    """To the form that moves the lead to the stage `to` for which something is filled in, as the address says (nothing but a
    stage is taken from there), else to the lead.
    """
    to = request.args.get("to", "")
    return ("pipeline.move", {"public_id": public_id, "to": to}) if to in STAGES else ("desk.lead", {"public_id": public_id})


def way_back(public_id: str) -> dict[str, str | None]:
    """For the page of such a form: `to`, the stage or None, and `back`, where cancelling leads."""
    endpoint, values = _way(public_id)
    return {"to": values.get("to"), "back": url_for(endpoint, **values)}


def on_from(public_id: str) -> Response:
    """There, once it is saved."""
    endpoint, values = _way(public_id)
    return go(endpoint, **values)
