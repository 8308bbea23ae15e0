"""One milestone: entering it, its page, correcting it, taking it back; what the second pair of eyes says of it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import current_app, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.files.forms import read_uploads
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.views.blueprint import on_from, way_back
from crm.pipeline import queries, services
from crm.pipeline.forms import ConfirmForm, CorrectForm, MilestoneForm, ReasonForm, SeenForm
from crm.pipeline.models import Milestone
from crm.pipeline.rules import Act, Kind
from crm.pipeline.views.blueprint import bp, doubts_about, say
from crm.policy import rules as policy
from crm.web.acts import act_on
from crm.web.forms import Form
from crm.web.guards import allowed, current_actor
from crm.web.pages import go


@bp.get("/milestones/new/<string:public_id>")
@allowed("milestone", "enter")
def new_milestone(public_id: str) -> ResponseReturnValue:
    """The form for a lead; `kind` and the stage it is wanted for stand in the address."""
    lead = _lead(public_id)
    form = MilestoneForm(data={"kind": request.args.get("kind", "")})
    return _form(lead, form.offer(queries.kinds_open(lead)))


@bp.post("/milestones/new/<string:public_id>")
@allowed("milestone", "enter")
def enter_milestone(public_id: str) -> ResponseReturnValue:
    """Store it with its files, in one act; back to where it was wanted."""
    lead, actor, now = _lead(public_id), current_actor(), clock.now()
    form = MilestoneForm().offer(queries.kinds_open(lead))

    def do(uploads: list[tuple[str, bytes]]) -> None:
        once.claim(form.once.data, user_id=actor.user_id, scope=f"milestone:{public_id}", body=form.once_body(), now=now)
        root = current_app.config["FILES_PATH"]
        services.enter_milestone(
            public_id, form.to_milestone(uploads), root=root, actor=actor, now=now, checked=form.checked.data or ""
        )

    if (status := _stored(form, do)) is not None:
        return _form(lead, form), status
    flash(_("节点已登记"), "done")
    return on_from(public_id)


def _lead(public_id: str) -> Lead:
    actor = current_actor()
    lead = access.visible_lead(public_id, actor=actor)
    policy.require(policy.towards_lead(actor, lead), "milestone", "enter", seen_by="read")
    return lead


def _form(lead: Lead, form: MilestoneForm, old: Milestone | None = None) -> str:
    files = queries.evidence_of([old.id])[old.id] if old else []
    return render_template(
        "pipeline/enter.html", lead=lead, form=form, old=old, files=files, table=queries.gates(), **way_back(lead.public_id)
    )


def _stored(form: MilestoneForm, do: Callable[[list[tuple[str, bytes]]], Any]) -> int | None:
    """Do it when the form and its files are right; None when it is done, else the status of the page that says why not."""
    valid = form.validate()
    uploads = read_uploads(form.proofs)
    if not valid or form.proofs.errors:
        return 422
    try:
        with unit_of_work():
            do(uploads)
    except Refusal as refusal:
        return say(form, refusal)
    return None


@bp.get("/milestones/<string:public_id>")
@allowed("milestone", "read")
def milestone(public_id: str) -> ResponseReturnValue:
    """One milestone: both values, what shows it, who said what, what may be done."""
    return _shown(public_id)


def _shown(public_id: str, **typed: Form) -> str:
    """The page; `typed`: a form of it that was sent and refused, as it was typed."""
    actor = current_actor()
    row, lead = queries.visible_milestone(public_id, actor=actor)
    shown = queries.waits([row], actor)[0]
    stands = policy.towards_lead(actor, lead)
    related = [one for one in queries.milestones_of(lead.id) if one.id == row.replaces_id or one.replaces_id == row.id]
    return render_template(
        "pipeline/milestone.html", one=shown, lead=lead, related=related, rule=queries.gates().kinds[Kind(row.kind)], acts=Act,
        against=doubts_about([row]), may_correct=policy.can(stands, "milestone", "correct"),
        may_withdraw=_may_withdraw(row, stands),
        **{
            "confirm_form": ConfirmForm(formdata=None, data={"version": row.version}),
            "return_form": ReasonForm(formdata=None, data={"version": row.version}, about="return-"),
            "withdraw_form": ReasonForm(formdata=None, data={"version": row.version}, about="withdraw-"),
        } | typed,
    )  # fmt: skip


def _may_withdraw(row: Milestone, stands: policy.Standing) -> bool:
    return policy.can(stands, "milestone", "withdraw_confirmed" if row.state == "confirmed" else "withdraw")


@bp.get("/milestones/<string:public_id>/correct")
@allowed("milestone", "correct")
def correct(public_id: str) -> ResponseReturnValue:
    """The form, filled in with what is there."""
    row, lead = _to_correct(public_id)
    values = {"kind": row.kind, "on": row.on_date, "note": "" if row.state == "confirmed" else row.note, "version": row.version}
    form = CorrectForm(data=values | CorrectForm.values_of(row.reported_sum))
    return _form(lead, form.offer([Kind(row.kind)]), row)


@bp.post("/milestones/<string:public_id>/correct")
@allowed("milestone", "correct")
def correct_now(public_id: str) -> ResponseReturnValue:
    """A new row in the place of the old one."""
    row, lead = _to_correct(public_id)
    form, actor, now = CorrectForm(), current_actor(), clock.now()
    form.offer([Kind(row.kind)])

    def do(uploads: list[tuple[str, bytes]]) -> None:
        once.claim(form.once.data, user_id=actor.user_id, scope=f"correct:{public_id}", body=form.once_body(), now=now)
        services.correct_milestone(
            public_id, form.to_milestone(uploads), opened=form.version.data, root=current_app.config["FILES_PATH"], actor=actor,
            now=now, checked=form.checked.data or "",
        )  # fmt: skip

    if (status := _stored(form, do)) is not None:
        row, lead = _to_correct(public_id)
        return _form(lead, form, row), status
    flash(_("更正已登记"), "done")
    return go("desk.lead", public_id=lead.public_id)


def _to_correct(public_id: str) -> tuple[Milestone, Lead]:
    actor = current_actor()
    row, lead = queries.visible_milestone(public_id, actor=actor)
    policy.require(policy.towards_lead(actor, lead), "milestone", "correct", seen_by="read")
    return row, lead


@bp.post("/milestones/<string:public_id>/withdraw")
@allowed("milestone", "withdraw")
def withdraw(public_id: str) -> ResponseReturnValue:
    """Take it back."""
    form = ReasonForm(about="withdraw-")
    do = partial(_word, services.withdraw_milestone, public_id, form, lambda: form.reason.data)
    return _said(public_id, do, _("已撤回"), withdraw_form=form)


@bp.post("/milestones/<string:public_id>/review")
@allowed("milestone", "review")
def review(public_id: str) -> ResponseReturnValue:
    """初审."""
    form, actor = SeenForm(), current_actor()
    see = partial(queries.visible_milestone, public_id, actor=actor)
    do = partial(_word, services.review_milestone, public_id, form)
    return act_on(form, see, do, _("已初审，等待市级认定"), "pipeline.milestone", public_id=public_id)


@bp.post("/milestones/<string:public_id>/return")
@allowed("milestone", "return")
def give_back(public_id: str) -> ResponseReturnValue:
    """退回."""
    form = ReasonForm(about="return-")
    do = partial(_word, services.return_milestone, public_id, form, lambda: form.reason.data)
    return _said(public_id, do, _("已退回"), return_form=form)


@bp.post("/milestones/<string:public_id>/confirm")
@allowed("milestone", "confirm")
def confirm(public_id: str) -> ResponseReturnValue:
    """认定."""
    form = ConfirmForm()
    return _said(
        public_id, partial(_word, services.confirm_milestone, public_id, form, form.to_verdict), _("已认定"), confirm_form=form
    )


def _word(verb: Callable[..., Any], public_id: str, form: SeenForm, *more: Callable[[], Any]) -> Any:
    return verb(public_id, *(one() for one in more), opened=form.version.data, actor=current_actor(), now=clock.now())


def _said(public_id: str, do: Callable[[], Any], done: str, **typed: Form) -> ResponseReturnValue:
    """Say it; what is refused is said beside the form of the page that it was typed in, where everything still stands."""
    (form,) = typed.values()
    status = 422
    if form.validate():
        try:
            with unit_of_work():
                do()
        except Refusal as refusal:
            status = say(form, refusal)
            if status == 409:  # somebody was faster: the page as it is now has no such form
                flash(form.form_errors[-1], "soon")
                return go("pipeline.milestone", public_id=public_id)
        else:
            flash(done, "done")
            return go("pipeline.milestone", public_id=public_id)
    return _shown(public_id, **typed), status
