"""业绩归属: a lead's attribution on a page of its own, and the coordinator's lines."""

from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock, once
from crm.core.db import db, unit_of_work
from crm.core.errors import Refusal
from crm.credit import queries as credit
from crm.credit import services
from crm.credit.forms import CorrectForm, CreditForm
from crm.credit.rules import stands
from crm.credit.services.lines import Credit
from crm.desk.views.blueprint import bp
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.policy import rules as policy
from crm.units import queries as units
from crm.web import refusals
from crm.web.acts import refused
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.pages import go


@bp.get("/leads/<string:public_id>/credit")
@allowed("credit", "read")
def credit_page(public_id: str) -> ResponseReturnValue:
    """Who is credited with what, since when and why: also for those who read nothing else of the lead."""
    return _page(access.any_lead(public_id, actor=current_actor()), _offered())


@bp.post("/leads/<string:public_id>/credit")
@allowed("credit", "write")
def credit_now(public_id: str) -> ResponseReturnValue:
    """Add a line for one indicator or all."""
    form, actor, now, message, status = _offered(), current_actor(), clock.now(), "", 422
    if form.validate():
        try:
            with unit_of_work():
                key = once.claim(form.once.data or "", user_id=actor.user_id, scope=public_id, body=form.once_body(), now=now)
                key.answer = url_for("desk.credit_page", public_id=public_id)
                lead = access.locked_for_room(access.any_lead(public_id, actor=actor).id)
                new = Credit(form.unit.data, form.to_parts(), form.valid_from.data or clock.today(), form.reason.data or "")
                services.credit_unit(lead, form.to_indicators(), new, actor=actor, now=now)
        except Refusal as refusal:
            message, status = refused(refusal)
        else:
            flash(_("归属已登记"), "done")
            return go("desk.credit_page", public_id=public_id)
    return _page(access.any_lead(public_id, actor=actor), form, message), status


@bp.post("/leads/credit/<string:public_id>/correct")
@allowed("credit", "write")
def correct_credit(public_id: str) -> ResponseReturnValue:
    """Put another line in the place of one."""
    form, actor = CorrectForm(), current_actor()
    line = credit.line(public_id)
    back = db.session.get_one(Lead, line.lead_id).public_id
    if not form.validate():
        flash("　".join(str(error) for errors in form.errors.values() for error in errors), "soon")
        return go("desk.credit_page", public_id=back)
    try:
        with unit_of_work():
            lead = access.locked_for_room(line.lead_id)
            row, reason = credit.line(public_id), form.reason.data or ""
            same = credit.written_with(row) or [row]  # a page shows those that say the same as one
            services.correct_lines(lead, same, form.to_parts(), reason, actor=actor, now=clock.now())
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        flash(refusals.sentence(refusal), "soon")
    else:
        flash(_("已更正，原记录保留"), "done")
    return go("desk.credit_page", public_id=back)


def _offered() -> CreditForm:
    lang = html_lang()
    return CreditForm().offer([(unit.id, unit.name(lang)) for unit in units.working()])


def _page(lead: Lead, form: CreditForm, message: str = "") -> str:
    actor, rows = current_actor(), credit.lines_of(lead.id)
    stand = stands(actor, lead, {lead.registered_unit_id, *(row.unit_id for row in rows)})
    policy.require(stand, "credit", "read", seen_by="none")
    facts: dict[str, Any] = {
        "attribution": credit.attribution_of(rows, lead.following_unit, clock.today()),
        "names": policy.can(stand, "lead", "read_names"), "detail": policy.can(stand, "lead", "read_detail"),
        "writes": policy.can(stand, "credit", "write"),
    }  # fmt: skip
    return render_template("desk/credit.html", lead=lead, form=form, message=message, today=clock.today(), **facts)
