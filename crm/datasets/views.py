"""Doors of datasets: ask for the files, see how far they are, fetch them."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.datasets import queries, services
from crm.datasets.forms import MakeForm
from crm.datasets.rules import DATASETS
from crm.files.views import hand_out
from crm.web.guards import allowed, current_actor
from crm.web.pages import go, said_again

bp = Blueprint("datasets", __name__, url_prefix="/datasets")


@bp.get("/")
@allowed("dataset", "list")
def index() -> ResponseReturnValue:
    """What the files hold, and those that were made before."""
    return render_template("datasets/index.html", runs=queries.mine(current_actor()), form=MakeForm(), datasets=DATASETS)


@bp.post("/")
@allowed("dataset", "make")
def make() -> ResponseReturnValue:
    """Ask for the files."""
    form, actor, now = MakeForm(), current_actor(), clock.now()
    if not form.validate():
        return said_again(form, "datasets.index")
    with unit_of_work():
        key = once.claim(form.once.data or "", user_id=actor.user_id, scope="datasets.make", body="", now=now)
        public_id = services.ask(actor=actor, now=now).public_id
        key.answer = url_for("datasets.show", public_id=public_id)
    return go("datasets.show", public_id=public_id)


@bp.get("/<string:public_id>")
@allowed("dataset", "make")
def show(public_id: str) -> ResponseReturnValue:
    """How far the files are, or what is in them."""
    run = queries.visible_run(public_id, actor=current_actor())
    name = "datasets/_progress.html" if request.headers.get("HX-Request") else "datasets/show.html"
    return render_template(name, run=run, title=_("数据集"))


@bp.get("/<string:public_id>/datasets.zip")
@allowed("dataset", "make")
def archive(public_id: str) -> ResponseReturnValue:
    """All files in one archive."""
    return hand_out(lambda: queries.file_of(public_id, actor=current_actor()))
