"""An edition as a workbook and as an official paper: what they may read, with serial number and notice, noted in the audit."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from flask import current_app, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from crm.batches import services, sheets, words
from crm.batches.forms import filters_from
from crm.batches.models import Edition
from crm.batches.queries import editions
from crm.batches.queries.editions import Shown, Sums
from crm.batches.rules.rolling import BATCHES, Batch
from crm.batches.views.blueprint import bp
from crm.core import clock, regions
from crm.core.db import unit_of_work
from crm.exchange import sheets as workbooks
from crm.policy.rules import Actor, Role
from crm.stationery.queries import template_of
from crm.units import queries as units
from crm.web import fmt
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.marks import NO_SERIAL, marks
from crm.web.words import word

# Rows of one file: the coordinator's whole city, else what a unit may need. What is beyond is said in the file.
ROW_CAPS = {
    form: {True: 20_000, False: 2_000} if form == "xlsx" else {True: 3_000, False: 1_000} for form in ("xlsx", "docx", "pdf")
}


@dataclass(frozen=True, slots=True)
class Taken:
    """An edition's rows for a file: those that may be read by name, how many are left out (rights, the cap), the sums."""

    edition: Edition
    rows: list[Shown]
    masked: int
    beyond: int
    sums: dict[str, Sums]
    serial: str


def _take(public_id: str, form: str, *, tried: Callable[[Taken], object] = lambda _taken: None) -> Taken:
    """What goes out, noted; what is `tried` first may still refuse it."""
    actor, found = current_actor(), editions.by_public_id(public_id)
    filters = filters_from(request.args)
    cap = ROW_CAPS[form][actor.role is Role.COORDINATOR]
    asked = editions.Asked(unit_path=filters.unit_path, cluster_id=filters.cluster_id, size=200_000)
    there = editions.rows_of(found, asked, actor)
    named = [row for row in there if not row.masked]
    sums = editions.sums_of(found, asked, actor)
    taken = Taken(found, named[:cap], len(there) - len(named), max(len(named) - cap, 0), sums, NO_SERIAL)
    tried(taken)
    facts = {
        "number": found.number, "kind": found.kind, "rows": len(taken.rows), "masked": taken.masked, "beyond": taken.beyond
    }  # fmt: skip
    with unit_of_work():
        again = editions.by_public_id(public_id)
        city = current_app.config["CITY_CODE"]
        serial = services.note_export(again, form, facts, city=city, actor=actor, now=clock.now())
    return replace(taken, edition=editions.by_public_id(public_id), serial=serial)


def _notes(taken: Taken, actor: Actor) -> list[str]:
    """What stands in the file about itself."""
    said = _marks(taken, actor)
    notes = [said["notice"], said["mark"]]
    if taken.masked:
        notes.append(_("另有 %(n)s 条按权限不列出名称，未导出", n=taken.masked))
    if taken.beyond:
        notes.append(_("只含前 %(n)s 条，其余 %(left)s 条未导出：请加条件后分次导出", n=len(taken.rows), left=taken.beyond))
    return notes


def _marks(taken: Taken, actor: Actor) -> dict[str, str]:
    return marks(taken.serial, unit=current_user.unit.name(html_lang()), name=actor.name, at=clock.now())


def _basis(exact: bool) -> str:
    return _("金额为申报值，另列认定值；总投资未核实的另计") if exact else _("金额为申报值，另列认定值，只含本单位可见金额的项目")


def _name(edition: Edition, ending: str) -> str:
    return f"{_('三个一批')}-{words.title_of(edition)}-{edition.as_of.isoformat()}.{ending}".replace("/", "-")


