"""分期与增资: a project as a phase or expansion of another."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.desk.views.blueprint import bp
from crm.leads import services
from crm.leads.forms.phases import PhaseEndForm, PhaseForm
from crm.leads.models import Lead, LeadPhase
from crm.leads.queries import access, phases
from crm.policy import rules as policy
from crm.web.acts import refused
from crm.web.guards import allowed, current_actor
from crm.web.pages import go

_FIELDS = {
    "phase_parent_unknown": "parent_number", "phase_cycle": "parent_number", "phase_too_deep": "parent_number",
    "phase_number_there": "number", "phase_other_investor": "reason",
}  # fmt: skip


@bp.get("/leads/<string:public_id>/phase")
@allowed("phase", "set")
def phase(public_id: str) -> ResponseReturnValue:
    """The form: below which project."""
    return _page(_lead(public_id), PhaseForm(formdata=None))


@bp.post("/leads/<string:public_id>/phase")
@allowed("phase", "set")
def link_phase(public_id: str) -> ResponseReturnValue:
    """Put it below the other one."""
    lead, actor, now = _lead(public_id), current_actor(), clock.now()
    form, message, status = PhaseForm(), "", 422
    form.offer(_offered(lead))
    if form.validate():
        try:
            with unit_of_work():
                body = form.once_body()
                once.claim(form.once.data or "", user_id=actor.user_id, scope=f"phase:{public_id}", body=body, now=now)
                services.link_phase(public_id, form.to_phase(), actor=actor, now=now)
        except Refusal as refusal:
            message, status = refused(refusal, form, _FIELDS)
        else:
            flash(_("分期关系已登记，合计只计增量"), "done")
            return go("desk.lead", public_id=public_id)
    return _page(_lead(public_id), form, message), status


@bp.get("/phases/<string:public_id>/end")
@allowed("phase", "set")
def ending_phase(public_id: str) -> ResponseReturnValue:
    """The form: why the relation ends."""
    return _end_page(*_link(public_id), PhaseEndForm(formdata=None))


@bp.post("/phases/<string:public_id>/end")
@allowed("phase", "set")
def end_phase(public_id: str) -> ResponseReturnValue:
    """End it."""
    row, lead = _link(public_id)
    form, message, status = PhaseEndForm(), "", 422
    if form.validate():
        try:
            with unit_of_work():
                services.end_phase(public_id, form.reason.data or "", actor=current_actor(), now=clock.now())
        except Refusal as refusal:
            message, status = refused(refusal)
        else:
            flash(_("分期关系已解除"), "done")
            return go("desk.lead", public_id=lead.public_id)
        row, lead = _link(public_id)
    return _end_page(row, lead, form, message), status


def _lead(public_id: str) -> Lead:
    actor = current_actor()
    lead = access.visible_lead(public_id, actor=actor)
    policy.require(policy.towards_lead(actor, lead), "phase", "set", seen_by="read")
    return lead


def _link(public_id: str) -> tuple[LeadPhase, Lead]:
    row, actor = phases.by_public_id(public_id), current_actor()
    lead = access.lead_of(row.lead_id)
    policy.require(policy.towards_lead(actor, lead), "phase", "set", seen_by="none")
    return row, lead


def _offered(lead: Lead) -> list[tuple[str, str]]:
    return [(one.number, f"{one.number}　{one.title}") for one in phases.candidates(lead, current_actor())]


def _page(lead: Lead, form: PhaseForm, message: str = "") -> str:
    form.offer(_offered(lead))
    return render_template("desk/phase.html", lead=lead, form=form, message=message, there=phases.links([lead.id], upward=True))


def _end_page(row: LeadPhase, lead: Lead, form: PhaseEndForm, message: str = "") -> str:
    return render_template("desk/phase_end.html", row=row, lead=lead, form=form, message=message)
