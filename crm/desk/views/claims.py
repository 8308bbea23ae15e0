"""拟释放: the queue of first reports that ran out, and the acts on one: extend, give notice, release."""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.desk.views.blueprint import bp
from crm.leads import services
from crm.leads.forms import ClaimReasonForm
from crm.leads.queries import claims
from crm.leads.queries.rows import rows_of
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.pages import go, said_again


@bp.get("/claims")
@allowed("claim", "queue")
def claims_queue() -> ResponseReturnValue:
    """拟释放, oldest registration first."""
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    ids, total = claims.to_release(current_actor(), now=clock.now(), page=page)
    rows = list(rows_of(ids, current_actor()).values())
    return render_template("desk/claims.html", rows=rows, total=total, page=page, size=claims.SIZE, today=clock.today())


@bp.post("/claims/<string:public_id>/extend")
@allowed("claim", "extend")
def extend_claim(public_id: str) -> ResponseReturnValue:
    """Prolong the protection, for a reason."""
    return _with_reason(public_id, services.extend_claim, _("首报已延期"))


@bp.post("/claims/<string:public_id>/notice")
@allowed("claim", "notice")
def give_notice(public_id: str) -> ResponseReturnValue:
    """Tell those whom it concerns that it will be released."""
    return _act(public_id, lambda **who: services.give_notice(public_id, **who), _("预告已送达"))


@bp.post("/claims/<string:public_id>/release")
@allowed("claim", "release")
def release_claim(public_id: str) -> ResponseReturnValue:
    """End the protection after a delivered notice."""
    return _with_reason(public_id, services.release_claim, _("首报已释放"))


def _with_reason(public_id: str, act: Callable[..., Any], done: str) -> ResponseReturnValue:
    form = ClaimReasonForm()
    if not form.validate():
        endpoint, values = _back(public_id)
        return said_again(form, endpoint, **values)
    return _act(public_id, lambda **who: act(public_id, form.reason.data, **who), done)


def _act(public_id: str, act: Callable[..., Any], done: str) -> ResponseReturnValue:
    """Do it, and back to where the button stood; what is refused is said there."""
    try:
        with unit_of_work():
            act(actor=current_actor(), now=clock.now())
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        flash(refusals.sentence(refusal), "soon")
    else:
        flash(done, "done")
    endpoint, values = _back(public_id)
    return go(endpoint, **values)


def _back(public_id: str) -> tuple[str, dict[str, str]]:
    """Where the button stood."""
    named = {"queue": "desk.claims_queue", "home": "desk.home"}.get(request.form.get("back", ""))
    return (named, {}) if named else ("desk.lead", {"public_id": public_id})
