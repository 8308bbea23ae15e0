"""Doors that belong to no room: is the service well, and what robots may read."""

from pathlib import Path

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from crm.core.db import db
from crm.web.guards import open_door

bp = Blueprint("web", __name__)
HEAD = Path(__file__).resolve().parents[2] / "migrations" / "HEAD"


@bp.get("/healthz")
@open_door("a gateway asks this without an account; it tells nothing but yes or no")
def health() -> ResponseReturnValue:
    """200 when the database answers and is migrated to this release, 503 otherwise."""
    try:
        stored = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except Exception:  # noqa: BLE001 - whatever is wrong with the database, the answer is the same
        db.session.rollback()
        return jsonify(status="unavailable", database=False), 503
    current = stored == HEAD.read_text("utf-8").strip()
    return jsonify(status="ok" if current else "not migrated", database=True), 200 if current else 503


@bp.get("/robots.txt")
@open_door("robots have no account")
def robots() -> ResponseReturnValue:
    """Nothing here is for search engines."""
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")
