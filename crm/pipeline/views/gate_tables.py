"""/gates: the table of gates as a matrix, its versions; trying another, putting it in force, withdrawing it."""

import hashlib
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from flask import flash, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.leads.rules.lead import STAGES, ProjectType
from crm.pipeline import services
from crm.pipeline.forms import GateTableForm
from crm.pipeline.queries import gate_tables as queries
from crm.pipeline.queries.gate_trial import Trial, trial
from crm.pipeline.rules import GateFault, Gates, Kind, differences
from crm.pipeline.services.gate_tables import GatesUnfit
from crm.pipeline.views.blueprint import bp
from crm.pipeline.words import gate_fault_text, missing_text, need_text
from crm.policy import rules as policy
from crm.units import queries as units
from crm.web import refusals
from crm.web.acts import act
from crm.web.guards import allowed, current_actor
from crm.web.pages import go
from crm.web.words import word

_LISTS = {"types": list(ProjectType), "stages": STAGES[1:], "kinds": list(Kind), "need_text": need_text}
Faults = list[tuple[GateFault, str, str]]


@bp.get("/gates/")
@allowed("gate_table", "read")
def gate_tables() -> ResponseReturnValue:
    """The table in force; all versions."""
    today = clock.today()
    return render_template(
        "pipeline/gates.html", one=queries.current(today), versions=queries.versions(today), today=today, **_LISTS
    )


@bp.get("/gates/<string:public_id>")
@allowed("gate_table", "read")
def gate_table(public_id: str) -> ResponseReturnValue:
    """One version, and what it says otherwise than the one in force."""
    today = clock.today()
    one, current = queries.version(public_id, today), queries.current(today)
    changes = _changes(current.table, one.table) if one.state != "current" else []
    return render_template("pipeline/gate_table.html", one=one, current=current, changes=changes, **_LISTS)


@bp.get("/gates/<string:public_id>/text")
@allowed("gate_table", "read")
def gate_text(public_id: str) -> ResponseReturnValue:
    """Its text as a file, to be edited elsewhere."""
    one = queries.version(public_id, clock.today())
    name = f"gates-{one.table.version}.txt".replace("/", "-")
    return send_file(BytesIO(one.text.encode()), mimetype="text/plain", as_attachment=True, download_name=name, max_age=0)


@bp.get("/gates/new")
@allowed("gate_table", "edit")
def new_gates() -> ResponseReturnValue:
    """The form, with the text of the table in force, or of `?from=`."""
    form, today = GateTableForm(), clock.today()
    if not form.text.data:
        asked = request.args.get("from", "")[:22]
        form.text.data = (queries.version(asked, today) if asked else queries.current(today)).text
    return _form(form)


@bp.post("/gates/new")
@allowed("gate_table", "edit")
def put_gates() -> ResponseReturnValue:
    """Try a text, and show what it would change; or put what was tried in force."""
    form, actor, now = GateTableForm(), current_actor(), clock.now()
    valid, text = form.validate(), _text_of(form)
    if not valid or text is None:
        return _form(form), 422
    tried = hashlib.sha256(text.encode()).hexdigest()
    put = request.form.get("act") == "put"
    try:
        if put and form.tried.data != tried:
            raise Refusal("gates_untried")
        with unit_of_work():
            if put:
                key = once.claim(form.once.data or "", user_id=actor.user_id, scope="gates", body=text, now=now)
                made = services.put_table(text, actor=actor, now=now).public_id
                key.answer = url_for("pipeline.gate_table", public_id=made)
            else:
                table = services.check_table(text, actor=actor, now=now)
    except Refusal as refusal:
        if refusal.status not in (409, 422) or "answer" in refusal.facts:
            raise
        form.tried.data = ""
        faults = refusal.faults if isinstance(refusal, GatesUnfit) else []
        return _form(form, refusals.sentence(refusal), _shown(faults, text)), refusal.status
    if put:
        flash(_("新的关口表已保存，到生效日起使用"), "done")
        return go("pipeline.gate_table", public_id=made)
    form.tried.data = tried
    return _form(form, new=table)


def _shown(faults: Sequence[GateFault], text: str) -> Faults:
    lines = text.splitlines()
    return [(one, gate_fault_text(one), lines[one.line - 1].strip()[:120] if one.line <= len(lines) else "") for one in faults]


def _form(form: GateTableForm, message: str = "", faults: Faults | None = None, new: Gates | None = None) -> str:
    current = queries.current(clock.today())
    facts: dict[str, Any] = {"new": new, "changes": [], "trial": None}
    if new is not None:
        found = trial(current.table, new)
        facts = {"new": new, "changes": _changes(current.table, new), "trial": found, **_of_trial(found)}
    return render_template(
        "pipeline/gates_new.html",
        form=form,
        message=message,
        faults=faults or [],
        current=current,
        missing_text=missing_text,
        **facts,
    )


def _of_trial(found: Trial) -> dict[str, Any]:
    """Who would miss what; the leads by name only for who reads every one of them."""
    labels = units.labels()
    listed = policy.may(current_actor(), "lead", "read_names") and current_actor().city_wide
    return {
        "by_unit": [(labels[unit_id], number) for unit_id, number in found.units.most_common()],
        "listed": found.named if listed else [], "labels": labels,
    }  # fmt: skip


def _changes(old: Gates, new: Gates) -> list[dict[str, Any]]:
    """The differences in words."""
    return [
        {
            "area": word("gate_area", one.area), "about": _about(one.area, one.about),
            "types": _("、").join(word("project_type", kind) for kind in one.types) if len(one.types) < len(ProjectType) else "",
            "before": _value(one.area, one.before), "after": _value(one.area, one.after),
        }
        for one in differences(old, new)
    ]  # fmt: skip


def _about(area: str, about: str) -> str:
    if area in ("needs", "passes", "overrides", "enters", "stage_days"):
        return word("stage", about)
    if area == "kind":
        return word("milestone", about)
    return word("gate_number", about) if area in ("number", "slip") else ""


def _value(area: str, value: Any) -> str:
    if value is None or value == ():
        return _("无")
    if area == "needs":
        return _("；").join(need_text(need) for need in value)
    if area in ("passes", "overrides"):
        return _("、").join(word("gate_principal", one) for one in value)
    if area in ("enters", "path"):
        return " → ".join(word("milestone", kind) for kind in value)
    if area == "kind":
        parts = [word("gate_sum", value.sum), _("须佐证") if value.evidence else _("不须佐证")]
        return _("、").join([*parts, _("须认定") if value.confirmed else _("无需认定")])
    return _("、").join(value) if area == "evidence" else str(value)


def _text_of(form: GateTableForm) -> str | None:
    """What was uploaded, else what was typed; the form shows it again. None when there is nothing, or nothing readable."""
    upload: Any = form.file.data
    if upload is not None and getattr(upload, "filename", None):
        form.text.data = _decoded(upload.read(1_000_000))
        if not form.text.data:
            form.file.errors = [_("不是文本文件")]
            return None
    if not (form.text.data or "").strip():
        form.text.errors = [_("请选择文件或填写关口表内容")]
        return None
    form.text.data = str(form.text.data).replace("\r\n", "\n")
    return str(form.text.data)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "" if "\x00" in text else text
    return ""


@bp.post("/gates/<string:public_id>/withdraw")
@allowed("gate_table", "edit")
def withdraw_gates(public_id: str) -> ResponseReturnValue:
    """Take back a version whose day has not come."""
    actor, now = current_actor(), clock.now()
    return act(
        lambda: services.withdraw_table(public_id, actor=actor, now=now), _("已撤回，现行的表继续使用"), "pipeline.gate_tables"
    )
