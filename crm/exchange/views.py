"""Doors of imports: upload, look at what was judged, decide, run, fetch the result."""

from typing import Any

from flask import Blueprint, abort, current_app, flash, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.utils import redirect

from crm.claims import queries as claims
from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.exchange import queries, services, sheets
from crm.exchange.forms import DecideForm, UploadForm
from crm.exchange.models import Import, ImportRow
from crm.exchange.rules.blanks import BLANKS
from crm.files import services as files
from crm.files.rules import FileRefused
from crm.jobs import services as jobs
from crm.leads.rules.lead import ProjectType, Stage
from crm.policy import rules as policy
from crm.units import queries as units
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.pages import go
from crm.web.words import word

bp = Blueprint("exchange", __name__, url_prefix="/imports")
TABS = {"ready": ("ready", "warning", "imported"), "refused": ("refused",), "duplicate": ("duplicate", "skipped")}


def _upload_form() -> UploadForm:
    form, actor = UploadForm(), current_actor()
    own = units.by_id(actor.unit_id)
    others = units.working() if policy.may(actor, "import", "start_for_unit") else [own]
    form.unit.choices = [(unit.code, unit.name(html_lang())) for unit in others]
    if request.method == "GET":
        form.unit.data = own.code
    if not policy.may(actor, "import", "start_companies"):
        form.kind.choices = [choice for choice in form.kind.choices if choice[0] == "leads"]
    return form


@bp.get("/")
@allowed("import", "list")
def index() -> ResponseReturnValue:
    """Upload, and what was imported before."""
    return render_template("exchange/index.html", form=_upload_form(), imports=queries.mine(current_actor()))


@bp.post("/")
@allowed("import", "start")
def upload() -> ResponseReturnValue:
    """Take a file and have it judged."""
    form, actor, now = _upload_form(), current_actor(), clock.now()
    if form.validate():
        content = form.file.data.read()
        try:
            with unit_of_work():
                body = f"{form.kind.data}{form.unit.data}{len(content)}"
                key = once.claim(form.once.data, user_id=actor.user_id, scope="exchange.upload", body=body, now=now)
                target = _start(form, content, actor, now)
                key.answer = target
        except FileRefused as refusal:
            form.file.errors = [refusals.sentence(refusal)]
        else:
            return redirect(target, 303)
    return render_template("exchange/index.html", form=form, imports=queries.mine(actor)), 422


def _start(form: UploadForm, content: bytes, actor: policy.Actor, now: Any) -> str:
    root = current_app.config["FILES_PATH"]
    stored = files.store_file(content, form.file.data.filename or "", purpose="import", root=root, actor=actor, now=now)
    if stored.kind not in ("xlsx", "csv"):
        raise FileRefused("file_type", name=stored.name)
    unit = units.by_code(form.unit.data or "")
    if unit is None:
        abort(422)
    admit = bool(form.admit.data) and policy.possible(actor.role, "lead", "assess")
    batch = services.start_import(stored, kind=form.kind.data, unit=unit, admit=admit, actor=actor, now=now)
    job = jobs.enqueue("exchange.judge", {"import_id": batch.id}, actor=actor, now=now)
    batch.job_id = job.id
    return url_for("exchange.show", public_id=batch.public_id)


@bp.get("/blank.xlsx")
@allowed("import", "start")
def blank() -> ResponseReturnValue:
    """An empty list with headings that are understood, and how its columns are filled."""
    kind, actor = request.args.get("kind", "leads"), current_actor()
    if kind not in BLANKS or (kind == "companies" and not policy.may(actor, "import", "start_companies")):
        abort(404)
    name = str(word("import_kind", kind))
    notes = [_("本系统为非涉密系统，严禁存储、处理、传输国家秘密"), *(_how_leads() if kind == "leads" else _how_companies())]
    book = sheets.write_workbook(name, [one.said(html_lang()) for one in BLANKS[kind]], [], notes=notes)
    name = _("%(kind)s空表", kind=name)
    return send_file(book, as_attachment=True, download_name=f"{name}.xlsx", mimetype=sheets.XLSX)


def _how_leads() -> list[str]:
    """How the columns of a list of leads are filled. No line begins as a heading does."""
    comma = _("、")
    stages = comma.join(str(word("stage", one)) for one in Stage)
    types = comma.join(str(word("project_type", one)) for one in ProjectType)
    return [
        _("带 * 的列必填，投资方中文、外文填一个即可；其余可以空着，不用的列可以删去"),
        _("阶段填：%(stages)s", stages=stages),
        _("项目类型填：%(types)s", types=types),
        _("金额只写数字时按列名中的单位；日期写成 2026-06-18"),
    ]


