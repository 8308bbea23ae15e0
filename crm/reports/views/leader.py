"""领导页 and 一页纸: a leader's home; the same for who acts for them, and for the coordinator."""

from typing import Any

from flask import current_app, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.batches import words as batch_words
from crm.core import clock
from crm.dashboard.rules import Line
from crm.desk.views.pages import FIRST_PAGES
from crm.matters import queries as matters
from crm.policy.rules import Role
from crm.reports import queries, sheets
from crm.reports.queries import LeaderPage
from crm.reports.rules import Cut, cut, fitted, shortened
from crm.reports.views.blueprint import bp, noted, printed
from crm.reports.words import left_out
from crm.stationery.queries import template_of
from crm.supervision import queries as supervision
from crm.web import fmt
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.words import word


def home() -> ResponseReturnValue:
    """A leader's first page."""
    return _page(supervision.leader_named(current_actor().public_id))


FIRST_PAGES[Role.LEADER] = home


@bp.get("/leader/<string:public_id>")
@allowed("leader_page", "read")
def leader(public_id: str) -> ResponseReturnValue:
    """The page of a leader, for who acts for them, and for the coordinator: what the leader may read, no more."""
    return _page(supervision.leader_named(public_id))


def _read(whose: User, action: str) -> LeaderPage:
    config, reader = current_app.config, queries.seen_as(whose, current_actor(), action)
    return queries.leader_page(
        reader, city=config["CITY_CODE"], idle_days=config["IDLE_DAYS"], keep_seconds=config["BOARD_SECONDS"]
    )


def _page(whose: User) -> str:
    page, actor = _read(whose, "read"), current_actor()
    return render_template(
        "reports/leader.html", page=page, whose=whose, own=whose.id == actor.user_id, today=clock.today(), written=fmt.yi_usd,
        line=page.line, explain=batch_words.explain, edition_title=batch_words.title_of,
        idle_days=current_app.config["IDLE_DAYS"], money_at=_money_at(page.line),
    )  # fmt: skip


def _money_at(line: Line | None) -> str:
    """The official lines that a year's sum is made of."""
    if line is None or not line.points:
        return ""
    return url_for("money.lines", **{"from": f"{line.year}-01", "to": f"{line.year}-{line.points[-1][0]:02d}"})


@bp.get("/leader/<string:public_id>/sheet.docx")
@allowed("leader_page", "take")
def sheet(public_id: str) -> ResponseReturnValue:
    """领导一页纸: the page on one A4, in the office's own template when there is one."""
    whose, actor = supervision.leader_named(public_id), current_actor()
    queries.seen_as(whose, actor, "take")
    template = template_of(sheets.LEADER, current_app.config)
    name = whose.name
    about = noted("report.leader_sheet", ("user", whose), {"leader": name, "form": "docx"}, actor)
    facts = about | _facts(_read(supervision.leader_named(public_id), "take"), name, in_word=True)
    return send_file(sheets.fill(template, facts), as_attachment=True, download_name=_name(name, "docx"), mimetype=sheets.DOCX)


@bp.get("/leader/<string:public_id>/sheet.pdf")
@allowed("leader_page", "take")
def sheet_pdf(public_id: str) -> ResponseReturnValue:
    """The same, ready to print."""
    whose, actor = supervision.leader_named(public_id), current_actor()
    name = whose.name
    queries.seen_as(whose, actor, "take")
    return printed(
        sheets.LEADER_PDF, lambda: _facts(_read(supervision.leader_named(public_id), "take"), name),
        lambda: noted("report.leader_sheet", ("user", whose), {"leader": name, "form": "pdf"}, actor), _name(name, "pdf"), actor,
    )  # fmt: skip


def _name(leader: str, ending: str) -> str:
    what = _("领导一页纸")
    return f"{what}-{leader}-{clock.today().isoformat()}.{ending}".replace("/", "-")


Parts = dict[str, Cut[dict[str, str]]]


def _facts(page: LeaderPage, name: str, *, in_word: bool = False) -> dict[str, Any]:
    """What the template may use; its keys are the template's fields. In Word no more rows than one A4 holds: what is set as a pdf
    fits by itself.
    """
    parts, basis = _parts(page), _basis(page)
    if in_word:
        kept = fitted({part: one.rows for part, one in parts.items()}, basis, len(_left_notes(parts)))
        parts = {part: Cut(one.rows[: kept[part]], one.left + len(one.rows) - kept[part]) for part, one in parts.items()}
    return {
        "title": _("招商引资情况一页纸"), "subtitle": _("%(name)s　%(day)s", name=name, day=fmt.date(clock.today())),
        "figures": _figures(page), "basis": basis, **{part: list(one.rows) for part, one in parts.items()},
        "notes": _left_notes(parts), "heads": _heads(),
    }  # fmt: skip