@bp.get("/editions/<string:public_id>/edition.xlsx")
@allowed("edition", "export")
def workbook(public_id: str) -> ResponseReturnValue:
    """One row a project; what left comes last."""
    actor, taken = current_actor(), _take(public_id, "xlsx")
    headings = [
        _("批次"), _("编号"), _("投资方"), _("项目"), _("国家/地区"), _("产业集群"), _("跟进单位"), _("本段起始"),
        _("总投资申报值（亿元）"), _("总投资是否核实"), _("合同外资申报值（万美元）"), _("节点申报日"), _("认定日期"),
        _("认定合同额（万美元）"), _("长期无进展"), _("预计节点"), _("预计日期"), _("上期预计日期"),
        _("较上期推迟（天）"), _("较上期"), _("定稿后更正"),
    ]  # fmt: skip
    rows = [_line(row, html_lang()) for row in taken.rows]
    head = _("%(title)s　截至%(day)s", title=words.title_of(taken.edition), day=taken.edition.as_of.isoformat())
    notes = [head, *_notes(taken, actor), _basis(actor.city_wide)]
    book = workbooks.write_workbook(_("三个一批"), headings, rows, notes=notes)
    return send_file(book, as_attachment=True, download_name=_name(taken.edition, "xlsx"), mimetype=workbooks.XLSX)


def _line(row: Shown, lang: str) -> list[Any]:
    total = fmt.yi_cell(row.total_cny)
    verified = "" if total is None else _("已核实") if row.total_verified else _("未核实")
    return [
        _batch(row.batch), row.number, _called(row), row.title, regions.region_name(row.country, lang),
        row.cluster.name(lang) if row.cluster else "", row.unit.name(lang) if row.unit else "", row.since, total, verified,
        fmt.wan_cell(row.contracted_usd), row.reported_on, row.confirmed_on,
        fmt.wan_cell(row.confirmed_usd), _("是") if row.idle else "",
        word("milestone", row.expected_kind) if row.expected_kind else "", row.expected_on, row.was_expected_on, row.slipped,
        "；".join(words.explain(row)), _later(row),
    ]  # fmt: skip


def _batch(batch: str) -> str:
    return _("退出") if batch == editions.LEFT else word("stage", batch)


def _called(row: Shown) -> str:
    name = row.name or _("暂未披露")
    return f"{name}（{row.code}）" if row.code else name


def _later(row: Shown) -> str:
    return "；".join(f"{fmt.date(one.at)} {words.corrected(one)}" for one in row.adjustments)


@bp.get("/editions/<string:public_id>/edition.docx")
@allowed("edition", "export")
def paper(public_id: str) -> ResponseReturnValue:
    """The same as an official paper, in the office's own template when there is one."""
    actor, template = current_actor(), template_of(sheets.EDITION, current_app.config)
    taken = _take(public_id, "docx")
    content = sheets.fill(template, _facts(taken, actor))
    return send_file(content, as_attachment=True, download_name=_name(taken.edition, "docx"), mimetype=sheets.DOCX)


@bp.get("/editions/<string:public_id>/edition.pdf")
@allowed("edition", "export")
def paper_pdf(public_id: str) -> ResponseReturnValue:
    """The same, ready to print."""
    actor, folder, template = current_actor(), current_app.config["TEMPLATES_PATH"], sheets.PRINTED
    text, own = template.checked(folder), template.own(folder) is not None
    taken = _take(public_id, "pdf", tried=lambda found: template.filled(text, _facts(found, actor)) if own else None)
    content = template.filled(text, _facts(taken, actor))
    return send_file(BytesIO(content), as_attachment=True, download_name=_name(taken.edition, "pdf"), mimetype=sheets.PDF)


