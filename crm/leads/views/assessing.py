"""研判: the queue of new leads, one lead's outcome, many admitted at once; what a coordinator has seen."""

from flask import current_app, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.claims import queries as claims
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.files import queries as files
from crm.leads import services
from crm.leads.forms import (
    AssessForm,
    SeenForm,
)
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.queries import queue as queue_reads
from crm.leads.queries.evidenced import weighed
from crm.leads.queries.rows import rows_of
from crm.leads.rules.lead import Outcome, ReasonNeeded
from crm.leads.views.blueprint import bp
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.pages import go, said_again


@bp.get("/queue")
@allowed("lead", "queue")
def queue() -> ResponseReturnValue:
    """待研判: new leads with their clock."""
    actor = current_actor()
    page = max(request.args.get("page", 1, type=int), 1)
    ids, total = queue_reads.waiting(actor, page=page)
    found = rows_of(ids, actor)
    came = queue_reads.supplied([lead_id for lead_id, card in found.items() if card.assessment])
    supplied = {found[lead_id].public_id for lead_id in came}
    return render_template(
        "leads/queue.html", cards=list(found.values()), supplied=supplied, total=total, page=page, size=queue_reads.SIZE,
        assess_due=claims.assess_due, settings=claims.force_on(clock.today()).settings,
    )  # fmt: skip


@bp.post("/queue/admit")
@allowed("lead", "assess")
def admit_many() -> ResponseReturnValue:
    """入库 for the chosen leads, each in its own right: what may not be assessed is skipped and counted."""
    done = skipped = 0
    for public_id in list(dict.fromkeys(request.form.getlist("lead")))[:500]:
        try:
            with unit_of_work():
                services.assess_lead(
                    public_id[:22],
                    Outcome.ADMITTED,
                    "",
                    city=current_app.config["CITY_CODE"],
                    actor=current_actor(),
                    now=clock.now(),
                )
            done += 1
        except Refusal:
            skipped += 1
    flash(_("已入库 %(done)s 条，跳过 %(skipped)s 条", done=done, skipped=skipped), "done" if not skipped else "soon")
    return go("leads.queue")


@bp.get("/<string:public_id>/assess")
@allowed("lead", "assess")
def assess(public_id: str) -> ResponseReturnValue:
    """研判 of one lead."""
    lead = access.visible_lead(public_id, actor=current_actor(), action="assess")
    return _assess_page(lead, AssessForm())


def _assess_page(lead: Lead, form: AssessForm) -> str:
    today = clock.today()
    return render_template(
        "leads/assess.html", lead=lead, form=form, reports=access.second_reports_of(lead.id), found=weighed(lead.id, today),
        needed=claims.force_on(today).settings.evidence_needed, proofs=files.evidence_of(lead.id, actor=current_actor()),
    )  # fmt: skip


@bp.post("/<string:public_id>/assess")
@allowed("lead", "assess")
def assess_now(public_id: str) -> ResponseReturnValue:
    """Store the outcome."""
    form, actor = AssessForm(), current_actor()
    if form.validate():
        try:
            with unit_of_work():
                services.assess_lead(
                    public_id,
                    form.to_outcome(),
                    form.reason.data or "",
                    city=current_app.config["CITY_CODE"],
                    actor=actor,
                    now=clock.now(),
                )
        except ReasonNeeded as refusal:
            form.reason.errors = [refusals.sentence(refusal)]
        else:
            flash(_("研判结果已保存"), "done")
            return go("desk.lead", public_id=public_id)
    lead = access.visible_lead(public_id, actor=actor, action="assess")
    return _assess_page(lead, form), 422


@bp.post("/<string:public_id>/coordination")
@allowed("coordination", "settle")
def settle(public_id: str) -> ResponseReturnValue:
    """A coordinator has seen what a lead raised, and says a word about it."""
    form = SeenForm()
    if not form.validate():
        return said_again(form, "desk.lead", public_id=public_id)
    with unit_of_work():
        services.settle_matters(public_id, form.note.data or "", actor=current_actor(), now=clock.now())
    flash(_("已标为已阅"), "done")
    return go("desk.lead", public_id=public_id)