def _parts(page: LeaderPage) -> Parts:
    """The rows of each part in words. Of the changes there are three, whatever there are."""
    changes = cut(page.changes.rows if page.changes else [], "changes")
    above, sponsored, tasks = cut(page.matters, "matters"), cut(page.sponsored, "sponsored"), cut(page.tasks, "tasks")
    return {
        "changes": Cut([_change(row) for row in changes.rows], 0),
        "matters": Cut([_matter(one) for one in above.rows], above.left),
        "sponsored": Cut([_sponsored(row) for row in sponsored.rows], sponsored.left),
        "tasks": Cut([_task(one) for one in tasks.rows], tasks.left),
    }  # fmt: skip


def _left_notes(parts: Parts) -> list[str]:
    return [f"{_heads()[part]}：{left_out(one)}" for part, one in parts.items() if one.left]


def _heads() -> dict[str, str]:
    return {
        "changes": _("与上期相比"), "matters": _("需领导协调事项"), "sponsored": _("我的挂点项目"), "tasks": _("领导批示"),
        "project": _("项目"), "stage": _("阶段"), "unit": _("跟进单位"), "next": _("下一步"),
    }  # fmt: skip


def _figures(page: LeaderPage) -> list[dict[str, str]]:
    rows = []
    for one in page.figures:
        note = _("已核实 %(sum)s", sum=fmt.in_yi(one.fen)) if one.fen is not None else _("超过 %(n)s 天", n=one.listed["idle"])
        rows.append({"name": word("leader_figure", one.kind), "value": _("%(n)s 个", n=fmt.num(one.number)), "note": note})
    rows.append({"name": word("leader_figure", "utilised"), "value": money_value(page.line), "note": money_note(page.line)})
    return rows


def money_value(line: Line | None) -> str:
    """The year's utilised foreign capital so far."""
    return _("%(n)s 亿美元", n=fmt.yi_usd(line.points[-1][1])) if line is not None and line.points else fmt.DASH


def money_note(line: Line | None) -> str:
    """Up to which month it is, and how far along the target."""
    if line is None or not line.points:
        return _("还没有统计表")
    month = _("%(year)s 年 1—%(month)s月", year=line.year, month=fmt.month(line.points[-1][0]))
    if line.done is None:
        return month
    return month + _("，完成目标 %(done)s", done=f"{line.done / 10:.1f}%")


def _basis(page: LeaderPage) -> str:
    when = fmt.stamp(page.counted_at)
    if page.changes is None:
        return _("数据截至%(when)s；还没有定稿的清单", when=when)
    return _("数据截至%(when)s；变化按%(edition)s", when=when, edition=batch_words.title_of(page.changes.edition))


def _called(one: matters.Seen | supervision.Seen) -> str:
    if one.lead is None:
        return ""
    return (one.lead.display_name or one.lead.title) if one.names else one.code or _("名称未公开的项目")


def _change(row: Any) -> dict[str, str]:
    return {"name": shortened(row.name or row.code or _("暂未披露"), 26), "said": "；".join(batch_words.explain(row))}


def _matter(one: matters.Seen) -> dict[str, str]:
    due = _("%(day)s前答复", day=fmt.day(one.matter.due_on)) + (f"（{_('逾期')}）" if one.late else "")
    unit = one.matter.raised_unit.short(html_lang())
    return {"text": shortened(one.matter.text), "project": shortened(_called(one), 30), "unit": unit, "due": due}


def _sponsored(row: Any) -> dict[str, str]:
    due = f"（{fmt.day(row.next_due)}）" if row.next_due else ""
    next_ = shortened(row.next_step, 24) + due if row.next_step else fmt.DASH
    return {
        "name": shortened(row.name or row.code or _("暂未披露"), 22), "unit": row.unit.short(html_lang()) if row.unit else "",
        "stage": _("%(stage)s %(n)s 天", stage=word("stage", row.stage), n=row.days), "next": next_,
    }  # fmt: skip


def _task(one: supervision.Seen) -> dict[str, str]:
    due = word("instruction_state", one.row.state)
    if one.row.state == "open":
        due = _("%(day)s前办结", day=fmt.day(one.row.due_on))
    late = f"（{_('逾期')}）" if one.late else ""
    return {
        "text": shortened(one.row.text),
        "project": shortened(_called(one), 30),
        "unit": one.row.unit.short(html_lang()),
        "due": due + late,
    }
