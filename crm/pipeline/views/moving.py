"""Moving a lead to another stage, from its page or from the list: what is missing stands there, and is entered there."""

from typing import Any

from flask import current_app, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal, StaleVersion
from crm.files.forms import read_uploads
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import STAGES, Stage
from crm.pipeline import queries, services
from crm.pipeline.forms import StageForm
from crm.pipeline.views.blueprint import bp, say
from crm.pipeline.words import missing_text
from crm.web.guards import allowed, current_actor
from crm.web.pages import go


@bp.get("/stages/<string:public_id>")
@allowed("lead", "move_stage")
def move(public_id: str) -> ResponseReturnValue:
    """The form: the next stage is proposed, or the one in the address, with what is missing before it. `from` in the address:
    where the lead was when that was chosen, so that the page says when somebody moved it meanwhile.
    """
    lead = access.visible_lead(public_id, actor=current_actor(), action="move_stage")
    gate = queries.gate_before(lead, _asked(lead, request.args.get("to", "")), current_actor())
    proposed = gate.proposed.value if gate.proposed else ""
    form = StageForm(data={"to": gate.to.value, "version": lead.version, "kind": proposed})
    return _page(lead, form, gate)


def _asked(lead: Lead, to: str) -> Stage:
    following = STAGES[min(STAGES.index(Stage(lead.stage)) + 1, len(STAGES) - 1)]
    return Stage(to) if to in STAGES else following


def _page(lead: Lead, form: StageForm, gate: queries.GateView, *, stale: bool = False) -> str:
    """`stale`: somebody saved the lead meanwhile; the page says who moved it last."""
    table = queries.gates()
    form.offer(gate.kinds, table.override_days)
    return render_template(
        "pipeline/move.html", lead=lead, form=form, gate=gate, table=table, missing_text=missing_text,
        time=queries.stage_time(lead, clock.today()), moved_on=request.args.get("from", lead.stage) != lead.stage,
        last=queries.last_change(lead.id) if stale else None,
    )  # fmt: skip


@bp.post("/stages/<string:public_id>")
@allowed("lead", "move_stage")
def move_now(public_id: str) -> ResponseReturnValue:
    """Move it with its milestone, in one act; or say why not."""
    form, actor, status = StageForm(), current_actor(), 422
    lead = access.visible_lead(public_id, actor=actor, action="move_stage")
    gate = queries.gate_before(lead, _asked(lead, form.to.data or ""), actor)
    form.offer(gate.kinds, queries.gates().override_days)
    valid = form.validate()
    uploads = read_uploads(form.proofs)
    if valid and not form.proofs.errors:
        try:
            with unit_of_work():
                _move(public_id, form, uploads)
        except Refusal as refusal:
            status = say(form, refusal)
            if isinstance(refusal, StaleVersion):
                form.version.raw_data = None
        else:
            flash(_("阶段已更新"), "done")
            return go("desk.lead", public_id=public_id)
    lead = access.visible_lead(public_id, actor=actor, action="move_stage")
    if status == 409:
        form.version.data = lead.version
    return _page(lead, form, queries.gate_before(lead, gate.to, actor), stale=status == 409), status


def _move(public_id: str, form: StageForm, uploads: list[tuple[str, bytes]]) -> Any:
    return services.move_stage(
        public_id, Stage(form.to.data), form.on.data, form.note.data or "", opened=form.version.data, actor=current_actor(),
        now=clock.now(), milestone=form.to_milestone(uploads), override=form.to_override(),
        root=current_app.config["FILES_PATH"], checked=form.checked.data or "",
    )  # fmt: skip
