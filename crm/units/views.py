"""The tree of units as a page; the system administrator adds, renames and retires."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.units import queries, services
from crm.units.forms import RenameForm, UnitForm
from crm.units.models import Unit
from crm.units.rules import UnitKind
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.pages import go

bp = Blueprint("units", __name__, url_prefix="/units")


def _form() -> UnitForm:
    form = UnitForm()
    form.parent.choices = [("", _("无上级")), *((unit.code, unit.name(html_lang())) for unit in queries.working())]
    return form


@bp.get("/")
@allowed("unit", "list")
def index() -> ResponseReturnValue:
    """All units."""
    return render_template("units/index.html", units=queries.tree(), form=_form())


@bp.post("/")
@allowed("unit", "edit")
def create() -> ResponseReturnValue:
    """A new unit."""
    form = _form()
    if form.validate():
        try:
            with unit_of_work():
                parent = queries.by_code(form.parent.data) if form.parent.data else None
                services.create_unit(
                    code=form.code.data or "", zh=form.zh.data or "", en=form.en.data or "", kind=UnitKind(form.kind.data),
                    parent=parent, actor=current_actor(), now=clock.now(),
                )  # fmt: skip
        except Refusal as refusal:
            form.code.errors = [refusals.sentence(refusal)]
        else:
            flash(_("单位已新建"), "done")
            return go("units.index")
    return render_template("units/index.html", units=queries.tree(), form=form), 422


@bp.get("/<string:public_id>")
@allowed("unit", "edit")
def edit(public_id: str) -> ResponseReturnValue:
    """One unit, for renaming."""
    unit = queries.by_public_id(public_id)
    return render_template("units/edit.html", unit=unit, form=RenameForm(obj=unit))


@bp.post("/<string:public_id>")
@allowed("unit", "edit")
def rename(public_id: str) -> ResponseReturnValue:
    """Another name for the same unit."""
    form = RenameForm()
    if form.validate():
        with unit_of_work():
            unit = queries.by_public_id(public_id)
            services.rename_unit(unit, zh=form.zh.data or "", en=form.en.data or "", actor=current_actor(), now=clock.now())
        flash(_("已保存"), "done")
        return go("units.index")
    return render_template("units/edit.html", unit=queries.by_public_id(public_id), form=form), 422


@bp.get("/<string:public_id>/retire")
@allowed("unit", "edit")
def retire(public_id: str) -> ResponseReturnValue:
    """Ask first: what hangs on the unit, and where that goes."""
    unit = queries.by_public_id(public_id)
    if unit.retired_on is not None:
        return go("units.edit", public_id=public_id)
    return _retiring(unit)


def _retiring(unit: Unit, status: int = 200) -> ResponseReturnValue:
    hanging, refused = queries.hanging_on(unit), ""
    if unit.kind == UnitKind.TASK_FORCE and "leads" in hanging:
        refused = refusals.sentence(services.StillFollows(count=hanging["leads"]))
    return render_template("units/retire.html", unit=unit, hanging=hanging, refused=refused), status


@bp.post("/<string:public_id>/retire")
@allowed("unit", "edit")
def do_retire(public_id: str) -> ResponseReturnValue:
    """No new work from today on."""
    try:
        with unit_of_work():
            services.retire_unit(queries.by_public_id(public_id), on=clock.today(), actor=current_actor(), now=clock.now())
    except services.StillFollows as refusal:
        return _retiring(queries.by_public_id(public_id), refusal.status)
    flash(_("单位已停用，历史记录不变"), "done")
    return go("units.index")


@bp.post("/<string:public_id>/restore")
@allowed("unit", "edit")
def restore(public_id: str) -> ResponseReturnValue:
    """It takes work again."""
    with unit_of_work():
        services.restore_unit(queries.by_public_id(public_id), actor=current_actor(), now=clock.now())
    flash(_("单位已恢复使用"), "done")
    return go("units.edit", public_id=public_id)
