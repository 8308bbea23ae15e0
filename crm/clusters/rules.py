"""Reading the taxonomy: suggestions with the words that fired, names in imports, the crosswalk between versions."""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from opencc import OpenCC


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A cluster that fits a text, and the words that said so. `ask` names what it is easily confused with."""

    code: str
    words: tuple[str, ...]
    ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClusterLabel:
    """An item as lists and filters name it; `kind` strategic (the 20), future (the 8) or outside."""

    id: int
    zh: str
    en: str
    kind: str
    is_current: bool

    def name(self, lang: str) -> str:
        """The official name; English is our translation, no official list exists."""
        return self.en if lang.startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class ParsedCluster:
    """An item of one version, by code."""

    taxonomy: str
    code: str
    zh: str


@cache
def taxonomy() -> dict[str, Any]:
    """The data file: versions with items and keywords, crosswalk, sources."""
    loaded: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "taxonomy.json").read_text("utf-8"))
    return loaded


def current_version() -> str:
    """The version that officers tag with."""
    return str(taxonomy()["current_version"])


def items(version: str) -> list[dict[str, Any]]:
    """The items of a version in its order."""
    return next((v["items"] for v in taxonomy()["versions"] if v["id"] == version), [])


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def _plain(text: str) -> str:
    return _simplifier().convert(unicodedata.normalize("NFKC", text))


# A project's title or a pasted message; what is longer is read this far, so that nobody can keep a worker busy with it.
MOST_READ = 4_000


def suggest(text: str, *, limit: int = 3) -> list[Suggestion]:
    """Up to `limit` clusters of the current version that a text speaks of, most words first; a person confirms.

    Chinese words match anywhere, Latin ones on word boundaries, acronyms of up to three letters only in capitals.
    """
    plain = _plain(text[:MOST_READ])
    found: list[tuple[float, Suggestion]] = []
    for item in items(current_version()):
        words = [
            w for w in (item["zh"], *item["keywords_zh"]) if (_latin_hit(w, plain) if w.isascii() else w.lower() in plain.lower())
        ]
        words += [w for w in item["keywords_en"] if _latin_hit(w, plain)]
        words = [w for w in dict.fromkeys(words) if not any(w != o and w in o for o in words)]
        if words:
            weight = sum(2.0 if w == item["zh"] else 1.0 + len(w) / 20 for w in words)
            found.append((weight, Suggestion(item["code"], tuple(words), tuple(item["ambiguous_with"]))))
    found.sort(key=lambda pair: -pair[0])
    return [suggestion for _weight, suggestion in found[:limit]]


def _latin_hit(word: str, text: str) -> bool:
    flags = 0 if len(word) <= 3 else re.IGNORECASE
    return re.search(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])", text, flags) is not None


@cache
def _by_name() -> dict[str, ParsedCluster]:
    names: dict[str, ParsedCluster] = {}
    for version in (current_version(), *(v["id"] for v in taxonomy()["versions"])):
        for item in items(version):
            for name in (item["zh"], item["en"].casefold()):
                names.setdefault(_squeeze(name), ParsedCluster(version, item["code"], item["zh"]))
    by_zh = {item["zh"]: item["code"] for item in items(current_version())}
    names[_squeeze("生物制造")] = ParsedCluster(current_version(), by_zh["合成生物"], "合成生物")
    names[_squeeze("其它")] = ParsedCluster(current_version(), by_zh["其他"], "其他")
    return names


def _squeeze(text: str) -> str:
    return "".join(c for c in _plain(text).casefold() if c.isalnum()).removesuffix("产业集群").removesuffix("集群")


def parse_cluster(text: str | None) -> ParsedCluster | None:
    """The item that a cell names, in either version (the current one first); None when it is no name of the list: ask."""
    return _by_name().get(_squeeze(text or "")) if text else None


def crosswalk(version: str, code: str) -> list[str]:
    """Codes of the current version that an older item went into."""
    if version == current_version():
        return [code]
    return [to for row in taxonomy()["crosswalk"] if code in row["from"] for to in row["to"]]
