"""Pausing, ending and taking up a lead again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Moved, Refusal
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.pipeline import queries, services
from crm.pipeline.forms import EndForm, PauseForm, ResumeForm
from crm.pipeline.views.blueprint import bp
from crm.web import refusals
from crm.web.forms import Form
from crm.web.guards import allowed, current_actor
from crm.web.pages import go


@bp.get("/status/<string:public_id>")
@allowed("lead", "pause")
def status(public_id: str) -> ResponseReturnValue:
    """The forms that suit what the lead is now, and what was said before."""
    return _page(access.visible_lead(public_id, actor=current_actor(), action="pause"))


def _page(lead: Lead, typed: Form | None = None, message: str = "") -> str:
    opened = {"version": lead.version}
    forms: dict[str, Form] = {
        "pause": PauseForm(formdata=None, data=opened | {"wake_on": clock.today() + timedelta(days=30)}),
        "end": EndForm(formdata=None, data=opened),
        "resume": ResumeForm(formdata=None, data=opened),
    }
    for name, kind in (("pause", PauseForm), ("end", EndForm), ("resume", ResumeForm)):
        if isinstance(typed, kind):
            typed.version.data, typed.version.raw_data = lead.version, None
            forms[name] = typed
    return render_template(
        "pipeline/status.html", lead=lead, forms=forms, typed=typed, message=message, statuses=queries.statuses_of(lead.id)
    )


@bp.post("/status/<string:public_id>/pause")
@allowed("lead", "pause")
def pause(public_id: str) -> ResponseReturnValue:
    """暂缓."""
    form = PauseForm()
    return _change(
        public_id, form, "pause", _("已暂缓，到期提醒"),
        lambda **named: services.pause_lead(public_id, form.wake_on.data, form.reason.data or "", **named),
    )  # fmt: skip


@bp.post("/status/<string:public_id>/end")
@allowed("lead", "end")
def end(public_id: str) -> ResponseReturnValue:
    """终止."""
    form = EndForm()
    do: Callable[..., Any] = lambda **named: services.end_lead(public_id, form.to_ending(), **named)  # noqa: E731
    return _change(public_id, form, "end", _("已终止"), do)


@bp.post("/status/<string:public_id>/resume")
@allowed("lead", "resume")
def resume(public_id: str) -> ResponseReturnValue:
    """恢复推进."""
    form = ResumeForm()
    do: Callable[..., Any] = lambda **named: services.resume_lead(public_id, form.reason.data or "", **named)  # noqa: E731
    return _change(public_id, form, "resume", _("已恢复推进"), do)


def _change(public_id: str, form: Form, action: str, done: str, do: Callable[..., Any]) -> ResponseReturnValue:
    actor, code, message = current_actor(), 422, ""
    if form.validate():
        try:
            with unit_of_work():
                do(opened=form.version.data, actor=actor, now=clock.now())
        except Refusal as refusal:
            if refusal.status not in (422, 409) or isinstance(refusal, Moved):
                raise
            code, message = refusal.status, refusals.sentence(refusal)
        else:
            flash(done, "done")
            return go("desk.lead", public_id=public_id)
    return _page(access.visible_lead(public_id, actor=actor, action=action), form, message), code
