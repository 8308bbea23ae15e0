"""/templates: each paper's Word template, the fields it may use, its versions; putting in another, going back. A paper
goes by its code where other records have a public id.
"""

from io import BytesIO
from typing import Any

from flask import Blueprint, current_app, flash, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.core.papers.faults import Fault
from crm.core.papers.filling import DOCX, fill
from crm.files.rules import FileRefused
from crm.files.views import hand_out
from crm.stationery import queries, services
from crm.stationery.forms import BackForm, TemplateForm
from crm.stationery.rules import Paper, TemplateRefused, named
from crm.stationery.words import fault_in_words, place_in_words
from crm.web import refusals
from crm.web.acts import act_on
from crm.web.guards import allowed, current_actor
from crm.web.pages import go
from crm.web.words import word

bp = Blueprint("stationery", __name__, url_prefix="/templates")


@bp.get("/")
@allowed("paper_template", "list")
def index() -> ResponseReturnValue:
    """Every paper with the template in use."""
    return render_template("stationery/index.html", rows=queries.in_use(current_app.config))


def _page(paper: Paper, form: TemplateForm, message: str = "", faults: list[Fault] | None = None) -> str:
    used = queries.in_use_of(paper, current_app.config)
    if not form.is_submitted():
        form.version.data = used.number
    return render_template(
        "stationery/paper.html", paper=paper, used=used, versions=queries.versions_of(paper), form=form, message=message,
        faults=[(fault_in_words(one), place_in_words(one.place), one.place.text if one.place else "") for one in faults or []],
        fields=_fields(paper.example),
    )  # fmt: skip


def _fields(example: dict[str, Any]) -> list[tuple[str, str]]:
    """How each field is written in a template, with what stands there for example."""
    rows: list[tuple[str, str]] = []
    for name, value in example.items():
        rows += _written(name, value)
    return rows


def _written(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [row for key, inner in value.items() for row in _written(f"{name}.{key}", inner)]
    if isinstance(value, list):
        one = value[0] if value else ""
        return _written(f"{name}[]", one)
    return [(name, "" if value is None else str(value))]


@bp.get("/<string:public_id>")
@allowed("paper_template", "list")
def show(public_id: str) -> ResponseReturnValue:
    """One paper: what is in use, who put it there, the fields."""
    return _page(named(public_id), TemplateForm())


@bp.post("/<string:public_id>")
@allowed("paper_template", "edit")
def put(public_id: str) -> ResponseReturnValue:
    """Put a template in use, or say everything that is wrong with it."""
    paper, form, actor = named(public_id), TemplateForm(), current_actor()
    if not form.validate():
        return _page(paper, form), 422
    upload, root = form.file.data, current_app.config["FILES_PATH"]
    try:
        with unit_of_work():
            services.put_template(
                paper, upload.read(), upload.filename or "", form.note.data or "", opened=form.version.data, root=root,
                actor=actor, now=clock.now(),
            )  # fmt: skip
    except FileRefused as refusal:
        form.file.errors = [refusals.sentence(refusal)]
        return _page(paper, form), 422
    except TemplateRefused as refusal:
        return _page(paper, form, refusals.sentence(refusal), refusal.faults), 422
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return _page(paper, form, refusals.sentence(refusal)), 409
    flash(_("新模板已启用，以后导出的文件都用它"), "done")
    return go("stationery.show", public_id=public_id)


@bp.post("/<string:public_id>/back")
@allowed("paper_template", "edit")
def back(public_id: str) -> ResponseReturnValue:
    """Go back to an older version, or to the product's own."""
    paper, form, actor, now = named(public_id), BackForm(), current_actor(), clock.now()
    root = current_app.config["FILES_PATH"]

    def do() -> None:
        if form.again.data:
            services.use_again(paper, form.again.data, opened=form.version.data, root=root, actor=actor, now=now)
        else:
            services.use_shipped(paper, opened=form.version.data, actor=actor, now=now)

    done = _("已改回所选的模板") if form.again.data else _("已改回系统自带模板")
    return act_on(form, lambda: None, do, done, "stationery.show", public_id=public_id)


@bp.get("/<string:public_id>/shipped.docx")
@allowed("paper_template", "list")
def shipped(public_id: str) -> ResponseReturnValue:
    """The product's own template, to begin with."""
    paper = named(public_id)
    return send_file(paper.shipped, mimetype=DOCX, as_attachment=True, download_name=paper.name, max_age=0)


@bp.get("/<string:public_id>/sample.docx")
@allowed("paper_template", "list")
def sample(public_id: str) -> ResponseReturnValue:
    """The template in use filled with the example, to look at."""
    paper = named(public_id)
    content: BytesIO = fill(queries.template_of(paper, current_app.config), paper.example)
    name = _("%(paper)s（样张）", paper=word("paper", paper.key))
    return send_file(content, mimetype=DOCX, as_attachment=True, download_name=f"{name}.docx", max_age=0)


@bp.get("/versions/<string:public_id>")
@allowed("paper_template", "list")
def version(public_id: str) -> ResponseReturnValue:
    """The file of a version."""
    return hand_out(lambda: queries.file_of(public_id))
