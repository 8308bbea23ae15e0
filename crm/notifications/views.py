"""The bell: messages, opened one by one or all marked as read."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from crm.core import clock
from crm.core.db import unit_of_work
from crm.notifications import queries, services
from crm.notifications.words import sentence
from crm.web.guards import allowed, current_actor
from crm.web.pages import go

bp = Blueprint("notifications", __name__, url_prefix="/messages")
_PAGES = {
    "lead": "desk.lead", "import": "exchange.show", "bulk": "bulk.show", "merge": "merging.show", "review": "review.show",
    "merge_request": "merging.request_page", "share_request": "desk.requests",
    "transfer": "transfers.show", "pool": "transfers.card", "dispute": "disputes.show",
    "matter": "matters.show", "weekly_return": "returns.show", "return_week": "returns.week",
    "filling": "fillings.show", "dataset": "datasets.show",
    "meeting_pack": "meetings.show",
    "instruction": "supervision.show", "score_run": "assessment.run", "score_objection": "assessment.objection",
}  # fmt: skip
# What is about no one record opens the list on which it is to be done.
_LISTS = {
    "go_live.opened": "golive.index", "go_live.closed": "golive.index", "claim.watched": "desk.claims_queue",
    "lead.given": "desk.pipeline", "review.swept": "review.index", "account.closed": "desk.pipeline",
}  # fmt: skip


@bp.get("/")
@allowed("notification", "list")
def index() -> ResponseReturnValue:
    """All messages of this person."""
    return render_template("notifications/index.html", messages=queries.mine(current_actor()), sentence=sentence)


@bp.post("/<string:public_id>")
@allowed("notification", "read")
def open_message(public_id: str) -> ResponseReturnValue:
    """Note that it was read, and go to what it is about."""
    actor = current_actor()
    with unit_of_work():
        message = queries.my_message(public_id, actor)
        services.mark_read(message, now=clock.now())
        kind, subject, code = message.subject_type, message.subject_public_id, message.code
        asked = {"stage": "all", "owner": message.facts["owner"], "status": "all"} if code == "account.closed" else {}
    if kind in _PAGES:
        return redirect(url_for(_PAGES[kind], public_id=subject), 303)
    return go(_LISTS.get(code, "notifications.index"), **asked)


@bp.post("/all-read")
@allowed("notification", "list")
def all_read() -> ResponseReturnValue:
    """Mark everything as read."""
    with unit_of_work():
        services.mark_all_read(actor=current_actor(), now=clock.now())
    return go("notifications.index")
