"""Contacts of a lead: one more, and one without its mask."""

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.leads import services
from crm.leads.forms import (
    ContactForm,
    RevealForm,
)
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.views.blueprint import bp
from crm.policy import rules as policy
from crm.web.guards import allowed, current_actor
from crm.web.pages import go


@bp.get("/<string:public_id>/contacts/new")
@allowed("contact", "edit")
def contact(public_id: str) -> ResponseReturnValue:
    """One more contact, on the lead's page or on its own."""
    lead = _with_contacts(public_id)
    return render_template("leads/contact.html", lead=lead, form=ContactForm())


@bp.post("/<string:public_id>/contacts")
@allowed("contact", "edit")
def add_contact(public_id: str) -> ResponseReturnValue:
    """Store the contact."""
    form, actor, now = ContactForm(), current_actor(), clock.now()
    if form.validate():
        with unit_of_work():
            key = once.claim(form.once.data, user_id=actor.user_id, scope=f"contact:{public_id}", body=form.once_body(), now=now)
            key.answer = url_for("desk.lead", public_id=public_id)
            services.add_contact(public_id, form.to_contact(), actor=actor, now=now)
        flash(_("联系人已添加"), "done")
        return go("desk.lead", public_id=public_id)
    return render_template("leads/contact.html", lead=_with_contacts(public_id), form=form), 422


def _with_contacts(public_id: str) -> Lead:
    """The lead, for somebody who may keep its contacts."""
    lead, actor = access.visible_lead(public_id, actor=current_actor()), current_actor()
    policy.require(policy.towards_lead(actor, lead), "contact", "edit", seen_by="read_masked")
    return lead


@bp.post("/contacts/<string:public_id>/reveal")
@allowed("contact", "reveal")
def reveal(public_id: str) -> ResponseReturnValue:
    """One contact without its mask, for a stated reason; the look is noted."""
    form, actor = RevealForm(), current_actor()
    if not form.validate():
        return render_template("leads/_reveal_refused.html", message=_("请写明查看理由")), 422
    with unit_of_work():
        contact = services.reveal_contact(public_id, form.reason.data or "", actor=actor, now=clock.now())
        return render_template("leads/_contact_open.html", contact=contact)