def _facts(taken: Taken, actor: Actor) -> dict[str, Any]:
    """What a template may use; its keys are `sheets.FIELDS`."""
    edition, lang = taken.edition, html_lang()
    office, notes = units.coordinating(), _notes(taken, actor)
    return {
        "title": _("“三个一批”项目滚动清单"), "number": words.title_of(edition), "period": words.period_of(edition),
        "as_of": fmt.date(edition.as_of), "office": office.name(lang), "frozen": fmt.stamp(edition.frozen_at),
        **{name: said for name, said in _marks(taken, actor).items() if name in sheets.FIELDS}, "notes": notes[2:],
        "basis": _basis(actor.city_wide), "overview": _overviews(taken),
        "heads": {
            "place": _("序号"), "name": _("投资方/项目"), "country": _("国家/地区"), "cluster": _("产业集群"),
            "unit": _("跟进单位"), "total": _("总投资（亿元）"), "contracted": _("合同外资（万美元）"),
            "confirmed": _("认定值"), "change": _("较上期"),
        },
        "groups": [_group(tab, taken, lang) for tab in editions.TABS],
    }  # fmt: skip


def _overviews(taken: Taken) -> list[str]:
    """A line a batch, and one about expected days."""
    return [*(_overview(batch.value, taken.sums[batch.value]) for batch in BATCHES), *_slips(taken.rows)]


def _overview(batch: str, sums: Sums) -> str:
    facts = {
        "batch": word("stage", batch), "n": fmt.num(sums.count), "total": fmt.in_yi(sums.total_cny),
        "unverified": fmt.in_yi(sums.unverified_cny), "usd": fmt.in_wan(sums.contracted_usd),
        "sure": fmt.in_wan(sums.confirmed_usd),
    }  # fmt: skip
    if batch == Batch.NEGOTIATING:  # nothing is contracted yet, what is meant is told as on the page
        return _("%(batch)s %(n)s 个；总投资申报值 %(total)s，另 %(unverified)s未核实；意向合同外资申报值 %(usd)s", **facts)
    return _(
        "%(batch)s %(n)s 个；总投资申报值 %(total)s，另 %(unverified)s未核实；合同外资申报值 %(usd)s；认定合同额 %(sure)s",
        **facts,
    )


def _slips(rows: list[Shown]) -> list[str]:
    """One line about expected days that moved since the last edition, of the rows of the file; none where none did."""
    later = [row.slipped for row in rows if row.slipped and row.slipped > 0]
    earlier = sum(1 for row in rows if row.slipped and row.slipped < 0)
    if not later and not earlier:
        return []
    facts = {"n": fmt.num(len(later)), "days": fmt.num(sum(later)), "m": fmt.num(earlier)}
    if not earlier:
        return [_("预计节点较上期推迟 %(n)s 项、共 %(days)s 天", **facts)]
    if not later:
        return [_("预计节点较上期提前 %(m)s 项", **facts)]
    return [_("预计节点较上期推迟 %(n)s 项、共 %(days)s 天，提前 %(m)s 项", **facts)]


def _group(tab: str, taken: Taken, lang: str) -> dict[str, Any]:
    rows = [row for row in taken.rows if row.batch == tab]
    name = _("%(batch)s（%(n)s 个）", batch=_batch(tab), n=len(rows))
    return {
        "name": name,
        "none": "" if rows else _("无"),
        "rows": [_cells(place, row, lang) for place, row in enumerate(rows, 1)],
    }


def _cells(place: int, row: Shown, lang: str) -> dict[str, Any]:
    total = fmt.yi(row.total_cny) + ("" if row.total_verified or row.total_cny is None else f"（{_('未核实')}）")
    confirmed = [fmt.date(row.confirmed_on)] if row.confirmed_on else []
    confirmed += [fmt.in_wan(row.confirmed_usd)] if row.confirmed_usd is not None else []
    later = [_("更正：%(what)s", what=_later(row))] if row.adjustments else []
    return {
        "place": place, "name": _called(row), "title": row.title, "code": row.number,
        "country": regions.region_name(row.country, lang), "cluster": row.cluster.name(lang) if row.cluster else "",
        "unit": row.unit.short(lang) if row.unit else "", "total": total, "contracted": fmt.wan(row.contracted_usd),
        "confirmed": " ".join(confirmed) or fmt.DASH, "change": "；".join([*words.explain(row), *later]),
    }  # fmt: skip
