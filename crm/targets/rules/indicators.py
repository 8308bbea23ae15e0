"""What is aimed at: the indicators of the shipped file, their units, how a figure of each is written."""

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from crm.targets.rules.refusals import (
    ValueNegative,
    ValueOver,
    ValuePercent,
    ValuePlaces,
    ValueUnreadable,
    ValueWhole,
)

SCALE = 10_000  # a stored value is in ten-thousandths of its unit: whole 万美元 of 亿美元
_PLACES = 4
_LARGEST = Decimal(10_000_000_000)
_NUMBER = re.compile(r"^-?\d{1,3}(?:[,，]\d{3})*(?:\.\d+)?$|^-?\d+(?:\.\d+)?$")


class Operator(StrEnum):
    """突破, 不低于, 左右."""

    ABOVE = ">"
    AT_LEAST = ">="
    ABOUT = "~"


class Nature(StrEnum):
    """flow: adds up over a year; stock: stands at a day; share: percent of a whole."""

    FLOW = "flow"
    STOCK = "stock"
    SHARE = "share"


class Place(StrEnum):
    """Whose target it is. A bureau is a department of the city (市直部门)."""

    CITY = "city"
    DISTRICT = "district"
    BUREAU = "bureau"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing that is counted, in its unit. `times_en`: how many of the English unit one of it is, 100 for 亿 and a million."""

    code: str
    section: str
    zh: str
    en: str
    unit_zh: str
    unit_en: str
    nature: Nature
    times_en: Decimal = Decimal(1)

    def name(self, lang: str) -> str:
        """In the page's language."""
        return self.en if lang.startswith("en") else self.zh

    def unit(self, lang: str) -> str:
        """Its unit in the page's language."""
        return self.unit_en if lang.startswith("en") else self.unit_zh

    def number(self, value: int, lang: str) -> Decimal:
        """A stored value in the unit of the page's language, without zeros at its end."""
        return as_number(value) if not lang.startswith("en") else _plain(Decimal(value) / SCALE * self.times_en)

    def written(self, value: int, lang: str) -> str:
        """A stored value as a page shows it: 23,000 or 46.82."""
        return f"{self.number(value, lang):,}"

    def meant(self, text: str, lang: str) -> str:
        """What somebody typed in the unit of the page's language, in the unit that is stored; what is no number stays."""
        if self.times_en == 1 or not lang.startswith("en") or not _NUMBER.match(text.strip()):
            return text
        return f"{Decimal(re.sub('[,，]', '', text.strip())) / self.times_en:f}"


@dataclass(frozen=True, slots=True)
class Shipped:
    """A target as the file says it. `scope`: "city", or the code of a unit."""

    indicator: str
    year: int
    scope: str
    operator: Operator
    value: int
    aspirational: bool
    verified: bool
    note: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the plan, with what it says when it sets no number."""

    code: str
    zh: str
    en: str

    def name(self, lang: str) -> str:
        """In the page's language."""
        return self.en if lang.startswith("en") else self.zh


@cache
def _file() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent.parent / "data" / "targets_2027.json").read_text("utf-8"))
    return found


@cache
def _ours() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((Path(__file__).parent.parent / "data" / "indicators.json").read_text("utf-8"))[
        "items"
    ]
    return found


@cache
def indicators() -> dict[str, Indicator]:
    """By code, in the order of the plan; then those that the board counts itself and no plan of ours sets a number for."""
    return {item["id"]: _indicator(item) for item in (*_file()["items"], *_ours())}


@cache
def sections() -> dict[str, Section]:
    """The parts of the plan that set numbers, in order."""
    return {item["id"]: Section(item["id"], item["zh"], item["en"]) for item in _file()["sections"] if item["count"]}


@cache
def shipped() -> tuple[Shipped, ...]:
    """The dated targets of the plan."""
    return tuple(
        Shipped(
            item["id"], item["year"], item["scope"], Operator(item["operator"]), int(Decimal(str(item["value"])) * SCALE),
            item["aspirational"], item["verified"], item["note"],
        )
        for item in _file()["items"]
    )  # fmt: skip


def plan_as_of() -> date:
    """The day on which the file was last checked."""
    return date.fromisoformat(_file()["as_of"])


def plan_source() -> str:
    """What the plan is called, as a target's source."""
    return str(_file()["source_zh"])


def _indicator(item: dict[str, Any]) -> Indicator:
    names = (item["indicator_zh"], item["indicator_en"], item["unit_zh"], item["unit_en"])
    return Indicator(item["id"], item["section"], *names, Nature(item["nature"]), Decimal(item.get("times_en", 1)))


def read_value(text: str, indicator: Indicator) -> int:
    """What somebody typed as a value of an indicator, in ten-thousandths of its unit. Raises what is wrong with it."""
    typed = text.strip().removesuffix("%").strip()
    if not _NUMBER.match(typed):
        raise ValueUnreadable
    try:
        value = Decimal(re.sub("[,，]", "", typed))
    except InvalidOperation:  # pragma: no cover - the pattern leaves none
        raise ValueUnreadable from None
    if value < 0:
        raise ValueNegative
    if value > _LARGEST:
        raise ValueOver
    if indicator.nature is Nature.SHARE and value > 100:
        raise ValuePercent
    if indicator.nature is Nature.STOCK and value != value.to_integral_value():
        raise ValueWhole
    scaled = value * SCALE
    if scaled != scaled.to_integral_value():
        raise ValuePlaces(places=_PLACES)
    return int(scaled)


def as_number(value: int) -> Decimal:
    """A stored value in its unit, without zeros at its end."""
    return _plain(Decimal(value) / SCALE)


def _plain(exact: Decimal) -> Decimal:
    number = exact.normalize()
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def written(value: int) -> str:
    """A stored value as a page shows it: 23,000 or 46.82."""
    return f"{as_number(value):,}"
