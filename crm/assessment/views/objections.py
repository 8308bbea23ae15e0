"""异议: filing one on a line's page, the list, the answer, its files."""

from typing import Any

from flask import current_app, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.assessment import services
from crm.assessment.forms import AnswerForm, ObjectionForm
from crm.assessment.queries import runs as reads
from crm.assessment.views import shown
from crm.assessment.views.blueprint import bp
from crm.assessment.views.runs import of_line
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import NotFound
from crm.files import queries as files
from crm.files import services as file_services
from crm.files.rules import CONTENT_TYPES
from crm.leads.views import read_uploads
from crm.web.acts import stored
from crm.web.guards import allowed, current_actor


@bp.get("/objections")
@allowed("score", "list")
def objections() -> ResponseReturnValue:
    """Those that one reads, open ones first."""
    rows = reads.objections(current_actor())
    return render_template("assessment/objections.html", rows=rows, today=clock.today(), rule_of=_rule_of)


def _rule_of(row: Any, lang: str) -> str:
    scheme = reads.read(row.line.run.scheme)
    return next((rule.called(lang) for rule in scheme.rules if rule.id == row.line.rule), row.line.rule)


@bp.post("/lines/<string:public_id>/object")
@allowed("score", "object")
def object_now(public_id: str) -> ResponseReturnValue:
    """File an objection."""
    form, actor, now = ObjectionForm(), current_actor(), clock.now()
    root, facts = current_app.config["FILES_PATH"], of_line(public_id)
    services.check_right(facts["line"], actor)
    valid = form.validate()
    papers = read_uploads(form.papers)
    if not valid or form.papers.errors:
        return render_template("assessment/line.html", form=form, message="", **facts), 422

    def do() -> str:
        return services.object_to(public_id, form.reason.data or "", papers, root=root, actor=actor, now=now).public_id

    return stored(
        form, do, "assessment/line.html", _("异议已提出，市统筹按期答复"), "assessment.objection", scope=public_id, **facts
    )


@bp.get("/objections/<string:public_id>")
@allowed("score", "read")
def objection(public_id: str) -> ResponseReturnValue:
    """One objection with its answer."""
    return render_template("assessment/objection.html", form=AnswerForm(formdata=None), message="", **_facts(public_id))


def _facts(public_id: str) -> dict[str, Any]:
    row = reads.objection(public_id, current_actor())
    scheme = reads.read(row.line.run.scheme)
    return {
        "row": row, "papers": reads.files_of(row), "said": shown.lines_of(scheme, [row.line])[0], "today": clock.today(),
        "settled": reads.settled_in(row), "adjusted": shown.total_of(row.points, scheme) if row.points is not None else "",
    }  # fmt: skip


@bp.post("/objections/<string:public_id>")
@allowed("score", "answer")
def answer(public_id: str) -> ResponseReturnValue:
    """Uphold or reject it."""
    form, actor, now, facts = AnswerForm(), current_actor(), clock.now(), _facts(public_id)

    def do() -> str:
        return services.answer_objection(public_id, form.to_answer(), actor=actor, now=now).public_id

    return stored(
        form, do, "assessment/objection.html", _("已答复，并告知该单位"), "assessment.objection", scope=public_id, **facts
    )


@bp.get("/files/<string:public_id>")
@allowed("score", "read")
def paper(public_id: str) -> ResponseReturnValue:
    """A file of an objection; the hand-out is noted."""
    actor = current_actor()
    with unit_of_work():
        file = reads.file_of(public_id, actor)
        file_services.note_access(file, actor=actor, now=clock.now())
        name, kind, sha256 = file.name, file.kind, file.sha256
    path = files.path_of(current_app.config["FILES_PATH"], sha256)
    if not path.exists():
        raise NotFound
    response = send_file(path, mimetype=CONTENT_TYPES[kind], as_attachment=True, download_name=name, max_age=0)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response
