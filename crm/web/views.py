"""Doors that belong to no room: is the service well, and what robots may read."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from crm.core import schema
from crm.web.guards import open_door

bp = Blueprint("web", __name__)


@bp.get("/healthz")
@open_door("a gateway asks this without an account; it tells nothing but yes or no")
def health() -> ResponseReturnValue:
    """200 when the database answers and is migrated to this release, 503 otherwise."""
    found = schema.state()
    there = found is not schema.State.UNAVAILABLE
    return jsonify(status=found.value, database=there), 200 if found is schema.State.OK else 503


@bp.get("/robots.txt")
@open_door("robots have no account")
def robots() -> ResponseReturnValue:
    """Nothing here is for search engines."""
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")
