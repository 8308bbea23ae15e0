"""专班: who works in a task force besides their own unit. The coordinator lets them join and ends it."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries, services
from crm.accounts.forms import JoinForm
from crm.accounts.views.blueprint import bp
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import NotFound, Refusal
from crm.units import queries as units
from crm.units.models import Unit
from crm.units.rules import UnitKind
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.pages import go


def _task_force(public_id: str) -> Unit:
    unit = units.by_public_id(public_id)
    if unit.kind != UnitKind.TASK_FORCE:
        raise NotFound
    return unit


def _page(unit: Unit, form: JoinForm, status: int = 200) -> ResponseReturnValue:
    lang, members = html_lang(), queries.members_of(unit.id)
    there = {row.user_id for row in members if row.until >= clock.today()}
    people = [one for one in queries.workers() if one.unit_id != unit.id and one.id not in there]
    form.user.choices = [("", _("请选择")), *((one.public_id, f"{one.name}　{one.unit.short(lang)}") for one in people)]
    before = queries.once_members_of(unit.id) if unit.retired_on else []
    page = render_template(
        "accounts/task_force.html", unit=unit, members=members, before=before, form=form, today=clock.today()
    )  # fmt: skip
    return page, status


@bp.get("/task-forces/<string:public_id>")
@allowed("task_force", "edit")
def task_force(public_id: str) -> ResponseReturnValue:
    """Who belongs to it, until when."""
    return _page(_task_force(public_id), JoinForm())


@bp.post("/task-forces/<string:public_id>")
@allowed("task_force", "edit")
def join_task_force(public_id: str) -> ResponseReturnValue:
    """Somebody joins."""
    form = JoinForm()
    if not form.validate() or form.until.data is None:
        return _page(_task_force(public_id), form, 422)
    try:
        with unit_of_work():
            unit, user = _task_force(public_id), queries.by_public_id(form.user.data or "")
            services.join_task_force(unit, user, form.until.data, actor=current_actor(), now=clock.now())
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        form.user.errors = [refusals.sentence(refusal)]
        return _page(_task_force(public_id), form, refusal.status)
    flash(_("已加入专班"), "done")
    return go("accounts.task_force", public_id=public_id)


@bp.post("/memberships/<string:public_id>/end")
@allowed("task_force", "edit")
def leave_task_force(public_id: str) -> ResponseReturnValue:
    """Somebody leaves."""
    with unit_of_work():
        member = queries.membership(public_id)
        services.leave_task_force(member, actor=current_actor(), now=clock.now())
        unit_id = member.unit.public_id
    flash(_("已退出专班"), "done")
    return go("accounts.task_force", public_id=unit_id)
