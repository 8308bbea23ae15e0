"""Upload an empty table, say what its columns hold and for which projects, fetch it filled."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.core.workbooks import reading
from crm.files import services as files
from crm.files.rules import FileRefused, check_file
from crm.files.views import hand_out
from crm.fillings import jobs, queries, services, words
from crm.fillings.forms import ADDRESS, HERE, MappingForm, UploadForm, mapping_form
from crm.fillings.models import Filling
from crm.fillings.rules.caps import cap_of, megabytes
from crm.fillings.rules.layout import Layout, layout_of
from crm.fillings.rules.mapping import from_json, is_sum
from crm.fillings.rules.refusals import NoAddress, NotXlsx, TableTooLarge
from crm.fillings.services.filling import columns_of, is_running
from crm.leads.queries import listing
from crm.policy import rules as policy
from crm.shelves import queries as shelves
from crm.shelves.rules import STATE_LENGTH, pairs_of, state_of
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.pages import go
from crm.web.words import word

bp = Blueprint("fillings", __name__, url_prefix="/fillings")
_SCOPES = {"mine": "stage=all&scope=mine", "unit": "stage=all&scope=unit", "city": "stage=all&scope=city"}
_AT_ROW = ("filling_no_header", "filling_row_not_there")


@bp.get("/")
@allowed("filling", "list")
def index() -> ResponseReturnValue:
    """Upload; one's tables before; templates. A question in the address is the one that the table is for."""
    return _index(UploadForm(data={"asked": state_of(request.args.items(multi=True))}))


def _index(form: UploadForm, status: int = 200) -> ResponseReturnValue:
    actor = current_actor()
    page = render_template(
        "fillings/index.html", form=form, fillings=queries.mine(actor), templates=queries.templates(actor),
        cap=cap_of(actor.role),
        may_change=lambda one: policy.can(queries.standing(one, actor), "filling_template", "change"),
    )  # fmt: skip
    return page, status


@bp.post("/")
@allowed("filling", "start")
def upload() -> ResponseReturnValue:
    """Take an empty table in, and on to its columns."""
    form, actor, now = UploadForm(), current_actor(), clock.now()
    if not form.validate():
        return _index(form, 422)
    content, name = form.file.data.read(), form.file.data.filename or ""
    try:
        layout = _layout(content, name, form.header.data)
        with unit_of_work():
            key = once.claim(
                form.once.data or "", user_id=actor.user_id, scope="fillings.upload", body=f"{name}{len(content)}", now=now
            )
            root = current_app.config["FILES_PATH"]
            stored = files.store_file(content, name, purpose="import", root=root, actor=actor, now=now)
            template = queries.template_for(layout.fingerprint, actor)
            asked = (form.asked.data or "")[:STATE_LENGTH] or None
            made = services.start_filling(stored, layout, asked=asked, template=template, actor=actor, now=now).public_id
            key.answer = url_for("fillings.show", public_id=made)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        (form.header if refusal.code in _AT_ROW else form.file).errors = [refusals.sentence(refusal)]
        return _index(form, 422)
    return redirect(url_for("fillings.show", public_id=made), 303)


def _layout(content: bytes, name: str, header: int | None) -> Layout:
    """Where everything is in an uploaded table. Raises what is wrong with it; no transaction is open meanwhile."""
    if len(content) > megabytes() * 1024 * 1024:
        raise TableTooLarge(megabytes=megabytes())
    try:
        checked = check_file(name, content)
    except FileRefused as refusal:
        if refusal.code in ("file_type", "file_macros", "file_ending"):
            raise NotXlsx from refusal
        raise
    if checked.kind != "xlsx":
        raise NotXlsx
    return layout_of(reading.read_sheets(content, "xlsx"), header)


@bp.get("/<string:public_id>")
@allowed("filling", "read")
def show(public_id: str) -> ResponseReturnValue:
    """The columns to map, how far it is, or the filled table."""
    row = queries.visible_filling(public_id, actor=current_actor())
    if is_running(row):
        return render_template(
            "fillings/_running.html" if request.headers.get("HX-Request") else "fillings/running.html", row=row
        )
    if request.headers.get("HX-Request"):
        return render_template("fillings/_running.html", row=row)
    if row.state == "done" and request.args.get("again") != "yes":
        return _done(row)
    return _mapping(row, _form(row))


def _done(row: Filling) -> str:
    layout, columns, told = Layout.from_json(row.layout), columns_of(row), row.told or {}
    return render_template(
        "fillings/done.html", row=row, layout=layout, columns=columns,
        counts=words.counts_said(told, row.found or 0, row.rows or 0),
        unmapped=words.unmapped(layout, columns), empty=words.left_empty(told, columns), rates=words.rates_said(told),
        called=words.called(row.chosen), unit_said=words.unit_said, said_in=_said_in(row),
    )  # fmt: skip


