"""Brands as a page lists them: shipped and own together, found by any of their names; and what a name must be."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from crm.core.errors import Refusal
from crm.matching.rules import wordlists
from crm.matching.rules.brands import OWN, SHORTEST, ShippedBrand, catalogue, key_of
from crm.matching.rules.scripts import letters_of, plain

MOST_NAMES, LONGEST, PAGE = 20, 100, 50


class NameRefused(Refusal):
    """A name cannot be added: it is another brand's, this brand's already, too short, or says nothing. Its code says which."""


@dataclass(frozen=True, slots=True)
class ListedName:
    """One name of a brand: where it comes from, whether it is in use."""

    text: str
    key: str
    alone: bool
    own: bool
    retired: bool = False
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ListedBrand:
    """A brand with all its names; `source` is office, or where the shipped row comes from."""

    code: str
    slug: str
    source: str
    names: tuple[ListedName, ...]
    retired: bool = False
    touched: bool = False

    @property
    def in_use(self) -> list[ListedName]:
        """Its names that nobody retired."""
        return [name for name in self.names if not name.retired]

    @property
    def title(self) -> str:
        """What the brand is called: its first name in use."""
        return (self.in_use or self.names)[0].text if self.names else self.code

    @property
    def register(self) -> bool:
        """Whether its names count only when they stand alone: those of the public sources."""
        return ":" in self.code

    def name(self, key: str) -> ListedName | None:
        """Its name of this key."""
        return next((name for name in self.names if name.key == key), None)


@cache
def slug_of(code: str) -> str:
    """What a brand is called in an address: its id where that can stand there, else a digest of it."""
    if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", code):
        return code
    return f"x-{hashlib.sha256(code.encode()).hexdigest()[:20]}"


@cache
def shipped() -> dict[str, ListedBrand]:
    """The shipped brands by their slug, in the order of their ids."""
    found = {}
    for code in sorted(catalogue()):
        brand: ShippedBrand = catalogue()[code]
        names = tuple(ListedName(name.text, name.key, name.alone, own=False) for name in brand.names)
        found[slug_of(code)] = ListedBrand(code, slug_of(code), brand.source, names)
    return found


def is_own(code: str) -> bool:
    """Whether the office added the brand."""
    return code.startswith(OWN)


def found(brands: Iterable[ListedBrand], typed: str) -> list[ListedBrand]:
    """Those with a name that is, begins with or contains what was typed, in this order; in any script, width or case."""
    key = key_of(typed[:LONGEST])
    if not key:
        return []
    ranked = []
    for place, brand in enumerate(brands):
        ranks = [0 if name.key == key else 1 if name.key.startswith(key) else 2 for name in brand.names if key in name.key]
        if ranks:
            ranked.append((min(ranks), place, brand))
    return [brand for _rank, _place, brand in sorted(ranked, key=lambda row: row[:2])]


def lines_of(text: str) -> list[str]:
    """The names somebody typed, one a line, each spelling once."""
    names: dict[str, str] = {}
    for line in text.splitlines():
        if line.strip():
            names.setdefault(key_of(line) or line.strip(), line.strip())
    return list(names.values())


def check_name(text: str, *, alone: bool) -> str:
    """The key of a name that may be a brand's. Raises NameRefused: too short, too long, or a mere place, trade or legal form."""
    key = key_of(text)
    if len(key) < SHORTEST:
        raise NameRefused("brand_name_short", name=text)
    if len(text) > LONGEST or len(key) > LONGEST:
        raise NameRefused("brand_name_long", name=f"{text[:20]}…")
    if not alone and key in _says_nothing():
        raise NameRefused("brand_name_general", name=text)
    return key


@cache
def _says_nothing() -> frozenset[str]:
    """Places, trades, legal forms and holding words: a brand of that name would take in half the base."""
    words = {*wordlists.places_zh(), *wordlists.places_en(), *wordlists.holding_words()}
    words |= {wording for wording, _kind in wordlists.legal_forms()} | {word for word, _trade in wordlists.concepts_cjk()}
    words |= {" ".join(trade) for trade in wordlists.concepts_latin()}
    return frozenset(letters_of(plain(word)) for word in words)
