"""预计节点: the days on which a lead's next milestones are expected; why they moved."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Moved, Refusal
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.pipeline import queries, services
from crm.pipeline.forms import ExpectedForm
from crm.pipeline.queries import Expected
from crm.pipeline.views.blueprint import bp
from crm.policy import rules as policy
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.pages import go


@bp.get("/expected/<string:public_id>")
@allowed("expected", "set")
def expected(public_id: str) -> ResponseReturnValue:
    """The days as they are now, to be changed."""
    lead = _lead(public_id)
    lines = _lines(lead)
    days = {line.kind.value: line.promise.on for line in lines if line.promise}
    form = ExpectedForm(data=days | {"version": queries.expected_count(lead.id)})
    return _page(lead, lines, form)


@bp.post("/expected/<string:public_id>")
@allowed("expected", "set")
def set_expected(public_id: str) -> ResponseReturnValue:
    """Store what is other than it was."""
    lead = _lead(public_id)
    lines, message, status = _lines(lead), "", 422
    form = ExpectedForm().offer([line.kind for line in lines])
    if form.validate():
        try:
            with unit_of_work():
                services.set_expected(
                    public_id, form.wanted(), form.reason.data or "", opened=form.version.data, actor=current_actor(),
                    now=clock.now(),
                )  # fmt: skip
        except Refusal as refusal:
            if refusal.status not in (422, 409) or isinstance(refusal, Moved):
                raise
            message, status = refusals.sentence(refusal), refusal.status
            _at_its_place(form, refusal, message)
        else:
            flash(_("预计节点已保存"), "done")
            return go("desk.lead", public_id=public_id)
    lead = _lead(public_id)
    form.version.data, form.version.raw_data = queries.expected_count(lead.id), None
    return _page(lead, _lines(lead), form, message), status


def _at_its_place(form: ExpectedForm, refusal: Refusal, message: str) -> None:
    """The field that is refused says so itself."""
    name = "reason" if refusal.code == "expected_reason" else str(refusal.facts.get("kind", ""))
    if name in form:
        form[name].errors = [*form[name].errors, message]


def _lead(public_id: str) -> Lead:
    actor = current_actor()
    lead = access.visible_lead(public_id, actor=actor)
    policy.require(policy.towards_lead(actor, lead), "expected", "set", seen_by="read")
    return lead


def _lines(lead: Lead) -> list[Expected]:
    """The milestones of which a day may be set, or taken back."""
    rows, there = queries.expected_rows(lead.id), queries.milestones_of(lead.id)
    return [
        line for line in queries.expected_of(lead, rows, there, clock.today()) if line.reached_on is None and not line.skipped
    ]


def _page(lead: Lead, lines: list[Expected], form: ExpectedForm, message: str = "") -> str:
    form.offer([line.kind for line in lines])
    return render_template(
        "pipeline/expected.html", lead=lead, lines=lines, form=form, message=message, limits=queries.gates().slip
    )