def _mapping(row: Filling, form: MappingForm, message: str = "") -> str:
    failed = row.state == "running" and not message
    if row.refusal and not message:
        message = refusals.sentence(Refusal(row.refusal))
    return render_template(
        "fillings/mapping.html", row=row, form=form, layout=Layout.from_json(row.layout), message=message, failed=failed,
        cap=cap_of(current_actor().role), template=row.template, unit_said=words.unit_said, is_sum=is_sum,
        said_in=_said_in(row),
    )  # fmt: skip


def _said_in(row: Filling) -> str:
    """The language of a table's own words, on a page of whichever."""
    return "zh-CN" if words.language_of(Layout.from_json(row.layout)) == "zh" else "en"


def _form(row: Filling) -> MappingForm:
    """The form of a table with what is held of it, and what this person may choose."""
    actor, layout = current_actor(), Layout.from_json(row.layout)
    form = mapping_form(layout, from_json(row.columns))
    here = [(HERE, words.called(row.chosen or f"scope:{HERE}"))] if row.asked else []
    scopes = [name for name in _SCOPES if name != "city" or policy.may(actor, "lead", "list")]
    views = [(f"view:{view.public_id}", view.name) for view in shelves.open_to(actor)]
    form.which.choices = [
        *here, *((name, word("filling_scope", name)) for name in scopes), *views, (ADDRESS, word("filling_scope", ADDRESS)),
    ]  # fmt: skip
    form.reach.choices = [
        (reach, word("filling_reach", reach))
        for reach in ("unit", "city") if queries.may_keep(actor, reach)
    ]  # fmt: skip
    if not form.is_submitted():
        form.which.data = HERE if row.asked else "city" if actor.city_wide else "unit"
        form.admitted.data = (row.chosen or "").startswith(words.ADMITTED)
        form.reach.data = row.template.reach if row.template else "unit"
        form.name.data = row.template.name if row.template else ""
        if form.reach.data not in dict(form.reach.choices):
            form.reach.data, form.name.data = "unit", ""
    return form


@bp.post("/<string:public_id>/fill")
@allowed("filling", "read")
def fill(public_id: str) -> ResponseReturnValue:
    """Keep what was said about the columns and fill the table: at once when it is little, else as a job."""
    actor, now = current_actor(), clock.now()
    row = queries.visible_filling(public_id, actor=actor)
    form = _form(row)
    if not form.validate():
        return _mapping(row, form), 422
    try:
        asked, called = _question(form, row)
        if form.admitted.data:
            asked, called = _admitted(asked, called)
        found = listing.count_of(jobs.question_of(asked, actor).on(exact=True), actor).number
        with unit_of_work():
            body = form.once_body()
            key = once.claim(form.once.data or "", user_id=actor.user_id, scope=f"fillings.fill:{public_id}", body=body, now=now)
            key.answer = url_for("fillings.show", public_id=public_id)
            row = services.lay_down(public_id, form.columns(), asked=asked, called=called, actor=actor)
            if form.name.data:
                services.keep_template(row, form.name.data, form.reach.data or "unit", actor=actor, now=now)
            later, filling_id = services.begin(row, found, actor=actor, now=now), row.id
    except Refusal as refusal:
        if refusal.status not in (409, 422) or "answer" in refusal.facts:
            raise
        if isinstance(refusal, NoAddress):
            form.address.errors = [refusals.sentence(refusal)]
        return _mapping(queries.visible_filling(public_id, actor=actor), form, refusals.sentence(refusal)), refusal.status
    if not later:
        jobs.fill_now(filling_id)
    return go("fillings.show", public_id=public_id)


def _question(form: MappingForm, row: Filling) -> tuple[str, str]:
    """The chosen projects as the list's address says them, and how that is called. Raises NoAddress, NotFound."""
    which, actor = form.which.data or "", current_actor()
    if which == HERE:
        return row.asked or "", row.chosen or f"scope:{HERE}"
    if which in _SCOPES:
        return _SCOPES[which], f"scope:{which}"
    if which == ADDRESS:
        return _of_address(form.address.data or "")
    view = shelves.visible_view(which.removeprefix("view:"), actor=actor)
    return view.state, view.name


def _admitted(asked: str, called: str) -> tuple[str, str]:
    """The same question of what was admitted alone."""
    pairs: list[tuple[str, Any]] = [pair for pair in pairs_of(asked) if pair[0] != "admitted"]
    return state_of([*pairs, ("admitted", "yes")]), words.ADMITTED + called.removeprefix(words.ADMITTED)


def _of_address(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise NoAddress from error
    place = parts.path.rstrip("/")
    if not place.endswith(("/leads", "/leads/board")):
        raise NoAddress
    pairs: list[tuple[str, Any]] = [*parse_qsl(parts.query)]
    return state_of(pairs), f"scope:{HERE}"


@bp.get("/<string:public_id>/result.xlsx")
@allowed("filling", "read")
def result(public_id: str) -> ResponseReturnValue:
    """The filled workbook."""
    return hand_out(lambda: queries.result_of(public_id, actor=current_actor()))
