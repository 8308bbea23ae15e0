"""联络员: who acts for a leader. 挂点领导: which leader a project has."""

from typing import Any

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.leads.queries import access
from crm.policy import rules as policy
from crm.policy.rules import Actor, Role
from crm.supervision import queries, services
from crm.supervision.forms import DelegateForm, SponsorForm
from crm.supervision.views.blueprint import bp
from crm.web.acts import act, act_on, refused
from crm.web.guards import allowed, current_actor
from crm.web.pages import go


@bp.get("/liaisons")
@allowed("delegation", "set")
def liaisons() -> ResponseReturnValue:
    """Who acts for whom: to a leader their own, to the coordinator all."""
    return _page(_offered(DelegateForm(data={"first": clock.today()})))


def _whose(actor: Actor) -> list[Any]:
    return [user for user in queries.leaders() if actor.role is Role.COORDINATOR or user.id == actor.user_id]


def _offered(form: DelegateForm) -> DelegateForm:
    return form.offer([(user.id, user.name) for user in _whose(current_actor())])


def _page(form: DelegateForm, message: str = "") -> str:
    whose = [user.id for user in _whose(current_actor())]
    rows = [*queries.delegations(whose), *queries.delegations_over(whose)]
    return render_template("supervision/liaisons.html", form=form, rows=rows, message=message, today=clock.today())


@bp.post("/liaisons")
@allowed("delegation", "set")
def delegate() -> ResponseReturnValue:
    """Let somebody act for a leader."""
    form, actor = _offered(DelegateForm()), current_actor()
    if not form.validate():
        return _page(form), 422
    try:
        with unit_of_work():
            days = (form.first.data, form.last.data)
            services.delegate(form.leader.data, form.username.data or "", *days, actor=actor, now=clock.now())
    except Refusal as refusal:
        message, status = refused(refusal, form, {"delegation_person": "username", "delegation_there": "first"})
        return _page(form, message), status
    flash(_("已设联络员"), "done")
    return go("supervision.liaisons")


@bp.post("/liaisons/<string:public_id>/end")
@allowed("delegation", "set")
def end_delegation(public_id: str) -> ResponseReturnValue:
    """They act for the leader no more."""

    def do() -> None:
        services.end_delegation(public_id, actor=current_actor(), now=clock.now())

    return act(do, _("已结束代理"), "supervision.liaisons")


@bp.post("/sponsors/<string:public_id>")
@allowed("sponsor", "set")
def add_sponsor(public_id: str) -> ResponseReturnValue:
    """挂点: a leader sponsors a lead."""
    form, actor = SponsorForm().offer([(user.id, user.name) for user in queries.leaders()]), current_actor()

    def see() -> None:
        lead = access.visible_lead(public_id, actor=actor)
        policy.require(policy.towards_lead(actor, lead), "sponsor", "set", seen_by="read")

    def do() -> None:
        services.add_sponsor(public_id, form.leader.data, form.since.data, actor=actor, now=clock.now())

    return act_on(form, see, do, _("已设挂点领导"), "desk.lead", public_id=public_id)


@bp.post("/sponsors/<string:public_id>/end")
@allowed("sponsor", "set")
def end_sponsor(public_id: str) -> ResponseReturnValue:
    """They sponsor it no more; back to the lead."""
    with unit_of_work():
        row = services.end_sponsor(public_id, actor=current_actor(), now=clock.now())
        lead = access.locked_for_room(row.lead_id).public_id
    flash(_("已取消挂点"), "done")
    return go("desk.lead", public_id=lead)
