"""国家/地区: how countries and regions are called on the board. Our own table: 中国香港, 中国澳门, 中国台湾; no flags."""

import json
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from opencc import OpenCC


@dataclass(frozen=True, slots=True)
class Region:
    """One country or region by its ISO 3166-1 two-letter code."""

    code: str
    zh: str
    en: str
    pinyin: str


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in _simplifier().convert(text) if c.isalnum())


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@cache
def _tables() -> tuple[dict[str, Region], dict[str, str], tuple[str, ...]]:
    raw = json.loads((Path(__file__).parent / "data" / "regions.json").read_text("utf-8"))
    regions: dict[str, Region] = {}
    spellings: dict[str, str] = {}
    for item in raw["items"]:
        regions[item["code"]] = Region(item["code"], item["zh"], item["en"], item["pinyin"])
        for spelling in (item["code"], item["zh"], item["en"], *item["aliases"]):
            spellings.setdefault(_fold(spelling), item["code"])
    return regions, spellings, tuple(raw["frequent"])


def region(code: str | None) -> Region | None:
    """The region of a code; None when there is none."""
    return _tables()[0].get(code or "")


def region_name(code: str | None, lang: str = "zh") -> str:
    """The name of a region in "zh" or "en"; an em dash for none."""
    found = region(code)
    if found is None:
        return "—"
    return found.en if lang.startswith("en") else found.zh


def parse_region(text: str | None) -> str | None:
    """The code of a country or region written in any of its usual ways (zh, traditional, English, ISO), else None."""
    folded = _fold(text or "")
    if not folded:
        return None
    spellings = _tables()[1]
    for form in (folded, folded.removesuffix("地区"), folded.removesuffix("国")):
        if form in spellings:
            return spellings[form]
    return None


def choices(lang: str = "zh") -> list[tuple[str, str]]:
    """(code, name) for a pick-list: the frequent ones first, then by pinyin or alphabet."""
    return list(_choices("en" if lang.startswith("en") else "zh"))


@cache
def _choices(lang: str) -> tuple[tuple[str, str], ...]:
    regions, _spellings, frequent = _tables()
    english = lang.startswith("en")
    rest = sorted((r for r in regions.values() if r.code not in frequent), key=lambda r: r.en if english else r.pinyin)
    ordered = [regions[code] for code in frequent] + rest
    return tuple((r.code, r.en if english else r.zh) for r in ordered)
