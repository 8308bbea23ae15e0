"""One field of a lead, changed where it stands in the list or on a page of its own: the next step with its day, the owner.

Only that field is looked at: what a colleague changed elsewhere meanwhile is no conflict. Where they changed the same field, both
values are shown and nothing typed is lost.
"""

from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.bulk import queries, services
from crm.bulk.forms import NextForm, OwnerForm
from crm.bulk.rules import Act, FieldMoved, Wanted
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Moved, Refusal
from crm.desk.views.blueprint import bp
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.pages import go


@bp.get("/leads/<string:public_id>/next-step")
@allowed("lead", "write_progress")
def next_step(public_id: str) -> ResponseReturnValue:
    """The next step and its day, to be changed."""
    lead = access.visible_lead(public_id, actor=current_actor(), action="write_progress")
    form = NextForm(data={"step": lead.next_step, "due_on": lead.next_due, "was": queries.stands(lead, Act.NEXT)})
    return _page(lead, form, Act.NEXT)


@bp.post("/leads/<string:public_id>/next-step")
@allowed("lead", "write_progress")
def set_next_step(public_id: str) -> ResponseReturnValue:
    """Store them."""
    form = NextForm()
    return _store(public_id, form, Act.NEXT, lambda: Wanted(step=form.step.data or "", due_on=form.due_on.data))


@bp.get("/leads/<string:public_id>/owner")
@allowed("lead", "assign")
def owner(public_id: str) -> ResponseReturnValue:
    """Who leads it, to be changed."""
    lead = access.visible_lead(public_id, actor=current_actor(), action="assign")
    form = OwnerForm(data={"owner": str(lead.owner_id or ""), "was": queries.stands(lead, Act.OWNER)})
    return _page(lead, form.offer(_people(lead)), Act.OWNER)


@bp.post("/leads/<string:public_id>/owner")
@allowed("lead", "assign")
def choose_owner(public_id: str) -> ResponseReturnValue:
    """Store it."""
    lead = access.visible_lead(public_id, actor=current_actor(), action="assign")
    form = OwnerForm().offer(_people(lead))
    return _store(public_id, form, Act.OWNER, lambda: Wanted(owner_id=int(form.owner.data)))


def _people(lead: Lead) -> list[tuple[int, str]]:
    lang = html_lang()
    found = [user for user in accounts.workers() if queries.works_for(user, lead)]
    return [(user.id, f"{user.name}　{user.unit.short(lang)}") for user in found]


def _store(public_id: str, form: Any, act: Act, wanted: Any) -> ResponseReturnValue:
    actor, now, message, theirs, status = current_actor(), clock.now(), "", None, 422
    if form.validate():
        try:
            with unit_of_work():
                services.change_one(public_id, act, wanted(), was=form.was.data or "", actor=actor, now=now)
        except FieldMoved:
            status = 409
            theirs = queries.last_change(access.visible_lead(public_id, actor=actor), act)
        except Refusal as refusal:
            if refusal.status not in (409, 422) or isinstance(refusal, Moved):
                raise
            message, status = refusals.sentence(refusal), refusal.status
        else:
            if not request.headers.get("HX-Request"):
                flash(_("已保存"), "done")
                return go("desk.lead", public_id=public_id)
            lead = access.visible_lead(public_id, actor=actor)
            return render_template("desk/_inline_cell.html", lead=lead, act=act, saved=True)
    lead = access.visible_lead(public_id, actor=actor)
    if status == 409:  # sent again, the form stands against what is there now
        form.was.data = queries.stands(lead, act)
    return _page(lead, form, act, message=message, theirs=theirs, conflict=status == 409 and not message), status


def _page(lead: Lead, form: Any, act: Act, **facts: Any) -> str:
    name = "desk/_inline.html" if request.headers.get("HX-Request") else "desk/inline.html"
    return render_template(name, lead=lead, form=form, act=act, **{"message": "", "theirs": None, "conflict": False, **facts})
