"""上线对账: the window, the list of conflicts, the same as a workbook."""

from typing import Any

from flask import Blueprint, current_app, flash, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.audit import services as audit
from crm.claims import queries as claims
from crm.claims.models import GoLiveWindow
from crm.claims.rules.calendar import ONE
from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.exchange import sheets
from crm.golive import queries, services
from crm.golive.forms import CloseForm, SettleForm, WindowForm
from crm.golive.queries import Conflict, Side
from crm.web import fmt
from crm.web.acts import act_on, refused
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.pages import go
from crm.web.words import word

bp = Blueprint("golive", __name__, url_prefix="/go-live")


def _window() -> GoLiveWindow | None:
    """The window that has not ended, else the last one."""
    found = claims.all_windows()
    return next(iter([one for one in found if one.ended_at is None] or found), None)


def _shown() -> tuple[GoLiveWindow | None, list[Conflict]]:
    window = _window()
    return window, queries.shown(queries.all_found(window), current_actor())


def _page(form: WindowForm, message: str = "") -> str:
    window, found = _shown()
    return render_template(
        "golive/index.html", window=window, open=[one for one in found if not one.settled],
        settled=[one for one in found if one.settled], form=form, message=message, now=clock.now(), day=clock.city_day,
        last_day=clock.city_day(window.ends_at) - ONE if window else None,
    )  # fmt: skip


@bp.get("/")
@allowed("golive", "list")
def index() -> ResponseReturnValue:
    """The window and all conflicts that the reader may see."""
    return _page(WindowForm())


@bp.post("/")
@allowed("golive", "open")
def open_window() -> ResponseReturnValue:
    """Open a window."""
    form, actor, now = WindowForm(), current_actor(), clock.now()
    if not form.validate():
        return _page(form), 422
    try:
        with unit_of_work():
            key = once.claim(form.once.data or "", user_id=actor.user_id, scope="golive", body=form.once_body(), now=now)
            days = (form.first.data, form.last.data)
            city = current_app.config["CITY_CODE"]
            services.open_window(*days, form.reason.data or "", city=city, actor=actor, now=now)
            key.answer = url_for("golive.index")
    except Refusal as refusal:
        first, last = form.first.data, form.last.data
        wrong = "last" if first and last and last < first else "first"
        message, status = refused(refusal, form, {"go_live_days": wrong})
        return _page(form, message), status
    flash(_("上线窗口已开放，各单位负责人已通知"), "done")
    return go("golive.index")


@bp.post("/close")
@allowed("golive", "close")
def close() -> ResponseReturnValue:
    """End the window today."""
    form, actor, now = CloseForm(), current_actor(), clock.now()
    return act_on(
        form, lambda: None, lambda: services.close_window(form.reason.data or "", actor=actor, now=now),
        _("上线窗口已关闭，首报开始计时"), "golive.index",
    )  # fmt: skip


@bp.post("/decisions")
@allowed("golive", "decide")
def decide() -> ResponseReturnValue:
    """Settle a conflict."""
    form, actor, now = SettleForm(), current_actor(), clock.now()

    def do() -> None:
        services.settle(form.conflict.data or "", *form.to_answer(), form.reason.data or "", actor=actor, now=now)

    return act_on(form, lambda: None, do, _("结论已记录"), "golive.index")


@bp.get("/conflicts.xlsx")
@allowed("golive", "export")
def export() -> ResponseReturnValue:
    """The list as a workbook, one row a side. Noted in the audit."""
    actor, (_window_now, found) = current_actor(), _shown()
    with unit_of_work():
        facts = {"conflicts": len(found)}
        audit.record("go_live.exported", subject=None, facts=facts, actor=actor, now=clock.now())
    headings = [
        _("序号"), _("投资方"), _("冲突类型"), _("顺位"), _("登记单位"), _("编号"), _("所报项目"), _("佐证日期"), _("日期依据"),
        _("佐证（件）"), _("登记时间"), _("登记人"), _("首报"), _("结论"), _("理由"),
    ]  # fmt: skip
    rows = [_line(number, one, side) for number, one in enumerate(found, 1) for side in one.sides]
    notes = [
        _("本系统为非涉密系统，严禁存储、处理、传输国家秘密"),
        _("导出人 %(name)s，%(when)s，共 %(n)s 条", name=actor.name, when=fmt.stamp(clock.now()), n=len(rows)),
    ]
    book = sheets.write_workbook(_("上线冲突清单"), headings, rows, notes=notes)
    name = f"{_('上线冲突清单')}-{clock.today().isoformat()}.xlsx"
    return send_file(book, as_attachment=True, download_name=name, mimetype=sheets.XLSX)


def _line(number: int, one: Conflict, side: Side) -> list[Any]:
    answer = ""
    if one.row is not None and one.row.answer is not None:
        answer = _("首报归该单位") if side.holds else word("go_live_answer", one.row.answer)
    row = side.row
    called = (row.name or row.code) if row else side.typed
    return [
        number, called or one.name or _("暂未披露"), word("go_live_kind", one.kind), side.place,
        side.unit.name(html_lang()) if side.unit else _("另一单位"), row.number if row else "",
        row.title if row else _("再次登记") if side.report else "", side.on,
        word("go_live_basis", side.basis) if side.basis else "", side.pieces, side.at, side.who, side.claim, answer,
        (one.row.reason or "") if one.row else "",
    ]  # fmt: skip
