"""Understanding cells as people fill them: dates in seven shapes, sums with and without units, stages, phones."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from crm.core.identifiers import normalise_phone
from crm.core.money import Money
from crm.core.text import clean
from crm.core.workbooks.reading import Cell
from crm.core.workbooks.units import CURRENCY_WORDS, SCALES, folded
from crm.events.rules import EventAmbiguous, EventUnknown, KnownEvent, LinkRole, NotYet, check_link, meant

STAGES = {
    "lead": ("线索", "储备", "意向", "初步接触", "接洽"),
    "negotiating": ("在谈", "洽谈中", "洽谈", "谈判中", "在谈判", "跟进中", "对接中", "innegotiation"),
    "signed": ("签约", "已签约", "签约项目", "已签"),
    "under_construction": ("在建", "开工建设", "开工", "已开工", "在建(实施)", "建设中", "实施中", "underconstruction"),
    "operating": ("投产", "已投产", "投产运营", "运营", "已运营", "已投产运营", "inoperation"),
}
PROJECT_TYPES = {
    "building": ("建设类", "是", "建设类项目", "建设项目", "建设", "新建", "新建项目", "制造类", "生产类", "building"),
    "non_building": (
        "非建设类",
        "否",
        "非建设类项目",
        "非建设",
        "总部",
        "总部类",
        "研发",
        "研发类",
        "服务类",
        "服务业",
        "nonbuilding",
        "non-building",
    ),
    "expansion": ("增资扩产", "增资", "扩产", "增资扩产项目", "expansion", "capitalincreaseandexpansion"),
    "reinvestment": ("利润再投资", "再投资", "境内再投资", "reinvestment", "reinvestedprofit"),
    "acquisition": ("并购", "股权并购", "外资并购", "并购类", "acquisition"),
}
_PROJECT_TYPE = {word: code for code, words in PROJECT_TYPES.items() for word in words}
_STAGE = {word: code for code, words in STAGES.items() for word in words} | {code: code for code in STAGES}
_EXCEL_ZERO = date(1899, 12, 30)
_DATE_SHAPES = (
    re.compile(r"^(\d{4})年(\d{1,2})月(\d{1,2})日?$"),
    re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?: 00:00:00)?$"),
    re.compile(r"^(\d{4})(\d{2})(\d{2})$"),
)
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
# One foreign-invested project above 1,000 亿元 has not occurred: a sum beyond is a slip of the unit.
SLIP_FROM_YUAN = 100_000_000_000


class Bad(ValueError):
    """A cell that cannot be taken; `code` is the reason's code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_stage(text: str) -> str:
    """The stage's code; Bad("unknown_stage")."""
    word = folded(text).casefold()
    if word not in _STAGE:
        raise Bad("unknown_stage")
    return _STAGE[word]


def read_project_type(text: str) -> str:
    """The project type's code; Bad("unknown_project_type")."""
    word = folded(text).casefold()
    if word not in _PROJECT_TYPE:
        raise Bad("unknown_project_type")
    return _PROJECT_TYPE[word]


def read_event(text: str, known: Mapping[str, Sequence[KnownEvent]], today: date) -> KnownEvent:
    """The event that a lead is said to have come from, never a guess; Bad("unknown_event"), Bad("ambiguous_event") where several are
    called so, Bad("early_event") for one that nobody can have been spoken to at yet.
    """
    try:
        found = meant(text, known)
        check_link(LinkRole.SOURCE, found.first_on, signed=False, withdrawn=False, today=today)
    except EventUnknown as error:
        raise Bad("unknown_event") from error
    except EventAmbiguous as error:
        raise Bad("ambiguous_event") from error
    except NotYet as error:
        raise Bad("early_event") from error
    return found


def read_date(cell: Cell, today: date) -> date:
    """A day; Bad("impossible_date") for what is none, Bad("future_date") for one that has not come."""
    found = _day(cell)
    if found > today:
        raise Bad("future_date")
    return found


def _day(cell: Cell) -> date:
    if cell.kind == "date":
        return date.fromisoformat(cell.value)
    if cell.kind == "number":
        text = str(int(cell.value)) if float(cell.value).is_integer() else ""
        if len(text) == 5:
            return _EXCEL_ZERO + timedelta(days=int(text))
    else:
        text = clean(cell.text)
    for shape in _DATE_SHAPES:
        match = shape.match(folded(text) if "00:00" not in text else text)
        if match:
            try:
                return date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError as error:
                raise Bad("impossible_date") from error
    raise Bad("impossible_date")


def read_amount(cell: Cell, unit: tuple[int, str]) -> Money:
    """A sum: "1,000 万美元", "人民币0.21亿", "US$200m", or a bare number in the column's or sheet's `unit`.

    Bad("negative_amount") or Bad("unreadable_amount").
    """
    if cell.kind == "number":
        scale, currency = unit
        return _money(Decimal(str(cell.value)) * scale, currency)
    text = clean(cell.text).casefold()
    numbers = _NUMBER.findall(text)
    rest = _NUMBER.sub("", text)
    if len(numbers) != 1 or re.search(r"[约待定左右未数几?？~～至]", rest):
        raise Bad("unreadable_amount")
    found = next((code for code, words in CURRENCY_WORDS if any(word in rest for word in words)), None)
    factor = next((times for word, times in SCALES if word in rest.replace("rmb", "")), None)
    if found is None and factor is None and rest.strip():
        raise Bad("unreadable_amount")
    unit_factor, unit_currency = unit if found is None else (1, found)
    try:
        return _money(Decimal(numbers[0].replace(",", "")) * (factor if factor is not None else unit_factor), unit_currency)
    except InvalidOperation as error:
        raise Bad("unreadable_amount") from error


def _money(value: Decimal, currency: str) -> Money:
    if value < 0:
        raise Bad("negative_amount")
    try:
        return Money.of(value, currency)
    except ValueError as error:
        raise Bad("unreadable_amount") from error


def read_phone(text: str) -> str | None:
    """The phone as it will be stored; None when it is none."""
    return clean(text) if normalise_phone(folded(text)) else None