def _how_companies() -> list[str]:
    return [_("带 * 的列填一个即可；其余可以空着，不用的列可以删去")]


@bp.get("/<string:public_id>")
@allowed("import", "read")
def show(public_id: str) -> ResponseReturnValue:
    """What was judged, row by row, and what became of it."""
    batch = queries.visible_import(public_id, actor=current_actor())
    tab = request.args.get("tab") if request.args.get("tab") in TABS else "ready"
    page = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    counts = queries.counts(batch.id)
    rows = queries.rows_of(batch.id, *TABS[tab or "ready"], page=page)
    name = "exchange/_waiting.html" if request.headers.get("HX-Request") else "exchange/show.html"
    return render_template(
        name, batch=batch, tab=tab, page=page, counts=counts, rows=rows, matches=queries.matches_of(rows, current_actor()),
        sums={key: sum(counts.get(o, 0) for o in outcomes) for key, outcomes in TABS.items()}, unit=units.by_id(batch.unit_id),
        refusal=_refusal(batch), form=DecideForm(formdata=None), gathering=claims.open_window(clock.now()) is not None,
        masked={row.row for row in rows if queries.is_masked(row)},
    )  # fmt: skip


def _refusal(batch: Import) -> str:
    if not batch.refusal:
        return ""
    return refusals.sentence(Refusal(batch.refusal, **(batch.refusal_facts or {})))


@bp.post("/<string:public_id>/decisions")
@allowed("import", "read")
def decide(public_id: str) -> ResponseReturnValue:
    """What is to become of duplicates."""
    form, actor = DecideForm(), current_actor()
    if not form.validate():
        abort(422)
    with unit_of_work():
        batch = queries.visible_import(public_id, actor=actor)
        changed = services.decide_duplicates(batch, form.decision.data, form.row.data, actor=actor, now=clock.now())
    flash(_("已选择 %(n)s 行：%(decision)s", n=changed, decision=word("import_decision", form.decision.data)), "done")
    page, row = request.form.get("page", 1, type=int), form.row.data
    back = url_for("exchange.show", public_id=public_id, tab="duplicate", page=page, _anchor=f"row-{row}" if row else None)
    return redirect(back, 303)


@bp.post("/<string:public_id>/run")
@allowed("import", "read")
def run(public_id: str) -> ResponseReturnValue:
    """Write it, in the background."""
    actor = current_actor()
    with unit_of_work():
        batch = queries.visible_import(public_id, actor=actor)
        if batch.state != "judged":
            raise services.NotJudged
        batch.state = "applying"
        total = len(queries.next_to_apply(batch.id, limit=60_000))
        job = jobs.enqueue("exchange.apply", {"import_id": batch.id}, actor=actor, now=clock.now(), total=total)
        batch.job_id = job.id
    return go("exchange.show", public_id=public_id)


@bp.get("/<string:public_id>/result.xlsx")
@allowed("import", "read")
def result(public_id: str) -> ResponseReturnValue:
    """Every row as it was, with its outcome and the reasons in words."""
    batch = queries.visible_import(public_id, actor=current_actor())
    names, found = list(batch.columns or {}), queries.all_rows(batch.id)
    matches = queries.matches_of(found, current_actor())
    headings = [_("行"), _("结果"), _("原因"), *[(batch.columns or {})[name] for name in names]]
    rows = [
        [row.row, word("import_outcome", row.outcome), _why(row, matches[row.row]), *[row.cells.get(n) for n in names]]
        for row in found
    ]
    book = sheets.write_workbook(_("导入结果"), headings, rows, notes=[_("本系统为非涉密系统，严禁存储、处理、传输国家秘密")])
    return send_file(
        book, as_attachment=True, download_name=f"{_('导入结果')}-{batch.file_name}.xlsx"[-120:], mimetype=sheets.XLSX
    )


def _why(row: ImportRow, matches: list[dict[str, Any]]) -> str:
    parts = [f"{reason['column']}：{word('import_reason', reason['code'])}" for reason in row.reasons]
    if row.duplicate_rows:
        parts.append(_("与第 %(rows)s 行疑似同一家", rows="、".join(map(str, row.duplicate_rows))))
    parts += [_("库内已有 %(number)s", number=m.get("number") or _("登记")) for m in matches if m["verdict"] == "same"]
    return "；".join(parts)
