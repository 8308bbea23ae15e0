"""官方地图: what is shown on the board, put up and taken down."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.core.db import unit_of_work
from crm.maps import queries, services
from crm.maps.forms import MapForm
from crm.maps.rules import MapRefused
from crm.units import queries as units
from crm.web import refusals
from crm.web.acts import act
from crm.web.guards import allowed, current_actor
from crm.web.pages import go

bp = Blueprint("maps", __name__, url_prefix="/maps")


def _page(form: MapForm) -> str:
    row = queries.current()
    drawing = queries.drawing_of(row) if row else None
    missing = [unit for unit in units.areas() if drawing and unit.code in drawing.missing]
    return render_template("maps/index.html", form=form, map=row, drawing=drawing, missing=missing)


@bp.get("/")
@allowed("map", "edit")
def index() -> ResponseReturnValue:
    """The map in use and the form for another one."""
    return _page(MapForm())


@bp.post("/")
@allowed("map", "edit")
def put() -> ResponseReturnValue:
    """Put a map up, or say why not."""
    form = MapForm()
    if not form.validate():
        return _page(form), 422
    try:
        with unit_of_work():
            words = (form.approval_number.data or "", form.source.data or "")
            services.put_map(form.file.data.read(), *words, actor=current_actor(), now=clock.now())
    except MapRefused as refusal:
        form.file.errors = [refusals.sentence(refusal)]
        return _page(form), 422
    flash(_("地图已启用"), "done")
    return go("maps.index")


@bp.post("/down")
@allowed("map", "edit")
def take_down() -> ResponseReturnValue:
    """Show the sketch again."""
    actor, now = current_actor(), clock.now()
    return act(lambda: services.take_map_down(actor=actor, now=now), _("地图已停用，改为显示示意图"), "maps.index")
