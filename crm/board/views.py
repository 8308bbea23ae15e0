"""全市一盘棋."""

from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.board import queries
from crm.board.queries import Board, Place
from crm.board.rules import Cell, Period, Show, Span, bounds_of, shade_of, sketch
from crm.clusters import queries as clusters
from crm.leads.rules.lead import Stage
from crm.leads.rules.telling import Told
from crm.maps import queries as maps
from crm.units import queries as units
from crm.web.guards import allowed, current_actor

bp = Blueprint("board", __name__)

DOORS = {
    "assess": ("leads.queue", {}),
    "coordinate": ("desk.pipeline", {"stage": "all", "scope": "city", "coordinate": "yes"}),
    "release": ("desk.claims_queue", {}),
    "share": ("desk.requests", {}),
    "transfer": ("transfers.inbox", {}),
    "card": ("transfers.pool", {}),
    "dispute": ("disputes.index", {}),
    "matter": ("matters.index", {}),
    "instruction": ("supervision.index", {"tab": "waiting"}),
    "merge": ("merging.request_list", {}),
    "review": ("review.index", {}),
}


@bp.get("/board")
@allowed("board", "read")
def index() -> ResponseReturnValue:
    """The city's figures, its districts as tiles, its clusters as bars, and what waits for the reader."""
    actor = current_actor()
    period, show = _one_of(Period, "period", Period.MONTH), _one_of(Show, "show", Show.STOCK)
    idle = current_app.config["IDLE_DAYS"]
    found = queries.board_for(actor, period, idle_days=idle, keep_seconds=current_app.config["BOARD_SECONDS"])
    if not found.exact and show in (Show.IDLE, Show.DUE):
        show = Show.STOCK
    return render_template(
        "board/index.html", board=found, period=period, show=show, idle_days=idle, periods=list(Period),
        shows=[one for one in Show if found.exact or one in (Show.STOCK, Show.FRESH)],
        lists=_lists(found.span, idle, exact=found.exact),
        unit_names=units.labels(), tiles=_tiles(found, show), bars=_bars(found),
        doors={kind: url_for(endpoint, **args) for kind, (endpoint, args) in DOORS.items()},
        waiting=queries.waiting_for(actor), map=_map(found, show), sketched=request.args.get("draw") == "sketch",
    )  # fmt: skip


@bp.get("/board/units/<string:public_id>")
@allowed("board", "read")
def unit(public_id: str) -> ResponseReturnValue:
    """单位页: what a unit has in hand, what moved last, who works there."""
    actor, found = current_actor(), units.by_public_id(public_id)
    period, idle = _one_of(Period, "period", Period.MONTH), current_app.config["IDLE_DAYS"]
    page = queries.unit_page(found, actor, period, idle_days=idle, keep_seconds=current_app.config["BOARD_SECONDS"])
    return render_template(
        "board/unit.html", unit=found, page=page, period=period, periods=list(Period), idle_days=idle,
        lists={kind: f"{url}&unit={found.id}" for kind, url in _lists(page.span, idle, exact=page.told.exact).items()},
    )  # fmt: skip


def _one_of(kind: Any, name: str, default: Any) -> Any:
    value = request.args.get(name)
    return kind(value) if value in set(kind) else default


def _lists(span: Span, idle: int, *, exact: bool) -> dict[str, str]:
    """The list behind each kind of number, for the whole city; a place or a cluster adds its parameter."""
    stock = {"stage": Stage.NEGOTIATING.value, "scope": "city"}
    whole = {"stage": "all", "scope": "city"}
    asked: dict[str, dict[str, Any]] = {
        "stock": stock, "idle": {**stock, "idle": idle}, "due": {**whole, "claim": "due"},
        "fresh": {**whole, "admitted_from": span.first.isoformat(), "admitted_to": span.last.isoformat()},
    }  # fmt: skip
    if not exact:  # whose lateness somebody is told of is their own unit's
        asked["idle"]["scope"] = asked["due"]["scope"] = "unit"
    return {kind: url_for("desk.pipeline", **args) for kind, args in asked.items()}


def _tiles(board: Board, show: Show) -> dict[str, Any]:
    """The sketch: each place with its corner, its shade and at most one mark, from top left to bottom right."""
    bounds = bounds_of(place.told.cell.of(show) for place in board.places)
    drawing = sketch([place.spot for place in board.places])
    drawn = [
        {"place": place, "x": x, "y": y, "shade": shade_of(place.told.cell.of(show), bounds), "mark": _mark(place)}
        for place, (x, y) in zip(board.places, drawing.corners, strict=True)
    ]
    return {"drawn": sorted(drawn, key=lambda tile: (tile["y"], tile["x"])), "drawing": drawing, "bounds": bounds}


def _map(board: Board, show: Show) -> dict[str, Any] | None:
    """The official map: each area on it with its shade, and those that it does not show. None where there is none."""
    row = maps.current()
    if row is None:
        return None
    drawing = maps.drawing_of(row)
    codes = {unit.id: unit.code for unit in units.areas()}
    outline_of = {outline.code: outline for outline in drawing.outlines}
    bounds = bounds_of(place.told.cell.of(show) for place in board.places)
    drawn, elsewhere = [], []
    for place in board.places:
        outline = outline_of.get(codes.get(place.unit_id, ""))
        if outline is None:
            elsewhere.append(place)
        else:
            drawn.append({"place": place, "outline": outline, "shade": shade_of(place.told.cell.of(show), bounds)})
    return {"row": row, "drawing": drawing, "drawn": drawn, "elsewhere": elsewhere}


def _bars(board: Board) -> dict[str, Any]:
    """The clusters as three columns of bars, the longest first: the twenty in two, then the eight and what lies outside. Tags of
    an older version are shown with what lies outside as long as leads in negotiation bear them.
    """
    at = url_for("desk.pipeline", stage=Stage.NEGOTIATING.value, scope="city", primary="yes")
    kinds: dict[str, list[dict[str, Any]]] = {"strategic": [], "future": [], "outside": [], "": []}
    for item in clusters.labels().values():
        told = board.clusters.get(item.id)
        if item.is_current or told is not None:
            row = {"label": item, "told": told or Told(Cell(), board.exact), "url": f"{at}&cluster={item.id}"}
            kinds[item.kind if item.is_current else "outside"].append(row)
    if 0 in board.clusters:
        kinds[""].append({"label": None, "told": board.clusters[0], "url": f"{at}&cluster=none"})
    for rows in kinds.values():
        rows.sort(key=lambda row: -row["told"].cell.stock)
    half = -(-len(kinds["strategic"]) // 2)
    columns = [
        [("strategic", kinds["strategic"][:half], False)], [("strategic", kinds["strategic"][half:], True)],
        [(kind, kinds[kind], False) for kind in ("future", "outside", "") if kinds[kind]],
    ]  # fmt: skip
    most = max((row["told"].cell.stock for rows in kinds.values() for row in rows), default=0)
    return {"columns": columns, "most": max(most, 1), "sizes": {kind: len(rows) for kind, rows in kinds.items()}}


def _mark(place: Place) -> str:
    """At most one thing that a tile says besides its number."""
    cell = place.told.cell
    return _("拟释放 %(n)s", n=cell.due) if cell.due else ""
