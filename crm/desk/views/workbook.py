"""Rows of the list as a workbook: text is text, figures are figures, nothing is a formula. Noted in the audit."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.audit import services as audit
from crm.core import clock, regions
from crm.core.db import unit_of_work
from crm.desk.queries import event as events
from crm.events.rules import LinkRole
from crm.exchange import sheets
from crm.leads.queries import access
from crm.leads.queries.rows import Row
from crm.pipeline.queries import confirmed_beside
from crm.web import fmt
from crm.web.guards import current_actor
from crm.web.locale import html_lang
from crm.web.words import word


def send_leads(found: Sequence[Row], *, left: int | None) -> ResponseReturnValue:
    """The workbook of these rows. `left`: only so many of them are in it, which is said in the file itself, where it is read."""
    actor = current_actor()
    with unit_of_work():
        audit.record("lead.exported", subject=None, facts={"rows": len(found)}, actor=actor, now=clock.now())
        for lead_id in access.sealed_among({row.public_id for row in found if row.detail}):  # their readers are told apart
            audit.record("lead.exported", subject=("lead", lead_id), facts={"rows": len(found)}, actor=actor, now=clock.now())
    headings = [
        _("编号"), _("投资方"), _("外文名称"), _("项目"), _("国家/地区"), _("产业集群"), _("阶段"), _("总投资申报值（亿元）"),
        _("合同外资申报值（万美元）"), _("认定合同额（万美元）"), _("跟进单位"), _("拟落户区"), _("阶段起始"), _("下一步"),
        _("预计节点"), _("预计日期"), _("推迟（天）"), _("来源活动"), _("签约活动"), _("登记日期"),
    ]  # fmt: skip
    put = events.names_by_public_id([row.public_id for row in found if row.detail])
    sure = confirmed_beside(found, every=True)
    rows = [_export_row(row, put.get(row.public_id, {}), sure.get(row.public_id), html_lang()) for row in found]
    notes = [
        _("本系统为非涉密系统，严禁存储、处理、传输国家秘密"),
        _("导出人 %(name)s，%(when)s，共 %(n)s 条", name=actor.name, when=fmt.stamp(clock.now()), n=len(rows)),
    ]
    if left:
        notes.append(_("只含前 %(n)s 条，其余未导出：请加条件后分次导出", n=left))
    book = sheets.write_workbook(_("项目清单"), headings, rows, notes=notes)
    name = f"{_('项目清单')}-{clock.today().isoformat()}.xlsx"
    return send_file(book, as_attachment=True, download_name=name, mimetype=sheets.XLSX)


def _export_row(row: Row, put: Mapping[LinkRole, str], sure: int | None, lang: str) -> list[Any]:
    return [
        row.number, row.name or _("暂未披露"), row.alt or "", row.title, regions.region_name(row.country, lang),
        "、".join(tag.name(lang) for tag in row.clusters), word("stage", row.stage),
        fmt.yi_cell(row.total_cny), fmt.wan_cell(row.contracted_usd), fmt.wan_cell(sure),
        row.unit.name(lang) if row.unit else "", "、".join(area.short(lang) for area in row.districts), row.stage_since,
        row.next_step or "", word("milestone", row.expected_kind) if row.expected_kind else "", row.expected_on,
        row.expected_slip, put.get(LinkRole.SOURCE, ""), put.get(LinkRole.SIGNED, ""), clock.city_day(row.registered_at),
    ]  # fmt: skip
