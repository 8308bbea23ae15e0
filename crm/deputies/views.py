"""工作代理 as a page: who does whose desk, and the form to hand one on."""

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.utils import redirect

from crm.accounts import queries as accounts
from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.deputies import queries, services
from crm.deputies.forms import HandForm
from crm.deputies.rules import DeputyState, state_of
from crm.policy import rules as policy
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.pages import go

bp = Blueprint("deputies", __name__, url_prefix="/desk-deputies")
# At which field a refusal is said.
_PLACE = {"deputy_unfit": "to", "deputy_days": "first", "deputy_there": "first"}


def _form(**values: object) -> HandForm:
    actor = current_actor()
    desks = queries.desks_of(actor)
    return HandForm(**values).offer(desks, queries.colleagues_of(desks), html_lang())


def _page(form: HandForm, message: str = "") -> str:
    today, actor = clock.today(), current_actor()
    rows = []
    for row in queries.seen_by(actor):
        state = state_of(row.from_on, row.until_on, ended=row.ended_at is not None, today=today)
        live = state in (DeputyState.NOW, DeputyState.COMING)
        rows.append((row, state, live and policy.can(queries.standing(actor, row), "desk", "end")))
    return render_template("deputies/index.html", form=form, rows=rows, message=message, me=actor.user_id)


@bp.get("/")
@allowed("desk", "list")
def index() -> ResponseReturnValue:
    """Who does whose desk."""
    today = clock.today()
    return _page(_form(data={"whose": current_actor().public_id, "first": today, "last": today}))


@bp.post("/")
@allowed("desk", "hand")
def hand() -> ResponseReturnValue:
    """Hand a desk on."""
    form, actor, now = _form(), current_actor(), clock.now()
    if not form.validate():
        return _page(form), 422
    try:
        with unit_of_work():
            key = once.claim(form.once.data, user_id=actor.user_id, scope="desk", body=form.once_body(), now=now)
            key.answer = url_for("deputies.index")
            whose, to = accounts.by_public_id(form.whose.data), accounts.by_public_id(form.to.data)
            services.hand_desk(whose, to, form.first.data, form.last.data, form.note.data or "", actor=actor, now=now)
    except Refusal as refusal:
        if refusal.code not in _PLACE:
            raise
        form[_PLACE[refusal.code]].errors = [refusals.sentence(refusal)]
        return _page(form), refusal.status
    flash(_("已设定工作代理，到期自动结束"), "done")
    return redirect(url_for("deputies.index"), 303)


@bp.post("/<string:public_id>/end")
@allowed("desk", "end")
def end(public_id: str) -> ResponseReturnValue:
    """End it before its day."""
    with unit_of_work():
        services.end_deputy(public_id, actor=current_actor(), now=clock.now())
    flash(_("工作代理已结束"), "done")
    return go("deputies.index")
