"""项目简报: one lead on one A4."""

from typing import Any

from flask import current_app, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock, regions
from crm.pipeline.rules import MilestoneState
from crm.policy.rules import Actor
from crm.reports import queries, sheets
from crm.reports.queries import Brief
from crm.reports.rules import Cut, cut, fitted_brief, shortened
from crm.reports.views.blueprint import bp, noted, printed
from crm.reports.words import left_out
from crm.stationery.queries import template_of
from crm.web import fmt
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.words import word


@bp.get("/leads/<string:public_id>/brief.docx")
@allowed("brief", "take")
def brief(public_id: str) -> ResponseReturnValue:
    """The brief, in the office's own template when there is one."""
    actor = current_actor()
    found = queries.brief_of(public_id, actor)
    template = template_of(sheets.BRIEF, current_app.config)
    about = _noted(found, actor, "docx")
    found = queries.brief_of(public_id, actor)  # as it is now that it was noted
    content = sheets.fill(template, about | _facts(found, in_word=True))
    return send_file(content, as_attachment=True, download_name=_name(found.row.number, "docx"), mimetype=sheets.DOCX)


@bp.get("/leads/<string:public_id>/brief.pdf")
@allowed("brief", "take")
def brief_pdf(public_id: str) -> ResponseReturnValue:
    """The same, ready to print."""
    actor = current_actor()
    found = queries.brief_of(public_id, actor)
    name = _name(found.row.number, "pdf")
    return printed(
        sheets.BRIEF_PDF, lambda: _facts(queries.brief_of(public_id, actor)), lambda: _noted(found, actor, "pdf"), name, actor
    )


def _noted(found: Brief, actor: Actor, form: str) -> dict[str, Any]:
    return noted("report.lead_brief", ("lead", found.lead), {"number": found.lead.number, "form": form}, actor)


def _name(number: str, ending: str) -> str:
    return f"{_('项目简报')}-{number}-{clock.today().isoformat()}.{ending}".replace("/", "-")


def _facts(found: Brief, *, in_word: bool = False) -> dict[str, Any]:
    """What the template may use; its keys are the template's fields. In Word no more rows than one A4 holds: what is set as a pdf
    fits by itself.
    """
    row = found.row
    parts = _parts(found)
    since = _("%(stage)s %(n)s 天", stage=word("stage", row.stage), n=row.days)
    due = _("（%(day)s前）", day=fmt.date(row.next_due)) if row.next_due else ""
    texts = {
        "title": shortened(row.name or row.code or _("暂未披露"), 44),
        "subtitle": f"{shortened(row.title, 44)}　{row.number}　{since}",
        "money": _money(found), "next": (shortened(row.next_step, 80) + due) if row.next_step else _("未定"),
    }  # fmt: skip
    facts = [{"name": name, "value": shortened(value, 36)} for name, value in _basics(found)]
    if in_word:
        kept = fitted_brief({part: one.rows for part, one in parts.items()}, facts, texts, len(_left_notes(parts)))
        parts = {part: Cut(one.rows[: kept[part]], one.left + len(one.rows) - kept[part]) for part, one in parts.items()}
    return {**texts, "facts": facts, **{part: list(one.rows) for part, one in parts.items()},
            "notes": _left_notes(parts), "heads": _heads()}  # fmt: skip


def _parts(found: Brief) -> dict[str, Cut[dict[str, str]]]:
    """The rows of each part in words."""
    progress = cut(found.progress, "progress")
    said = [
        {"day": fmt.date(one.on_date), "kind": word("interaction", one.kind), "text": shortened(one.text, 110)}
        for one in progress.rows
    ]
    return {
        "path": Cut([_stone(stone) for stone in found.stones], 0), "progress": Cut(said, progress.left),
        "open": cut([*_open_matters(found), *_open_tasks(found)], "open"),
    }  # fmt: skip


def _left_notes(parts: dict[str, Cut[dict[str, str]]]) -> list[str]:
    return [f"{_heads()[part]}：{left_out(one)}" for part, one in parts.items() if one.left]


def _heads() -> dict[str, str]:
    return {
        "facts": _("基本情况"), "path": _("节点"), "money": _("资金"), "progress": _("最近进展"), "open": _("待办事项"),
        "next": _("下一步"),
    }  # fmt: skip


def _basics(found: Brief) -> list[tuple[str, str]]:
    """Two columns of four: what a list says of it, as its reader is told it."""
    row, lang = found.row, html_lang()
    total = fmt.in_yi(row.total_cny) if row.total_cny is not None else fmt.DASH
    total += f"（{_('未核实')}）" if row.total_cny is not None and not row.total_verified else ""
    contracted = fmt.in_wan(row.contracted_usd) if row.contracted_usd is not None else fmt.DASH
    if found.contract is not None and row.amounts:
        sure = _("认定 %(sum)s", sum=fmt.money(found.contract.amount, found.contract.currency))
        contracted = _("%(sum)s（申报值），%(sure)s", sum=contracted, sure=sure)
    return [
        (_("国家/地区"), regions.region_name(row.country, lang)),
        (_("产业集群"), "、".join(tag.name(lang) for tag in row.clusters) or fmt.DASH),
        (_("总投资"), total), (_("合同外资"), contracted),
        (_("跟进单位"), row.unit.name(lang) if row.unit else fmt.DASH), (_("负责人"), row.owner or fmt.DASH),
        (_("拟落户区"), "、".join(area.short(lang) for area in row.districts) or _("未定")),
        (_("挂点领导"), "、".join(one.leader.name for one in found.sponsors) or fmt.DASH),
    ]  # fmt: skip


def _stone(stone: Any) -> dict[str, str]:
    name = word("milestone", stone.kind)
    if stone.row is None:
        return {"name": name, "said": fmt.DASH}
    state = _("已认定") if stone.row.state == MilestoneState.CONFIRMED else _("待认定") if stone.row.due_on else ""
    return {"name": name, "said": f"{fmt.date(stone.row.on_date)} {state}".strip()}


def _money(found: Brief) -> str:
    if found.ledger is None or not (found.ledger.lines or found.ledger.past):
        return _("没有到资记录")
    said = _("到资 %(sum)s（调度口径，凭佐证计）", sum=fmt.in_wan(found.ledger.totals.counted))
    percent = found.ledger.percent
    return said + (_("，为合同外资的 %(n)s", n=f"{percent}%") if percent is not None else "")


def _open_matters(found: Brief) -> list[dict[str, str]]:
    late = f"（{_('逾期')}）"
    return [
        {"kind": _("需协调事项"), "text": shortened(one.matter.text, 60), "unit": one.matter.unit.short(html_lang()),
         "due": fmt.date(one.matter.due_on) + (late if one.late else "")}
        for one in found.matters
    ]  # fmt: skip


def _open_tasks(found: Brief) -> list[dict[str, str]]:
    late = f"（{_('逾期')}）"
    return [
        {"kind": _("领导批示"), "text": shortened(one.row.text, 60), "unit": one.row.unit.short(html_lang()),
         "due": fmt.date(one.row.due_on) + (late if one.late else "")}
        for one in found.tasks
    ]  # fmt: skip
