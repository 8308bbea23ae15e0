"""GB/T 4754-2017: sections and divisions of economic activities, as pick-list and label."""

import json
from functools import cache
from pathlib import Path


@cache
def _tables() -> tuple[dict[str, tuple[str, str]], list[tuple[str, str]]]:
    raw = json.loads((Path(__file__).parent / "data" / "industries.json").read_text("utf-8"))
    labels: dict[str, tuple[str, str]] = {}
    order: list[tuple[str, str]] = []
    for section in raw["sections"]:
        for division in section["divisions"]:
            code = section["code"] + division["code"]
            labels[code] = (division["zh"], section["en"])
            order.append((code, f"{code} {division['zh']}"))
    return labels, order


def industry_name(code: str | None, lang: str = "zh") -> str:
    """ "C39 计算机、通信和其他电子设备制造业"; divisions have no official English, so English shows the section's."""
    if not code or code not in _tables()[0]:
        return "—"
    zh, section_en = _tables()[0][code]
    return f"{code} {section_en}" if lang.startswith("en") else f"{code} {zh}"


def is_industry(code: str) -> bool:
    """Whether a code (section letter and division number, as C39) exists."""
    return code in _tables()[0]


def choices() -> list[tuple[str, str]]:
    """(code, label) in the standard's order."""
    return list(_tables()[1])
