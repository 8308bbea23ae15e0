"""A week of all units as a workbook: what its reader may read, with serial number and notice, noted in the audit trail."""

from typing import Any

from flask import current_app, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from crm.core import clock
from crm.core.db import unit_of_work
from crm.exchange import sheets as workbooks
from crm.returns import services, words
from crm.returns.forms import week_named
from crm.returns.queries import overview, weeks
from crm.returns.queries.overview import Entry
from crm.returns.queries.returns import Part, Seen
from crm.returns.queries.weeks import Board
from crm.returns.views.blueprint import bp
from crm.web import fmt
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.marks import marks
from crm.web.words import word

_ROOM = workbooks.MAX_TEXT - 500  # of a section's words; the rest is for saying that more was left out


@bp.get("/weeks/<string:public_id>/week.xlsx")
@allowed("weekly_return", "export")
def week_workbook(public_id: str) -> ResponseReturnValue:
    """One row a unit: how it stands, who handed it in and when, what stands in the three sections."""
    actor, week, now = current_actor(), week_named(public_id, clock.today()), clock.now()
    board = weeks.board_of(week, actor)
    entries = overview.entries_of(board, actor)
    rows, about = [_line(entry) for entry in entries], _about(board)
    facts = {"rows": len(rows), "masked": sum(entry.hidden for entry in entries)}
    with unit_of_work():
        serial = services.note_week_export(week, facts, city=current_app.config["CITY_CODE"], actor=actor, now=now)
    said = marks(serial, unit=current_user.unit.name(html_lang()), name=actor.name, at=now)
    headings = [
        _("单位"), _("状态"), _("迟报"), _("空报"), _("空报说明"), _("截止"), _("报送时间"), _("报送人"), _("确认时间"),
        _("确认人"), _("版次"), _("本周进展（条）"), _("存在问题（条）"), _("下一步计划（条）"), _("按权限不显示（条）"),
        *(word("return_section", section) for section in ("progress", "problems", "next")),
    ]  # fmt: skip
    wide = {headings.index(_("空报说明")), *range(len(headings) - 3, len(headings))}
    notes = [about[0], said["notice"], said["mark"], *about[1:]]
    cut = _("条目多的单位打印出来不全，全文在单元格和各单位的周报里")
    book = workbooks.write_workbook(_("区级周报总表"), headings, rows, notes=notes, wide=wide, cut=cut)
    name = f"{_('区级周报总表')}-{week.first.isoformat()}.xlsx"
    return send_file(book, as_attachment=True, download_name=name, mimetype=workbooks.XLSX)


def _about(board: Board) -> list[str]:
    """The heading of the table, and who does not stand in it."""
    counts = _("，").join(f"{word('return_status', status)} {n}" for status, n in board.counts.items())
    head = _("区级周报总表　%(period)s", period=words.period_of(board.week))
    notes = [f"{head}　{counts}" if counts else head]
    if board.unstaffed:
        names = _("、").join(unit.short(html_lang()) for unit in board.unstaffed)
        notes.append(_("尚无在岗人员、不计报送：") + names)
    return notes


def _line(entry: Entry) -> list[Any]:
    place, one, yes = entry.place, entry.one, _("是")
    head = [
        place.unit.name(html_lang()), word("return_status", place.status), yes if place.late else "", yes if place.empty else "",
        one.row.empty_reason if one else "", place.due,
    ]  # fmt: skip
    if one is None:
        return [*head, *[""] * 12]
    row = one.row
    return [
        *head, fmt.stamp(row.submitted_at) if row.submitted_at else "", row.submitted_by.name if row.submitted_by else "",
        fmt.stamp(row.confirmed_at) if row.confirmed_at else "", row.confirmed_by.name if row.confirmed_by else "", row.number,
        *(len(part.lines) + part.hidden for part in one.parts), entry.hidden or "", *_texts(one),
    ]  # fmt: skip


def _texts(one: Seen) -> list[str]:
    return [_text(part) for part in one.parts]


def _text(part: Part) -> str:
    """A section in one cell: its words, then each lead with what is said of it. What does not fit is counted."""
    said = [part.text] if part.text else []
    left = _ROOM - len(part.text or "")
    for place, rows in enumerate(part.groups, 1):
        called = words.called(rows[0])
        number = f"（{rows[0].number}）" if rows[0].number else ""
        text = words.joined([words.said(line) for line in rows])
        item = f"{place}. {called}{number}{_('：')}{text}" if called else f"{place}. {text}"
        left -= len(item) + 1
        if left < 0:
            said.append(_("（其余 %(n)s 项请看周报）", n=len(part.groups) - place + 1))
            break
        said.append(item)
    return "\n".join(said)
