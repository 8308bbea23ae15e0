"""The event that a lead came from, and the one at which it was signed: chosen, changed, taken off."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.desk.views.blueprint import bp
from crm.events import queries as events
from crm.events.rules import LinkRole
from crm.leads import services
from crm.leads.forms.events import EventLinkForm
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.policy import rules as policy
from crm.web.acts import refused
from crm.web.guards import allowed, current_actor
from crm.web.pages import go

_AT = {"event_reason": "reason", "event_not_yet": "event", "event_unknown": "event", "event_withdrawn": "event"}


@bp.get("/leads/<string:public_id>/events/source")
@allowed("lead_event", "set")
def source_event(public_id: str) -> ResponseReturnValue:
    """The form: where it came from."""
    return _show(public_id, LinkRole.SOURCE)


@bp.post("/leads/<string:public_id>/events/source")
@allowed("lead_event", "set")
def choose_source_event(public_id: str) -> ResponseReturnValue:
    """Store it."""
    return _store(public_id, LinkRole.SOURCE)


@bp.get("/leads/<string:public_id>/events/signed")
@allowed("lead_event", "set")
def signed_event(public_id: str) -> ResponseReturnValue:
    """The form: at which event it was signed."""
    return _show(public_id, LinkRole.SIGNED)


@bp.post("/leads/<string:public_id>/events/signed")
@allowed("lead_event", "set")
def choose_signed_event(public_id: str) -> ResponseReturnValue:
    """Store it."""
    return _store(public_id, LinkRole.SIGNED)


def _show(public_id: str, role: LinkRole) -> ResponseReturnValue:
    lead = _lead(public_id)
    old = events.live_of(lead.id).get(role)
    key = str(old.event_id) if old else ""
    return _page(lead, role, EventLinkForm(data={"event": int(key or 0), "was": key}))


def _store(public_id: str, role: LinkRole) -> ResponseReturnValue:
    lead, message, status = _lead(public_id), "", 422
    old = events.live_of(lead.id).get(role)
    form = EventLinkForm()
    form.offer(events.to_choose(role, clock.today(), beside=[old.event_id] if old else []))
    if form.validate():
        try:
            with unit_of_work():
                services.put_to_event(
                    public_id, role, form.event.data or None, was=form.showed(), reason=form.reason.data or "",
                    actor=current_actor(), now=clock.now(),
                )  # fmt: skip
        except Refusal as refusal:
            message, status = refused(refusal, form, _AT)
        else:
            flash(_("已保存"), "done")
            return go("desk.lead", public_id=public_id)
    lead = _lead(public_id)
    if status == 409:  # sent again, it stands against what is there now
        old = events.live_of(lead.id).get(role)
        form.was.data = str(old.event_id) if old else ""
    return _page(lead, role, form, message), status


def _lead(public_id: str) -> Lead:
    actor = current_actor()
    lead = access.visible_lead(public_id, actor=actor)
    policy.require(policy.towards_lead(actor, lead), "lead_event", "set", seen_by="read")
    return lead


def _page(lead: Lead, role: LinkRole, form: EventLinkForm, message: str = "") -> str:
    old = events.live_of(lead.id).get(role)
    form.offer(events.to_choose(role, clock.today(), beside=[old.event_id] if old else []))
    return render_template("desk/event_link.html", lead=lead, role=role, form=form, message=message, old=old)
