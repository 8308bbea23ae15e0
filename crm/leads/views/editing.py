"""The facts of a lead and its industry clusters, changed."""

from typing import Any

from flask import abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.clusters import queries as clusters
from crm.clusters import rules as cluster_rules
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal, StaleVersion
from crm.leads import services
from crm.leads.forms import (
    EditForm,
    TagForm,
)
from crm.leads.queries import access
from crm.leads.views.blueprint import bp, on_from, way_back
from crm.web import refusals
from crm.web.guards import allowed, current_actor


def _edit_values(lead: Any) -> dict[str, Any]:
    values = {name: getattr(lead, name) for name in EditForm.plain_names()}
    values["districts"] = [row.unit_id for row in lead.districts]
    for name in ("total", "contracted"):
        amount, currency = getattr(lead, f"{name}_amount"), getattr(lead, f"{name}_currency")
        if amount is not None:
            values |= EditForm.sum_values(name, amount, currency)
    return values


@bp.get("/<string:public_id>/edit")
@allowed("lead", "edit")
def edit(public_id: str) -> ResponseReturnValue:
    """The facts of a lead, for editing."""
    lead = access.visible_lead(public_id, actor=current_actor(), action="edit")
    return render_template(
        "leads/edit.html", lead=lead, form=EditForm(data=_edit_values(lead)), conflicts=[], **way_back(public_id)
    )


@bp.post("/<string:public_id>/edit")
@allowed("lead", "edit")
def edit_now(public_id: str) -> ResponseReturnValue:
    """Save; a form opened before a colleague's save comes back with both values, and nothing typed is lost."""
    form, actor, conflicts, status = EditForm(), current_actor(), [], 422
    if form.validate():
        try:
            with unit_of_work():
                services.edit_lead(public_id, form.to_edit(), opened=form.version.data or 0, actor=actor, now=clock.now())
        except StaleVersion:
            status = 409
        except Refusal as refusal:
            if refusal.status != 422:
                raise
            form.form_errors.append(refusals.sentence(refusal))
        else:
            flash(_("已保存"), "done")
            return on_from(public_id)
    lead = access.visible_lead(public_id, actor=actor, action="edit")
    if status == 409:
        conflicts = form.conflicts_with(EditForm(formdata=None, data=_edit_values(lead)))
        form.version.data = lead.version
        form.version.raw_data = None
    return render_template("leads/edit.html", lead=lead, form=form, conflicts=conflicts, **way_back(public_id)), status


@bp.get("/<string:public_id>/clusters")
@allowed("lead", "tag")
def tag(public_id: str) -> ResponseReturnValue:
    """Tagging, with what the text suggests and why."""
    lead = access.visible_lead(public_id, actor=current_actor(), action="tag")
    ids = [row.cluster_id for row in lead.clusters] + [0, 0, 0]
    form = TagForm(data={"first": ids[0], "second": ids[1], "third": ids[2]})
    text = " ".join(t for t in (lead.title, lead.note, lead.display_name) if t)
    suggested = [(clusters.by_code(s.code), s) for s in cluster_rules.suggest(text)]
    return render_template("leads/tag.html", lead=lead, form=form, suggested=suggested, **way_back(public_id))


@bp.post("/<string:public_id>/clusters")
@allowed("lead", "tag")
def tag_now(public_id: str) -> ResponseReturnValue:
    """Store the tags a person chose."""
    form = TagForm()
    if not form.validate():
        abort(422)
    with unit_of_work():
        services.tag_lead(public_id, form.to_ids(), actor=current_actor(), now=clock.now())
    flash(_("产业集群已保存"), "done")
    return on_from(public_id)
