"""Moving a lead to another stage, from its page or from the list."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal, StaleVersion
from crm.leads.queries import access
from crm.leads.rules.lead import STAGES, Stage
from crm.pipeline import services
from crm.pipeline.forms import StageForm
from crm.pipeline.views.blueprint import bp
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.pages import go


@bp.get("/stages/<string:public_id>")
@allowed("lead", "move_stage")
def move(public_id: str) -> ResponseReturnValue:
    """The form: the stage that the address names, or the next one, is proposed. `from`: where the lead was when it was chosen."""
    lead = access.visible_lead(public_id, actor=current_actor(), action="move_stage")
    following = STAGES[min(STAGES.index(Stage(lead.stage)) + 1, len(STAGES) - 1)]
    asked, seen_in = request.args.get("to", ""), request.args.get("from", lead.stage)
    to = asked if asked in set(Stage) and asked != lead.stage else following
    form = StageForm(formdata=None, data={"to": to, "version": lead.version})
    return render_template("pipeline/move.html", lead=lead, form=form, moved_on=seen_in != lead.stage)


@bp.post("/stages/<string:public_id>")
@allowed("lead", "move_stage")
def move_now(public_id: str) -> ResponseReturnValue:
    """Move it, or say why not."""
    form, actor, status = StageForm(), current_actor(), 422
    if form.validate():
        try:
            with unit_of_work():
                services.move_stage(
                    public_id, Stage(form.to.data), form.on.data, form.note.data or "", opened=form.version.data,
                    actor=actor, now=clock.now(),
                )  # fmt: skip
        except Refusal as refusal:
            if refusal.status not in (422, 409):
                raise
            status = refusal.status
            form.form_errors.append(refusals.sentence(refusal))
            if isinstance(refusal, StaleVersion):
                form.version.raw_data = None
        else:
            flash(_("阶段已更新"), "done")
            return go("desk.lead", public_id=public_id)
    lead = access.visible_lead(public_id, actor=actor, action="move_stage")
    if status == 409:
        form.version.data = lead.version
    return render_template("pipeline/move.html", lead=lead, form=form, moved_on=False), status
