"""What can be counted: the measures of the data file, and the words that a formula file may use."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent.parent / "data"


@dataclass(frozen=True, slots=True)
class Measure:
    """Something counted for a unit in a period, in `unit` (count, or wan_usd: ten thousand dollars). `credit`: the indicator of
    the attribution ledger that says for whom; None: counted by the unit that did it, shown beside and never scored. `standing`:
    how things stand at the end of the period, which cannot be counted again for a year before.
    """

    id: str
    zh: str
    en: str
    unit: str
    credit: str | None
    standing: bool = False

    def name(self, lang: str) -> str:
        """In the page's language."""
        return self.en if lang.startswith("en") else self.zh


@cache
def measures() -> dict[str, Measure]:
    """By id, in the order of the file."""
    raw = json.loads((_DATA / "measures.json").read_text("utf-8"))
    return {item["id"]: Measure(**item) for item in raw["measures"]}


@cache
def measure_named(word: str) -> Measure | None:
    """The measure that a formula calls so: by its id or its Chinese name."""
    return measures().get(word) or next((one for one in measures().values() if one.zh == word), None)


@cache
def words() -> dict[str, dict[str, Any]]:
    """What a formula file may say in Chinese, each with the word that the rules use."""
    found: dict[str, dict[str, Any]] = json.loads((_DATA / "words.json").read_text("utf-8"))
    return found


@cache
def understood(kind: str) -> dict[str, Any]:
    """Words of a kind as somebody may write them, in Chinese or as the rules call them."""
    said = words()[kind]
    return said | {str(value): value for value in said.values() if isinstance(value, str)}
