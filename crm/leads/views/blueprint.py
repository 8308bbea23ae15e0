"""The room's blueprint, on which each file of doors puts its own; the way back to the stage form from what it lacked."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from crm.leads.rules.lead import STAGES
from crm.web.pages import go

bp = Blueprint("leads", __name__, url_prefix="/leads")


def wanted_for() -> str:
    """The stage for which something is filled in, as `to` in the address says; nothing else is taken from there."""
    to = request.args.get("to", "")
    return to if to in STAGES else ""


def on_from(public_id: str) -> Response:
    """Back to the form that moves the lead to that stage, where it was wanted; else to the lead."""
    to = wanted_for()
    return go("pipeline.move", public_id=public_id, to=to) if to else go("desk.lead", public_id=public_id)
