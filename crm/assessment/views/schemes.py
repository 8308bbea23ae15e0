"""方案: the list, one scheme with its formula, loading one."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.assessment import services, words
from crm.assessment.forms import ComputeForm, SchemeForm
from crm.assessment.queries import runs as reads
from crm.assessment.rules.refusals import SchemeUnfit
from crm.assessment.rules.writing import exact, percent
from crm.assessment.views import shown
from crm.assessment.views.blueprint import bp
from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.targets.rules import indicators
from crm.web import refusals
from crm.web.acts import stored
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.pages import go


@bp.get("/")
@allowed("score", "list")
def index() -> ResponseReturnValue:
    """Runs, schemes, and what waits for an answer."""
    actor = current_actor()
    waiting = [row for row in reads.objections(actor) if row.state == "open"]
    rows = reads.schemes()
    contests = {row.public_id: period for row in rows if (period := reads.read(row).period)}
    return render_template("assessment/index.html", runs=reads.runs(actor), schemes=rows, contests=contests, waiting=waiting)


@bp.get("/schemes/new")
@allowed("score", "load")
def new_scheme() -> ResponseReturnValue:
    """The form for a formula file; `?from=` starts with the text of a scheme."""
    form = SchemeForm()
    if given := request.args.get("from"):
        form.text.data = reads.scheme(given).text
    return render_template("assessment/new.html", form=form, message="", faults=[])


@bp.post("/schemes/new")
@allowed("score", "load")
def load() -> ResponseReturnValue:
    """Store it, or say every error with its line."""
    form, actor, now = SchemeForm(), current_actor(), clock.now()
    valid, message, status = form.validate(), "", 422
    faults: list[tuple[Any, str, str]] = []
    text = text_of(form)
    if valid and text is not None:
        try:
            with unit_of_work():
                key = once.claim(form.once.data or "", user_id=actor.user_id, scope="score_scheme", body=text, now=now)
                made = services.load_scheme(text, actor=actor, now=now).public_id
                key.answer = url_for("assessment.scheme", public_id=made)
        except Refusal as refusal:
            message, faults, status = why(refusal, text)
        else:
            flash(_("方案已载入，可以计算一期"), "done")
            return go("assessment.scheme", public_id=made)
    return render_template("assessment/new.html", form=form, message=message, faults=faults), status


def why(refusal: Refusal, text: str) -> tuple[str, list[tuple[Any, str, str]], int]:
    """The refusal in words, and each error of the file with its words and its line."""
    if refusal.status not in (409, 422) or "answer" in refusal.facts:
        raise refusal
    lines = text.splitlines()
    found = refusal.faults if isinstance(refusal, SchemeUnfit) else []
    faults = [(one, words.fault_in_words(one), lines[one.line - 1] if one.line <= len(lines) else "") for one in found]
    return refusals.sentence(refusal), faults, refusal.status


def text_of(form: SchemeForm) -> str | None:
    """What was uploaded, else what was typed; the form shows it again. None when there is nothing, or nothing readable."""
    upload: Any = form.file.data
    if upload is not None and getattr(upload, "filename", None):
        content = upload.read()
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                form.text.data = content.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\x00" not in str(form.text.data):
                return str(form.text.data)
        form.text.data = ""
        form.file.errors = [_("不是文本文件")]
        return None
    if not (form.text.data or "").strip():
        form.text.errors = [_("请选择文件或填写方案内容")]
        return None
    return str(form.text.data)


@bp.get("/schemes/<string:public_id>")
@allowed("score", "list")
def scheme(public_id: str) -> ResponseReturnValue:
    """One scheme: its indicators in words, its file word for word."""
    facts = _of_scheme(public_id)
    return render_template("assessment/scheme.html", form=ComputeForm(period=facts["one"].period), message="", **facts)


def _of_scheme(public_id: str) -> dict[str, Any]:
    row = reads.scheme(public_id)
    lang = html_lang()
    names = {code: one.name(lang) for code, one in indicators().items()}
    called = reads.names_of_codes(lang)
    scheme_ = reads.read(row)
    return {
        "groups": [(group.called(lang), [called.get(code, code) for code in group.units]) for group in scheme_.groups],
        "among": shown.among_in_words(scheme_, apart=scheme_.apart) if scheme_.groups else "",
        "row": row, "one": scheme_, "in_words": shown.in_words, "exact": exact, "percent": percent,
        "against": lambda rule: shown.against_in_words(rule, names, grouped=bool(scheme_.groups)),
        "numbered": list(enumerate(row.text.splitlines(), 1)),
    }  # fmt: skip


@bp.post("/schemes/<string:public_id>/compute")
@allowed("score", "compute")
def compute(public_id: str) -> ResponseReturnValue:
    """Score a period by it."""
    form, actor, now = ComputeForm(), current_actor(), clock.now()

    def do() -> str:
        return services.compute_run(public_id, form.period.data or "", actor=actor, now=now).public_id

    return stored(
        form, do, "assessment/scheme.html", _("已算出暂定得分"), "assessment.run", scope=public_id, **_of_scheme(public_id)
    )
