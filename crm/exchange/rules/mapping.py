"""Finding the table in a sheet: the heading row under titles and bands, which column is which, which rows are no data."""

import re
from dataclasses import dataclass

from crm.core.text import clean
from crm.exchange.rules.reading import Cell, Sheet, Unreadable
from crm.exchange.rules.values import USUAL_UNIT, read_unit

# Our field -> the words offices write over such a column (folded: no spaces, brackets or line breaks, lower case).
LEAD_COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("项目名称", "项目", "拟投资项目", "projectname", "project"),
    "investor_zh": ("投资方中文", "投资方", "投资方名称", "投资者中文名称", "外方投资者名称中文", "投资企业中文", "投资企业", "投资者名称", "企业名称",
                    "企业名称中文", "investor", "investorchinese", "投资主体"),
    "investor_foreign": ("投资方外文", "外方投资者名称原文", "投资方英文", "外文名称", "英文名称", "投资者外文名称", "企业名称外文", "investorenglish",
                         "investororiginal", "原文名称"),
    "country": ("国别地区", "国家地区", "国别", "国家", "来源地", "投资来源地", "countryregion", "country"),
    "total": ("投资总额", "总投资", "总投资额", "项目总投资", "计划总投资", "totalinvestment"),
    "contracted": ("合同外资", "合同外资额", "合同利用外资", "contractedforeigncapital"),
    "cluster": ("所属产业", "产业集群", "所属集群", "产业", "行业", "所属行业", "industry", "cluster"),
    "stage": ("阶段", "项目阶段", "进展阶段", "当前阶段", "项目状态", "stage"),
    "first_talks": ("首谈时间", "首次洽谈日期", "首谈日期", "首次接触时间", "洽谈时间", "firsttalks"),
    "contact": ("联系人", "企业联系人", "外方联系人", "contact"),
    "phone": ("电话", "联系电话", "联系方式", "手机", "phone"),
    "follower": ("跟进人", "责任人", "负责人", "经办人", "owner"),
    "note": ("备注", "说明", "进展情况说明", "note", "remarks"),
}  # fmt: skip
COMPANY_COLUMNS: dict[str, tuple[str, ...]] = {
    "investor_zh": ("企业名称中文", "企业名称", "中文名称", "公司名称", "名称", "company", "companychinese"),
    "investor_foreign": ("企业名称外文", "外文名称", "英文名称", "企业名称英文", "companyenglish"),
    "country": LEAD_COLUMNS["country"],
    "industry": ("行业", "所属行业", "产业", "industry"),
    "website": ("官网", "网址", "网站", "website"),
    "department": ("对接部门", "责任部门", "department"),
    "note": LEAD_COLUMNS["note"],
}
_NOISE = re.compile(r"[\s()（）\[\]【】/／、,，.:：_\-*]+")
_NOT_DATA = re.compile(
    r"^(合计|总计|小计|共计|制表|填报|填表|审核|备注[:：]|说明[:：]|注[:：]|第\d+批|[（(][一二三四五六七八九十]+[)）])"
)
_UNIT_NOTE = re.compile(r"(?:金额单位|单位)[:：]\s*((?:百万|万|亿)?(?:元|美元|港元|欧元))")
# The end of a heading that tells the unit of its numbers: 万元, 亿元人民币, 万美元, USD mn (folded as headings are).
_UNIT_TAIL = re.compile(
    r"(?:单位)?((?:人民币)?(?:百万|万|亿)?(?:元人民币|人民币元|美元|美金|港元|港币|欧元|日元|英镑|韩元|新加坡元|元)"
    r"|(?:usd|us\$|rmb|cny|hkd|eur|jpy|gbp|sgd|krw)(?:million|billion|mn|bn|m)?"
    r"|(?:million|billion|mn|bn|m)(?:usd|us\$|rmb|cny|hkd|eur|jpy|gbp|sgd|krw))$"
)
Unit = tuple[int, str]
HEADER_WITHIN = 25


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet understood: where the heading is, which column holds which field, the unit of bare sums (the sheet's, and those that
    a heading names), the data rows.
    """

    sheet: str
    header_row: int
    columns: dict[str, int]
    headings: dict[str, str]
    unmapped: tuple[str, ...]
    unit: Unit
    units: dict[str, Unit]
    rows: dict[int, dict[int, Cell]]
    broken: tuple[int, ...]


def _fold(text: str) -> str:
    return _NOISE.sub("", clean(text)).casefold()


def find_table(sheets: list[Sheet], fields: dict[str, tuple[str, ...]], *, need: tuple[str, ...]) -> Table:
    """The first sheet with a heading row that names enough of `fields`; `need` lists alternatives of which one must be there.

    Raises Unreadable: no_rows for an empty file, no_header when no row names the columns.
    """
    if not any(sheet.rows for sheet in sheets):
        raise Unreadable("workbook_empty")
    for sheet in sheets:
        best: tuple[int, int, dict[str, int]] | None = None
        for number in sorted(sheet.rows)[:HEADER_WITHIN]:
            columns = _columns(sheet.rows[number], fields)
            if len(columns) >= 3 and any(name in columns for name in need) and (best is None or len(columns) > best[0]):
                best = (len(columns), number, columns)
        if best is not None:
            return _table(sheet, best[1], best[2])
    raise Unreadable("workbook_no_header")


def _columns(row: dict[int, Cell], fields: dict[str, tuple[str, ...]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for column, cell in sorted(row.items()):
        heading = _fold(cell.text)
        bare = _UNIT_TAIL.sub("", heading)
        for name, words in fields.items():
            if name not in found and (heading in words or bare in words):
                found[name] = column
                break
    return found


def _table(sheet: Sheet, header_row: int, columns: dict[str, int]) -> Table:
    heading_cells = sheet.rows[header_row]
    above = " ".join(cell.text for number in sheet.rows if number < header_row for cell in sheet.rows[number].values())
    unit = _UNIT_NOTE.search(clean(above))
    taken = set(columns.values())
    return Table(
        sheet=sheet.name,
        header_row=header_row,
        columns=columns,
        headings={name: heading_cells[column].text.strip() for name, column in columns.items()},
        unmapped=tuple(clean(c.text) for n, c in sorted(heading_cells.items()) if n not in taken),
        unit=(read_unit(unit.group(1)) if unit else None) or USUAL_UNIT,
        units={name: said for name, column in columns.items() if (said := _unit_of(heading_cells[column].text))},
        rows={n: r for n, r in sorted(sheet.rows.items()) if n > header_row and not _no_data(r, columns)},
        broken=sheet.broken,
    )


def _unit_of(heading: str) -> Unit | None:
    tail = _UNIT_TAIL.search(_fold(heading))
    return read_unit(tail.group(1)) if tail else None


def _no_data(row: dict[int, Cell], columns: dict[str, int]) -> bool:
    """A band, total, signature or empty row: nothing in most of the columns that we know."""
    known = [row[column] for column in columns.values() if column in row]
    if len(known) >= 3:
        return False
    texts = [clean(cell.text) for cell in row.values()]
    return len(known) <= 1 and (len(texts) <= 2 or any(_NOT_DATA.match(text) for text in texts))
