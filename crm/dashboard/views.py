"""指标看板: every figure with the list behind it; the milestones that no file shows."""

import json
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.clusters import queries as clusters
from crm.core import clock, regions
from crm.dashboard import queries
from crm.dashboard.forms import ask_from
from crm.dashboard.queries import Bar, Board
from crm.dashboard.rules import Ask, Figure, Line, Spell, address_of, median
from crm.events import queries as events
from crm.events.words import days_of
from crm.policy.rules import Actor
from crm.targets.rules import written
from crm.units import queries as units
from crm.web import fmt
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang

bp = Blueprint("dashboard", __name__)

TOP = 12  # bars of a chart; its table has them all
PAGE = 50


@bp.get("/dashboard")
@allowed("dashboard", "read")
def index() -> ResponseReturnValue:
    """The figures of the reader's unit, or of the city for those who read it."""
    actor, lang = current_actor(), html_lang()
    ask, offered = _asked(actor)
    board = queries.board_for(ask, actor, keep_seconds=current_app.config["BOARD_SECONDS"])
    labels = units.labels()
    charts = {
        "line": _line(board.money.line if board.money else None),
        **{kind: _bars(board, kind, lang) for kind in ("districts", "clusters", "countries")},
    }
    return render_template(
        "dashboard/index.html", board=board, ask=ask, spells=list(Spell), list_of=_list_of, median=median,
        written=written, written_usd=_written,
        charts=json.dumps({kind: chart for kind, chart in charts.items() if chart}, ensure_ascii=False),
        name_of=_names(lang), unit_names=labels,
        offered=[(id_, labels[id_].short(lang)) for id_ in offered],
        link=_link(ask, None if board.reader.whole else actor.unit_id),
        cluster_names=[(item.id, item.name(lang)) for item in clusters.labels().values() if item.is_current],
        event_names=events.labels([line.event_id for line in board.events]), days_of=days_of,
        money=board.money, whole=board.reader.whole, top=TOP,
        unproven_at=url_for("dashboard.unproven", **_kept(ask)),
    )  # fmt: skip


@bp.get("/dashboard/unproven")
@allowed("dashboard", "read")
def unproven() -> ResponseReturnValue:
    """Milestones that count and that no file shows."""
    actor = current_actor()
    ask, _offered = _asked(actor)
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    total, rows = queries.unproven(ask, actor, page=page, size=PAGE)
    return render_template(
        "dashboard/unproven.html", rows=rows, total=total, page=page, size=PAGE, labels=units.labels(),
        link=lambda number: url_for("dashboard.unproven", **_kept(ask), page=number),
        back=url_for("dashboard.index", **_kept(ask)),
    )  # fmt: skip


def _asked(actor: Actor) -> tuple[Ask, list[int]]:
    """What the address asks for, and the units that may be chosen: areas for those who read the city, else one's own and
    below.
    """
    whole = queries.reader_of(actor).whole
    offered = [unit.id for unit in units.areas()] if whole else units.under(actor.unit_path)
    return ask_from(request.args, today=clock.today(), units=offered, own=None if whole else actor.unit_id), offered


def _kept(ask: Ask) -> dict[str, Any]:
    """The address's parameters for what is asked."""
    cluster = None if ask.cluster_id is None else ask.cluster_id or "none"
    country = "none" if ask.country == "-" else ask.country
    asked = {"unit": ask.unit_id, "cluster": cluster, "country": country, "period": ask.spell.value}
    return {name: value for name, value in asked.items() if value is not None}


def _link(ask: Ask, own: int | None) -> Any:
    """Gives the page's own address with some of it changed (None takes one out)."""
    asked = {name: value for name, value in _kept(ask).items() if (name, value) != ("unit", own)}

    def link(**changed: Any) -> str:
        pairs = {name: value for name, value in {**asked, **changed}.items() if value is not None}
        return url_for("dashboard.index", **pairs)

    return link


def _list_of(figure: Figure | None) -> str:
    """The address of the list behind a figure; nothing where there is none."""
    return url_for("desk.pipeline", **address_of(figure.question)) if figure and figure.question else ""


def _names(lang: str) -> Any:
    """How a bar of a chart is called."""

    def name_of(kind: str, key: Any) -> str:
        if kind == "districts":
            return units.labels()[key].short(lang) if key is not None else _("市级直接跟进")
        if kind == "clusters":
            return clusters.labels()[key].name(lang) if key else _("未标注")
        return regions.region_name(key, lang) if key else _("未填")

    return name_of


def _bars(board: Board, kind: str, lang: str) -> dict[str, Any] | None:
    """A chart's bars, the longest first, as the script reads them."""
    bars: list[Bar] = list(getattr(board, kind))
    if not bars:
        return None
    name_of, shown = _names(lang), bars[:TOP] if kind != "districts" else bars
    rows = []
    for bar in shown:
        figure = bar.told.figure
        said = fmt.num(figure.number) if bar.told.exact else _("约 %(n)s", n=figure.number) if figure.number else _("不足 5")
        rows.append({"name": name_of(kind, bar.key), "value": figure.number, "said": said, "url": _list_of(figure)})
    labels = {"districts": _("各区在谈项目"), "clusters": _("各产业集群在谈项目"), "countries": _("各国家/地区在谈项目")}
    return {"rows": rows, "label": labels[kind]}


def _line(line: Line | None) -> dict[str, Any] | None:
    """The running sum and the line to its target, in 亿美元 (in English USD million)."""
    if line is None or not line.points:
        return None
    months = [_("%(n)s月", n=fmt.month(month)) for month in range(1, 13)]
    return {
        "months": months, "values": [fmt.yi_usd_number(value) for _month, value in line.points],
        "goal": fmt.yi_usd_number(line.goal) if line.goal else None, "said": _written(line.points[-1][1]),
        "apart": _apart(line), "below": line.apart is not None and line.apart < 0,
        "goal_said": _("%(year)s 年目标 %(n)s", year=line.goal_year, n=_written(line.goal)) if line.goal else "",
        "label": _("实际使用外资累计与目标线"), "at": line.apart,
    }  # fmt: skip


def _written(whole: int) -> str:
    """A sum of the line, as exactly as it is known."""
    return fmt.yi_usd(whole) if html_lang() == "en" else written(whole)


def _apart(line: Line) -> str:
    if line.apart is None:
        return ""
    n = _written(abs(line.apart))
    return _("低于序时 %(n)s", n=n) if line.apart < 0 else _("高于序时 %(n)s", n=n)
