"""Filled tables of the demo: an empty table as an authority sends it, its template for the city, one table being mapped, one filled;
dataset files made once.
"""

from datetime import datetime
from io import BytesIO

import xlsxwriter

from crm.accounts import queries as accounts
from crm.core.db import db, unit_of_work
from crm.core.workbooks import reading
from crm.datasets import jobs as dataset_jobs
from crm.datasets.models import DatasetRun
from crm.files import services as files
from crm.fillings import jobs, queries, services
from crm.fillings.models import Filling
from crm.fillings.rules.layout import Layout, layout_of

NAME = "外商投资项目情况汇总表（示例）.xlsx"
_HEADINGS = (
    "序号", "项目名称", "投资方", "国别/地区", "总投资（亿元）", "合同外资（万美元）", "累计到资（万美元）", "阶段", "签约时间", "目前进展", "备注",
)  # fmt: skip


def make_fillings(now: datetime, root: str) -> int:
    """By the services that make them, each in a unit of work of its own; how many tables."""
    content = _empty_table()
    layout = layout_of(reading.read_sheets(content, "xlsx"))
    with unit_of_work():
        row = _taken_in("coordinator", content, layout, now, root)
        services.keep_template(row, "外资项目月度汇总", "city", actor=accounts.actor_named("coordinator"), now=now)
    with unit_of_work():
        row = _taken_in("manager.nanshan", content, layout, now, root)
        row.asked, row.chosen = "stage=signed&scope=unit", "scope:here"
        services.begin(row, 1, actor=accounts.actor_named("manager.nanshan"), now=now)
        filling_id = row.id
    jobs.fill_now(filling_id)
    with unit_of_work():
        run = DatasetRun(asked_by_id=accounts.actor_named("coordinator").user_id, asked_at=now, state="waiting")
        run_id = _stored(run)
    dataset_jobs.make_now(run_id)
    return 2


def _taken_in(username: str, content: bytes, layout: Layout, now: datetime, root: str) -> Filling:
    actor = accounts.actor_named(username)
    file = files.store_file(content, NAME, purpose="import", root=root, actor=actor, now=now)
    template = queries.template_for(layout.fingerprint, actor)
    return services.start_filling(file, layout, asked=None, template=template, actor=actor, now=now)


def _stored(run: DatasetRun) -> int:
    db.session.add(run)
    db.session.flush()
    return run.id


def _empty_table() -> bytes:
    """A title over all columns, the unit of its sums, a heading, five blank rows with lines, a total, who signs."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    page = book.add_worksheet("汇总表")
    last = len(_HEADINGS) - 1
    title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    head = book.add_format({"bold": True, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter"})
    line = book.add_format({"border": 1, "text_wrap": True, "valign": "vcenter"})
    page.merge_range(0, 0, 0, last, "外商投资项目情况汇总表", title)
    page.write_string(1, 0, "填报单位：")
    page.write_string(1, last, "金额单位：万元")
    for column, heading in enumerate(_HEADINGS):
        page.write_string(2, column, heading, head)
        for row in range(3, 8):
            page.write_blank(row, column, None, line)
        page.write_blank(8, column, None, line)
        page.set_column(column, column, 22 if column in (1, 2, 9) else 12)
    page.write_string(8, 1, "合计", line)
    page.write_formula(8, 4, "=SUM(E4:E8)", line)
    page.write_string(9, 0, "填表人：　　　　　　审核人：　　　　　　填报日期：")
    page.set_landscape()
    page.repeat_rows(2)
    page.print_area(0, 0, 9, last)
    book.close()
    return made.getvalue()
