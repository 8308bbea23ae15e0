"""Filled tables in words: states, units, what could not be filled, the sheet of notes, refusals."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.core.workbooks.tables import Unit
from crm.fillings.rules.layout import Layout
from crm.fillings.rules.mapping import Mapped, unit_code
from crm.web import refusals, words

words.register("filling_state", {"mapping": _l("待对应"), "running": _l("正在填写"), "done": _l("已填好")})
words.register("filling_reach", {"unit": _l("本单位及下级单位"), "city": _l("全市")})
words.register(
    "filling_group",
    {
        "table": _l("表格自身"),
        "project": _l("项目情况"),
        "company": _l("企业"),
        "sums": _l("金额"),
        "milestones": _l("节点"),
        "contacts": _l("联系人"),
    },
)
words.register("filling_own", {"serial": _l("序号"), "own_unit": _l("填报单位"), "filled_on": _l("填报日期")})
words.register(
    "filling_unit",
    {
        "CNY-4": _l("%(unit)s元", unit=_l("万")),  # a unit that is chosen, not the one that pages write sums in
        "CNY-8": _l("%(unit)s元", unit=_l("亿")),
        "CNY-0": _l("元"),
        "CNY-6": _l("百万元"),
        "USD-4": _l("%(unit)s美元", unit=_l("万")),
        "USD-8": _l("%(unit)s美元", unit=_l("亿")),
        "USD-0": _l("美元"),
        "USD-6": _l("百万美元"),
        "HKD-4": _l("万港元"),
        "HKD-8": _l("亿港元"),
        "EUR-4": _l("万欧元"),
        "EUR-6": _l("百万欧元"),
    },
)
words.register(
    "filling_scope",
    {
        "mine": _l("我负责的线索与项目"),
        "unit": _l("本单位的全部线索与项目"),
        "city": _l("全市我能看到名称的线索与项目"),
        "here": _l("清单当前的条件"),
        "address": _l("另贴清单地址"),
    },
)
refusals.register(
    {
        "filling_not_xlsx": _l("按表填报只接受不带宏的 xlsx 工作簿；xls、et、csv 请先另存为 xlsx"),
        "filling_too_large": _l("空表不应超过 %(megabytes)s MB，请删去多余的工作表或图片"),
        "filling_no_header": _l("没有找到表头：没有一行含有三个以上认得的列名。请填写表头在第几行，再传一次"),
        "filling_row_not_there": _l("第 %(row)s 行没有列名，请核对表头在第几行"),
        "filling_not_empty": _l("第 %(row)s 行已有内容。请上传没有数据的空表；示例行请以“例”开头或删去"),
        "filling_nothing_mapped": _l("还没有一列对应到项目的字段，请至少选择一列"),
        "filling_no_address": _l("这不是清单页的地址：请从“线索与项目”页的地址栏整条复制"),
        "filling_nothing_found": _l("按这个条件没有可以填写的项目，请换一个条件"),
        "filling_running": _l("这张表正在填写，请稍候"),
    }
)


def unit_said(unit: Unit | None) -> str:
    """A unit of sums as a table says it; in the locale that holds now."""
    code = unit_code(unit)
    return str(words.kinds()["filling_unit"][code]) if code else f"{unit[1]} × {unit[0]:,}" if unit else ""


ADMITTED = "admitted:"  # before what the chosen projects are called: of them only the admitted ones


def called(chosen: str | None) -> str:
    """What the chosen projects are called: a scope by its word in the locale that holds now, a view by its name."""
    if chosen is not None and chosen.startswith(ADMITTED):
        return _("%(what)s，只填已入库的", what=called(chosen.removeprefix(ADMITTED)))
    kind, _sign, code = (chosen or "").partition(":")
    scopes = words.kinds()["filling_scope"]
    return str(scopes[code]) if kind == "scope" and code in scopes else chosen or ""


def language_of(layout: Layout) -> str:
    """The language in which a table asks: Chinese unless no heading holds a Chinese character."""
    return "zh" if any(re.search(r"[\u3400-\u9fff]", one.title) for one in layout.columns) else "en"


def left_empty(told: dict[str, Any], columns: list[Mapped]) -> list[tuple[str, str]]:
    """What could not be filled, column by column: its heading, and how many cells for which reason."""
    found = []
    for column in columns:
        parts = []
        if count := told.get("hidden", {}).get(str(column.at)):
            parts.append(_("%(n)s 格按权限不填", n=count))
        if count := told.get("empty", {}).get(str(column.at)):
            parts.append(_("%(n)s 格系统中没有", n=count))
        if count := told.get("no_rate", {}).get(str(column.at)):
            parts.append(_("%(n)s 格没有汇率，无法折算", n=count))
        if parts:
            found.append((column.heading, _("；").join(parts)))
    return found


def unmapped(layout: Layout, columns: list[Mapped]) -> list[tuple[str, str]]:
    """The headings that nothing is written under, and why."""
    there = {one.at for one in columns}
    return [
        (one.title, _("数据区有合并单元格，不能逐行填写") if one.merged else _("未对应字段"))
        for one in layout.columns
        if one.at not in there
    ]


def rates_said(told: dict[str, Any]) -> list[str]:
    """The rates that sums were converted by, each with its day."""
    return [
        _("%(one)s 折 %(other)s：1 %(one)s = %(rate)s %(other)s，%(day)s 的汇率", one=one, other=other, rate=rate, day=day)
        for one, other, rate, day in told.get("rates", [])
    ]


def notes(
    layout: Layout, columns: list[Mapped], told: dict[str, Any], *, serial: str, who: str, when: str, what: str, counts: list[str]
) -> tuple[str, list[list[str]]]:
    """The sheet of notes: what it is, out of what, with which units and rates, and what is left empty."""
    lines = [
        [_("须知"), _("本系统为非涉密系统，严禁存储、处理、传输国家秘密")],
        [_("编号"), serial], [_("填报"), f"{who}　{when}"], [_("范围"), what], *[[_("条数"), one] for one in counts],
    ]  # fmt: skip
    for column in columns:
        if column.unit is not None:
            basis = _("表头或表中写明") if column.said else _("表头未写，按惯例或填报人选定")
            lines.append(
                [_("金额单位"), _("%(what)s：%(unit)s（%(why)s）", what=column.heading, unit=unit_said(column.unit), why=basis)]
            )
    lines += [[_("汇率"), one] for one in rates_said(told)]
    lines += [[_("未填的列"), heading + _("：") + why] for heading, why in unmapped(layout, columns)]
    lines += [[_("空着的格"), heading + _("：") + why] for heading, why in left_empty(told, columns)]
    return _("填报说明"), lines


def counts_said(told: dict[str, Any], found: int, rows: int) -> list[str]:
    """How many projects there are and how many of them stand in the table; nothing is left out in silence."""
    said = [_("条件筛选出 %(found)s 条，填入 %(rows)s 条", found=f"{found:,}", rows=f"{rows:,}")]
    if told.get("masked"):
        said.append(_("%(n)s 条按权限不列名称，未填", n=f"{told['masked']:,}"))
    if told.get("beyond"):
        said.append(
            _("%(n)s 条超过您一次 %(cap)s 条的上限，未填：请加条件后分次填", n=f"{told['beyond']:,}", cap=f"{told['cap']:,}")
        )
    return said


def filled_mark() -> str:
    """What the name of a filled workbook says."""
    return _("已填")
