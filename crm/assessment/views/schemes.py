"""方案: the list, one scheme with its formula, loading one, trying one on past periods."""

from collections.abc import Sequence
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.assessment import services, words
from crm.assessment.forms import ComputeForm, SchemeForm, TryForm
from crm.assessment.queries import runs as reads
from crm.assessment.queries.computing import Computed
from crm.assessment.rules.measures import measures
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
    return render_template("assessment/index.html", runs=reads.runs(actor), schemes=reads.schemes(), waiting=waiting)


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
    text = _text_of(form)
    if valid and text is not None:
        try:
            with unit_of_work():
                key = once.claim(form.once.data or "", user_id=actor.user_id, scope="score_scheme", body=text, now=now)
                made = services.load_scheme(text, actor=actor, now=now).public_id
                key.answer = url_for("assessment.scheme", public_id=made)
        except Refusal as refusal:
            message, faults, status = _why(refusal, text)
        else:
            flash(_("方案已载入，可以计算一期"), "done")
            return go("assessment.scheme", public_id=made)
    return render_template("assessment/new.html", form=form, message=message, faults=faults), status


def _why(refusal: Refusal, text: str) -> tuple[str, list[tuple[Any, str, str]], int]:
    """The refusal in words, and each error of the file with its words and its line."""
    if refusal.status not in (409, 422) or "answer" in refusal.facts:
        raise refusal
    lines = text.splitlines()
    found = refusal.faults if isinstance(refusal, SchemeUnfit) else []
    faults = [(one, words.fault_in_words(one), lines[one.line - 1] if one.line <= len(lines) else "") for one in found]
    return refusals.sentence(refusal), faults, refusal.status


def _text_of(form: SchemeForm) -> str | None:
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
    return render_template("assessment/scheme.html", form=ComputeForm(), message="", **_of_scheme(public_id))


def _of_scheme(public_id: str) -> dict[str, Any]:
    row = reads.scheme(public_id)
    lang = html_lang()
    names = {code: one.name(lang) for code, one in indicators().items()}
    return {
        "row": row, "one": reads.read(row), "in_words": shown.in_words, "exact": exact, "percent": percent,
        "against": lambda rule: shown.against_in_words(rule, names), "numbered": list(enumerate(row.text.splitlines(), 1)),
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


@bp.get("/try")
@allowed("score", "try")
def try_page() -> ResponseReturnValue:
    """The form for a trial; `?from=` starts with the text of a scheme."""
    form = TryForm()
    if given := request.args.get("from"):
        form.text.data = reads.scheme(given).text
    return _trial(form, "", [], [])


@bp.post("/try")
@allowed("score", "try")
def try_now() -> ResponseReturnValue:
    """Compute and show; nothing is kept but a line in the audit trail."""
    form, actor, now = TryForm(), current_actor(), clock.now()
    valid = form.validate()
    text = _text_of(form)
    if not valid or text is None:
        return _trial(form, "", [], []), 422
    try:
        with unit_of_work():
            found = services.try_scheme(text, form.periods.data or "", actor=actor, now=now)
            tables = [_table(one) for one in found]
    except Refusal as refusal:
        message, faults, status = _why(refusal, text)
        return _trial(form, message, faults, []), status
    return _trial(form, "", [], tables)


def _trial(form: TryForm, message: str, faults: Sequence[Any], tables: Sequence[Any]) -> str:
    return render_template(
        "assessment/try.html", form=form, message=message, faults=faults, tables=tables,
        names=list(measures().values()),
    )  # fmt: skip


def _table(found: Computed) -> dict[str, Any]:
    """What a trial shows of a period: each unit with its place, its lines and its score."""
    lang, scheme_ = html_lang(), found.scheme
    places, totals = found.places, found.totals
    rows = [
        {
            "place": places[unit.id], "name": unit.short(lang), "lines": shown.lines_of(scheme_, found.lines[unit.id]),
            "total": shown.total_of(totals[unit.id], scheme_),
        }
        for unit in sorted(found.units, key=lambda unit: (places[unit.id], unit.id))
    ]  # fmt: skip
    return {
        "period": found.period.code,
        "rules": [rule.called(lang) for rule in scheme_.rules],
        "rows": rows,
        "name": scheme_.called(lang),
    }
