"""写进展."""

from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.utils import redirect

from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.files import services as files
from crm.files.forms import read_uploads
from crm.leads.queries import access, listing
from crm.leads.rules.listing import Question, Scope
from crm.visits import services
from crm.visits.forms import ProgressForm
from crm.visits.rules import InTheFuture
from crm.web import refusals
from crm.web.guards import allowed, current_actor

bp = Blueprint("visits", __name__, url_prefix="/progress")


@bp.get("/")
@allowed("lead", "write_progress")
def choose() -> ResponseReturnValue:
    """Progress without a lead chosen yet: one's own leads, newest first, or a search."""
    actor = current_actor()
    question = Question(stage=None, scope=Scope.UNIT if request.args.get("q") else Scope.MINE,
                        text=request.args.get("q", "")[:80], size=20)  # fmt: skip
    return render_template("visits/choose.html", cards=listing.page_of(question, actor), text=question.text)


@bp.get("/<string:public_id>")
@allowed("lead", "write_progress")
def write(public_id: str) -> ResponseReturnValue:
    """The form for one lead."""
    lead = access.visible_lead(public_id, actor=current_actor(), action="write_progress")
    return render_template("visits/write.html", lead=lead, form=ProgressForm())


@bp.post("/<string:public_id>")
@allowed("lead", "write_progress")
def write_now(public_id: str) -> ResponseReturnValue:
    """Store it with its photos, in one act."""
    form, actor, now = ProgressForm(), current_actor(), clock.now()
    valid = form.validate()
    uploads = read_uploads(form.photos)
    if valid and not form.photos.errors:
        try:
            with unit_of_work():
                key = once.claim(
                    form.once.data, user_id=actor.user_id, scope=f"progress:{public_id}", body=form.once_body(), now=now
                )
                row = services.log_progress(public_id, form.to_progress(), actor=actor, now=now, proofs=len(uploads))
                for name, content in uploads:
                    files.store_file(
                        content, name, purpose="progress", root=current_app.config["FILES_PATH"], actor=actor, now=now,
                        lead_id=row.lead_id, interaction_id=row.id,
                    )  # fmt: skip
                key.answer = url_for("desk.lead", public_id=public_id)
        except InTheFuture as refusal:
            form.on.errors = [refusals.sentence(refusal)]
        else:
            flash(_("进展已保存"), "done")
            return redirect(url_for("desk.lead", public_id=public_id), 303)
    lead = access.visible_lead(public_id, actor=actor, action="write_progress")
    return render_template("visits/write.html", lead=lead, form=form), 422
