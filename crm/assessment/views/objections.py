"""异议: filing one on a line's page, the list, the answer, its files."""

from typing import Any

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.assessment import services
from crm.assessment.forms import AnswerForm, ObjectionForm
from crm.assessment.queries import runs as reads
from crm.assessment.views import shown
from crm.assessment.views.blueprint import bp
from crm.assessment.views.runs import of_line
from crm.core import clock
from crm.files.forms import read_uploads
from crm.files.views import hand_out
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
    return hand_out(lambda: reads.file_of(public_id, current_actor()))
