"""指标: all targets with what has come of each; one target with its versions and figures; setting, replacing, entering."""

from itertools import groupby
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.clusters import queries as clusters
from crm.core import clock
from crm.targets import queries, services
from crm.targets.forms import CorrectForm, FigureForm, ReplaceForm, TargetForm
from crm.targets.models import Target
from crm.targets.queries.targets import first_of_figure
from crm.targets.rules import Operator, indicators, sections
from crm.units import queries as units
from crm.web.acts import stored
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang

bp = Blueprint("targets", __name__, url_prefix="/targets")
# At which field a refusal is said.
_AT = {
    **{f"target_{what}": "value" for what in ("value", "negative", "over", "percent", "whole", "places", "zero")},
    **{f"figure_{what}": "month" for what in ("month", "future", "there")},
    "target_period": "period", "target_valid_from": "valid_from", "target_source": "source", "target_place": "place",
}  # fmt: skip


@bp.get("/")
@allowed("target", "read")
def index() -> ResponseReturnValue:
    """The plan's dated targets by section, then those of districts, departments and clusters by indicator."""
    rows = queries.rows(clock.today())
    plan, others = ([row for row in rows if row.planned is which] for which in (True, False))
    by_section = {code: [row for row in plan if row.indicator.section == code] for code in sections()}
    filled = sum(row.present is not None for row in plan)
    return render_template(
        "targets/index.html", sections=sections(), by_section=by_section, plan=plan, filled=filled,
        others=[(code, list(found)) for code, found in groupby(others, key=lambda row: row.indicator)], place_of=_place_name,
        today=clock.today(),
    )  # fmt: skip


@bp.get("/<string:public_id>")
@allowed("target", "read")
def show(public_id: str) -> ResponseReturnValue:
    """One target."""
    return render_template("targets/show.html", **_facts(public_id), form=FigureForm(), message="")


def _facts(public_id: str) -> dict[str, Any]:
    found = queries.story(public_id, clock.today())
    return {"one": found, "row": found.row, "place_of": _place_name, "today": clock.today()}


@bp.post("/<string:public_id>/figures")
@allowed("target", "enter")
def enter(public_id: str) -> ResponseReturnValue:
    """Enter a figure."""
    form, actor, now, facts = FigureForm(), current_actor(), clock.now(), _facts(public_id)

    def do() -> str:
        services.enter_figure(public_id, form.to_figure(facts["row"].indicator.code), actor=actor, now=now)
        return public_id

    return stored(form, do, "targets/show.html", _("数据已填报"), "targets.show", scope=public_id, at=_AT, **facts)


@bp.get("/figures/<string:public_id>/correct")
@allowed("target", "enter")
def correct(public_id: str) -> ResponseReturnValue:
    """The form for a correction."""
    row = queries.figure(public_id)
    form = CorrectForm(value=f"{indicators()[row.indicator].number(row.value, html_lang()):f}", source=row.source)
    return render_template("targets/correct.html", form=form, message="", **_of_figure(public_id))


@bp.post("/figures/<string:public_id>/correct")
@allowed("target", "enter")
def correct_now(public_id: str) -> ResponseReturnValue:
    """Put another figure in its place."""
    form, actor, now, facts = CorrectForm(), current_actor(), clock.now(), _of_figure(public_id)

    def do() -> str:
        new = form.to_figure(facts["indicator"].code)
        services.correct_figure(public_id, new, form.reason.data or "", actor=actor, now=now)
        return str(facts["back"])

    return stored(form, do, "targets/correct.html", _("已更正，原数保留"), "targets.show", scope=public_id, at=_AT, **facts)


def _of_figure(public_id: str) -> dict[str, Any]:
    row = queries.figure(public_id)
    target = first_of_figure(row)
    return {"figure": row, "back": target.public_id if target else "", "target": target, "place_of": _place_name,
            "indicator": indicators()[row.indicator]}  # fmt: skip


@bp.get("/new")
@allowed("target", "set")
def new() -> ResponseReturnValue:
    """The form for a target of a district, department or cluster."""
    return render_template("targets/new.html", form=_offered(TargetForm()), message="")


@bp.post("/new")
@allowed("target", "set")
def set_now() -> ResponseReturnValue:
    """Put it in force."""
    form, actor, now = _offered(TargetForm()), current_actor(), clock.now()

    def do() -> str:
        return services.set_target(form.to_target(), expects="", actor=actor, now=now).public_id

    return stored(form, do, "targets/new.html", _("目标已设定"), "targets.show", scope="", at=_AT)


def _offered(form: TargetForm) -> TargetForm:
    lang = html_lang()
    areas = [(unit.id, unit.name(lang)) for unit in units.areas()]
    departments = [(unit.id, unit.name(lang)) for unit in units.departments()]
    return form.offer(areas, departments, [(item.id, item.name(lang)) for item in clusters.labels().values() if item.is_current])


@bp.get("/<string:public_id>/replace")
@allowed("target", "set")
def replace(public_id: str) -> ResponseReturnValue:
    """The form for another version, filled with the one in force."""
    facts = _facts(public_id)
    old: Target = facts["row"].target
    form = ReplaceForm(
        value=f"{indicators()[old.indicator].number(old.value, html_lang()):f}", operator=Operator(old.operator).value,
        source=old.source, note=old.note,
        expects=old.public_id,
    )  # fmt: skip
    return render_template("targets/replace.html", form=form, message="", **facts)


@bp.post("/<string:public_id>/replace")
@allowed("target", "set")
def replace_now(public_id: str) -> ResponseReturnValue:
    """Put it in force; the version before stays on record."""
    form, actor, now, facts = ReplaceForm(), current_actor(), clock.now(), _facts(public_id)

    def do() -> str:
        new = form.to_target(facts["row"].target)
        return services.set_target(new, expects=form.expects.data or "", actor=actor, now=now).public_id

    return stored(
        form, do, "targets/replace.html", _("新目标已生效，上一版保留"), "targets.show", scope=public_id, at=_AT, **facts
    )


def _place_name(row: Any, lang: str) -> str:
    """Whose a target or figure is."""
    if row.unit_id is not None:
        return units.labels()[row.unit_id].short(lang)
    if row.cluster_id is not None:
        return clusters.labels()[row.cluster_id].name(lang)
    return _("全市")
