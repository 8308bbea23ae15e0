"""One company in its group: parents above, sisters and daughters, each with its leads; who is whose parent."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.companies.models import Company
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.desk import queries
from crm.desk.views.blueprint import bp
from crm.leads import services
from crm.leads.forms import ParentForm, ParentOffForm
from crm.leads.queries import groups
from crm.leads.rules.lead import ParentUnclear
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.pages import go


@bp.get("/companies/<string:public_id>")
@allowed("company", "read")
def company(public_id: str) -> ResponseReturnValue:
    """A company in its group."""
    return _page(public_id, ParentForm(formdata=None), ParentOffForm(formdata=None))


@bp.post("/companies/<string:public_id>/parent")
@allowed("company", "edit")
def set_parent(public_id: str) -> ResponseReturnValue:
    """Put the parent on record; while it is not clear which company is meant, the page with those that may be."""
    form, actor = ParentForm(), current_actor()
    if not form.validate():
        return _page(public_id, form, ParentOffForm(formdata=None), status=422)
    name, reason = form.parent_name.data or "", form.reason.data or ""
    try:
        with unit_of_work():
            services.declare_parent(public_id, name, form.parent.data or None, reason, actor=actor, now=clock.now())
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        return _page(public_id, form, ParentOffForm(formdata=None), refusal=refusal, status=refusal.status)
    flash(_("上级公司已登记"), "done")
    return go("desk.company", public_id=public_id)


@bp.post("/companies/<string:public_id>/parent/clear")
@allowed("company", "edit")
def clear_parent(public_id: str) -> ResponseReturnValue:
    """Take the parent off the record."""
    form, actor = ParentOffForm(), current_actor()
    if not form.validate():
        return _page(public_id, ParentForm(formdata=None), form, status=422)
    try:
        with unit_of_work():
            services.take_parent_off(public_id, form.off_reason.data or "", actor=actor, now=clock.now())
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return _page(public_id, ParentForm(formdata=None), form, refusal=refusal, status=422)
    flash(_("上级公司已取消"), "done")
    return go("desk.company", public_id=public_id)


def _page(
    public_id: str, form: ParentForm, off_form: ParentOffForm, *, refusal: Refusal | None = None, status: int = 200
) -> ResponseReturnValue:
    actor = current_actor()
    found = groups.visible_company(public_id, actor=actor)
    unclear = isinstance(refusal, ParentUnclear) or bool(request.form.get("parent"))
    page = render_template(
        "desk/company.html", company=found, form=form, off_form=off_form, may_edit=groups.may_edit(found, actor),
        candidates=_candidates(form, found) if unclear else None, message=refusals.sentence(refusal) if refusal else "",
        names=queries.names_of(found, actor), identifiers=queries.identifiers_of(found, actor), **queries.group_of(found, actor),
    )  # fmt: skip
    return page, status


def _candidates(form: ParentForm, found: Company) -> list[Company] | None:
    try:
        return groups.candidates(form.parent_name.data or "", found, actor=current_actor())
    except Refusal:
        return None
