"""实际使用外资: the official table comes in, counts, and is taken back; whose a credit code is."""

from datetime import date
from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.utils import redirect

from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.core.workbooks.reading import read_sheets
from crm.files import services as files
from crm.files.rules import FileRefused, check_file
from crm.money import queries, services
from crm.money.forms import LinkForm, TableForm
from crm.money.rules.official import Judged, judge
from crm.money.views.blueprint import bp
from crm.web import refusals
from crm.web.acts import act, act_on
from crm.web.guards import allowed, current_actor


@bp.get("/money/official")
@allowed("utilised", "import")
def official() -> ResponseReturnValue:
    """Upload, the tables that came in, codes that belong to no company yet."""
    return _page(TableForm())


@bp.post("/money/official")
@allowed("utilised", "import")
def upload() -> ResponseReturnValue:
    """Take a table and judge it whole; nothing of it counts yet."""
    form, actor, now = TableForm(), current_actor(), clock.now()
    if not form.validate():
        return _page(form), 422
    content, name = form.file.data.read(), form.file.data.filename or ""
    try:
        judged = _judged(content, name, form.to_month())  # the workbook is read outside any transaction
        with unit_of_work():
            body = f"{form.month.data}{len(content)}{name}"
            key = once.claim(form.once.data or "", user_id=actor.user_id, scope="money.upload", body=body, now=now)
            root = current_app.config["FILES_PATH"]
            stored = files.store_file(content, name, purpose="import", root=root, actor=actor, now=now)
            batch = services.take_table(stored, judged, actor=actor, now=now)
            key.answer = target = url_for("money.table", public_id=batch.public_id)
    except Refusal as refusal:
        if refusal.status != 422 or "answer" in refusal.facts:
            raise
        form.file.errors = [refusals.sentence(refusal)]
        return _page(form), 422
    return redirect(target, 303)


def _judged(content: bytes, name: str, month: date | None) -> Judged:
    checked = check_file(name, content)
    if checked.kind not in ("xlsx", "csv"):
        raise FileRefused("file_type", name=checked.name)
    return judge(read_sheets(content, checked.kind), month, today=clock.today())


def _page(form: TableForm) -> str:
    return render_template(
        "money/official.html", form=form, imports=queries.imports(), unlinked=queries.unlinked(),
        link_form=LinkForm(formdata=None),
    )  # fmt: skip


@bp.get("/money/official/<string:public_id>")
@allowed("utilised", "import")
def table(public_id: str) -> ResponseReturnValue:
    """What was judged, row by row, what each row replaces, and which were refused and why."""
    batch = queries.by_public_id(public_id)
    page = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    rows: list[Any] = queries.rows_of_import(batch, page=page)
    standing = queries.left_standing(batch) if batch.state != "undone" else (0, 0, [])
    return render_template(
        "money/table.html", batch=batch, rows=rows, page=page, size=100, back=queries.taken_back(batch), standing=standing
    )  # fmt: skip


@bp.post("/money/official/<string:public_id>/apply")
@allowed("utilised", "import")
def apply(public_id: str) -> ResponseReturnValue:
    """Let it count."""
    return act(
        lambda: services.apply_table(public_id, actor=current_actor(), now=clock.now()), _("已写入，旧版本保留"), "money.table",
        public_id=public_id,
    )  # fmt: skip


@bp.post("/money/official/<string:public_id>/undo")
@allowed("utilised", "undo")
def undo(public_id: str) -> ResponseReturnValue:
    """Take it back."""
    return act(
        lambda: services.undo_table(public_id, actor=current_actor(), now=clock.now()), _("已撤销，原有数字恢复"), "money.table",
        public_id=public_id,
    )  # fmt: skip


@bp.post("/money/official/link")
@allowed("utilised", "link")
def link() -> ResponseReturnValue:
    """Say whose a credit code is."""
    form, actor, now = LinkForm(), current_actor(), clock.now()
    return act_on(
        form, lambda: None, lambda: services.link_code(form.code.data or "", form.number.data or "", actor=actor, now=now),
        _("已对应"), "money.official",
    )  # fmt: skip
