"""What people may say about two companies, and how a company's key and names are chosen."""

from dataclasses import dataclass
from enum import StrEnum

from crm.core.errors import Refusal
from crm.matching.rules import name_key


class NameKind(StrEnum):
    """What a name is to its company."""

    OFFICIAL = "official"
    ORIGINAL = "original"
    SHORT = "short"
    FORMER = "former"
    ALIAS = "alias"


class Scheme(StrEnum):
    """Identifiers that only one company has."""

    USCC = "uscc"
    FOREIGN_REG = "foreign_reg"
    LEI = "lei"
    DOMAIN = "domain"


class IdentifierTaken(Refusal):
    """The number or domain belongs to another company."""

    code = "identifier_taken"


@dataclass(frozen=True, slots=True)
class NewCompany:
    """A company as typed: its name in any language, other names, what identifies it."""

    name: str
    other_names: tuple[str, ...] = ()
    country: str | None = None
    website: str | None = None
    identifiers: frozenset[tuple[str, str]] = frozenset()
    industry_text: str | None = None
    note: str | None = None
    is_target: bool = False
    import_id: int | None = None
    is_demo: bool = False


def is_han(text: str) -> bool:
    """Whether a name is written in Chinese characters only (with brackets, digits): what a page calls a company first."""
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and all("\u4e00" <= c <= "\u9fff" or "\u3400" <= c <= "\u4dbf" for c in letters)


def language_of(name: str, country: str | None) -> str | None:
    """The `lang` attribute for a name, by its script and country: ko, ja, zh-Hant, zh, else None for Latin script."""
    if any("\uac00" <= c <= "\ud7a3" for c in name):
        return "ko"
    if any("\u3040" <= c <= "\u30ff" for c in name):
        return "ja"
    if any("\u4e00" <= c <= "\u9fff" for c in name):
        return {"JP": "ja", "TW": "zh-Hant", "HK": "zh-Hant", "MO": "zh-Hant"}.get(country or "", "zh")
    return None


def display_names(names: tuple[str, ...]) -> tuple[str, str | None]:
    """(name, original name): the Chinese one first where there is one, then the first in another script."""
    chinese = next((name for name in names if is_han(name)), None)
    other = next((name for name in names if name != chinese and not is_han(name)), None)
    if chinese is None:
        return names[0], next((name for name in names[1:] if name != names[0]), None)
    return chinese, other


def pair(a_id: int, b_id: int) -> tuple[int, int]:
    """Two companies in the order in which a decision about them is stored."""
    return (a_id, b_id) if a_id < b_id else (b_id, a_id)


NAMESAKES = 50


def namesake_keys(name: str) -> list[str]:
    """The keys that companies of one name have: the normalised name, then "#2", "#3" behind it."""
    key = name_key(name)[:250]
    return [key, *(f"{key}#{number}" for number in range(2, NAMESAKES + 1))]
