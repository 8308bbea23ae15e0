"""GB/T 4754-2017: sections and divisions of economic activities, as pick-list and label."""

import json
from functools import cache
from pathlib import Path


@cache
def _names() -> dict[str, tuple[str, str]]:
    """Code -> Chinese and English name, in the standard's order."""
    raw = json.loads((Path(__file__).parent / "data" / "industries.json").read_text("utf-8"))
    return {
        section["code"] + division["code"]: (division["zh"], division["en"])
        for section in raw["sections"]
        for division in section["divisions"]
    }


def industry_name(code: str | None, lang: str = "zh") -> str:
    """ "C39 计算机、通信和其他电子设备制造业"; the English is a working translation, the standard has none."""
    if not code or code not in _names():
        return "—"
    zh, en = _names()[code]
    return f"{code} {en}" if lang.startswith("en") else f"{code} {zh}"


def is_industry(code: str) -> bool:
    """Whether a code (section letter and division number, as C39) exists."""
    return code in _names()


def choices(lang: str = "zh") -> list[tuple[str, str]]:
    """(code, label) in the standard's order."""
    return [(code, industry_name(code, lang)) for code in _names()]
