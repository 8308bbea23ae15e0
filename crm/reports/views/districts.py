"""各区实际使用外资月度表: the table as a page, the rows behind a figure, a workbook."""

from typing import Any

from flask import current_app, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.exchange import sheets as workbooks
from crm.reports.queries import districts
from crm.reports.queries.districts import DistrictRow, DistrictTable
from crm.reports.views.blueprint import bp, noted
from crm.units import queries as units
from crm.web import fmt
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang


def _asked() -> tuple[int, list[int]]:
    """The year that is asked for, else the newest; all that there are."""
    there = districts.years()
    asked = request.args.get("year", type=int)
    return asked if asked in there else next(iter(there), clock.today().year), there


@bp.get("/reports/districts")
@allowed("district_table", "read")
def district_table() -> ResponseReturnValue:
    """The table of a year; the official rows behind one district's figure for who reads all of them."""
    actor, (year, there) = current_actor(), _asked()
    unit_id, month = request.args.get("unit", type=int), request.args.get("month", type=int)
    unit = next((area for area in units.areas() if area.id == unit_id), None) if actor.city_wide else None
    month = month if month in range(1, 13) else None
    given = districts.given_to(year, month, unit.id) if unit is not None else []
    return render_template(
        "reports/districts.html", table=districts.district_table(year, actor), years=there, unit=unit, month=month, given=given,
        opens=actor.city_wide,
    )  # fmt: skip


@bp.get("/reports/districts.xlsx")
@allowed("district_table", "take")
def district_workbook() -> ResponseReturnValue:
    """The same as a workbook, with its serial number and notice."""
    actor, (year, _there) = current_actor(), _asked()
    about = noted("report.district_table", None, {"year": year}, actor)
    table = districts.district_table(year, actor)
    headings = [_("区域"), *(_("%(n)s 月", n=month) for month in range(1, table.last + 1)), _("累计")]
    notes = [
        _("%(year)s 年各区实际使用外资（统计口径，万美元）", year=year), about["notice"], about["mark"], _basis(table),
    ]  # fmt: skip
    book = workbooks.write_workbook(_("各区实际使用外资"), headings, _lines(table), notes=notes)
    name = f"{_('各区实际使用外资')}-{year}-{current_app.config['CITY_CODE']}.xlsx"
    return send_file(book, as_attachment=True, download_name=name, mimetype=workbooks.XLSX)


def _basis(table: DistrictTable) -> str:
    said = _("按官方统计表逐月数据，经统一社会信用代码对应企业，再按业绩归属分到各区；不与到资相加。")
    return said if table.total is not None else said + _("只含本单位所在区。")


def _lines(table: DistrictTable) -> list[list[Any]]:
    lang = html_lang()
    rows = [_line(row.unit.name(lang) if row.unit else _("其他单位"), row, table) for row in table.rows]
    if table.unlinked is not None and table.total is not None:
        rows += [_line(_("未对应到项目"), table.unlinked, table), _line(_("合计（官方统计表）"), table.total, table)]
    return rows


def _line(name: str, row: DistrictRow, table: DistrictTable) -> list[Any]:
    """A month without an official table is empty, not nought."""
    months = [fmt.wan_cell(cents) if month in table.there else None for month, cents in enumerate(row.months, 1)]
    return [name, *months, fmt.wan_cell(row.total)]
