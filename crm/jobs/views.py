"""The progress of one's own jobs: a page that may be left."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from crm.jobs import queries
from crm.web.guards import allowed, current_actor

bp = Blueprint("jobs", __name__, url_prefix="/jobs")


@bp.get("/<string:public_id>")
@allowed("job", "read")
def show(public_id: str) -> ResponseReturnValue:
    """How far the job is; asked again each second by the page itself."""
    job = queries.visible_job(public_id, actor=current_actor())
    name = "jobs/_progress.html" if request.headers.get("HX-Request") else "jobs/show.html"
    return render_template(name, job=job)
