"""The brand table: what is shipped with the product, and what an office changes about it.

The shipped rows are data files. An office's own rows lie over them: names that it adds, names and brands that it retires. The
door that asks for a judgement says which table holds (`use`); where nobody says anything, the shipped one does.
"""

import json
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from crm.matching.rules.scripts import letters_of, plain

_DATA = Path(__file__).resolve().parent.parent / "data"
SHORTEST = 2  # names of one sign or one Latin letter are too short to mean anything
OWN = "own-"  # what the ids of an office's brands begin with


def key_of(name: str) -> str:
    """The squeezed name, past the cache of folded names: thousands of brands would fill it and stay."""
    return letters_of(plain.__wrapped__(name))


@dataclass(frozen=True, slots=True)
class BrandedName:
    """One name of a brand. `alone`: it is the brand only when nothing follows. `on`: the day an office said so (ISO)."""

    text: str
    key: str
    alone: bool = False
    on: str = ""


@dataclass(frozen=True, slots=True)
class ShippedBrand:
    """A brand as it is shipped: its id, where it comes from (product, nsi, edinet, twse), its names."""

    code: str
    source: str
    names: tuple[BrandedName, ...]


@dataclass(frozen=True, slots=True)
class Office:
    """What an office changes: names it adds as (brand id, name), shipped names it retires as (brand id, key), retired brands."""

    names: tuple[tuple[str, BrandedName], ...] = ()
    retired_names: frozenset[tuple[str, str]] = frozenset()
    retired_brands: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Table:
    """Squeezed name -> brand id; the names that explain the beginning of a longer name; and which an office added when."""

    names: dict[str, str]
    beginnings: frozenset[str]
    confirmed: dict[str, str] = field(default_factory=dict)
    number: int = field(default_factory=count().__next__)


@cache
def own_rows() -> dict[str, Any]:
    """Our own brands and which of them form one group. A name that begins with "=" is the brand only when nothing follows."""
    found: dict[str, Any] = json.loads((_DATA / "brands_own.json").read_text("utf-8"))
    return found


def public_rows() -> list[tuple[str, list[str], str]]:
    """The rows from public sources: (id, names, kind); their ids have a colon."""
    found: list[tuple[str, list[str], str]] = json.loads((_DATA / "brands.json").read_text("utf-8"))
    return found


@cache
def shipped() -> Table:
    """The shipped table, our own rows first.

    A row of the name index that shares a name with one of ours is the same brand: its other names are ours too. Registers name
    single firms, and keep theirs.
    """
    table: dict[str, str] = {}
    beginnings: set[str] = set()
    for brand, names, _trade in own_rows()["brands"]:
        for name in names:
            key = key_of(name)
            table[key] = brand
            if not name.startswith("="):
                beginnings.add(key)
    own = dict(table)
    for brand, names, _kind in public_rows():
        keys = [key_of(name) for name in names]
        known = _known_as(brand, keys, own)
        for key in keys:
            if len(key) >= SHORTEST:
                table.setdefault(key, known)
    return Table(table, frozenset(beginnings))


def _known_as(brand: str, keys: list[str], own: dict[str, str]) -> str:
    return brand if brand.startswith("reg:") else next((own[key] for key in keys if key in own), brand)


@cache
def catalogue() -> dict[str, ShippedBrand]:
    """Every shipped brand by its id, with the names that mean it: what a page lists."""
    table, own = shipped().names, {}
    found: dict[str, tuple[str, dict[str, BrandedName]]] = {}
    for brand, names, _trade in own_rows()["brands"]:
        _list(found, brand, "product", names, table)
        own.update(dict.fromkeys(map(key_of, names), brand))
    for brand, names, _kind in public_rows():
        source = "nsi" if brand.startswith("nsi:") else "edinet" if brand.startswith("reg:JP") else "twse"
        _list(found, _known_as(brand, [key_of(name) for name in names], own), source, names, table)
    return {code: ShippedBrand(code, source, tuple(names.values())) for code, (source, names) in found.items() if names}


def _list(found: dict[str, Any], brand: str, source: str, names: list[str], table: dict[str, str]) -> None:
    _source, listed = found.setdefault(brand, (source, {}))
    for name in names:
        key = key_of(name)
        if table.get(key) == brand:
            listed.setdefault(key, BrandedName(name.removeprefix("="), key, alone=name.startswith("=") or source != "product"))


def with_office(office: Office) -> Table:
    """The shipped table as an office has changed it."""
    names, beginnings = dict(shipped().names), set(shipped().beginnings)
    gone = {key for brand, key in office.retired_names if names.get(key) == brand}
    if office.retired_brands:
        gone |= {key for key, brand in names.items() if brand in office.retired_brands}
    for key in gone:
        del names[key]
        beginnings.discard(key)
    confirmed: dict[str, str] = {}
    for brand, name in office.names:
        if brand not in office.retired_brands:
            names[name.key], confirmed[name.key] = brand, name.on
            (beginnings.discard if name.alone else beginnings.add)(name.key)
    return Table(names, frozenset(beginnings), confirmed)


_present: ContextVar[Table | None] = ContextVar("present_brands", default=None)


def use(table: Table | None) -> None:
    """Judge with this table from now on, in this thread; None: the shipped one."""
    _present.set(table)


def present() -> Table:
    """The table that holds now."""
    return _present.get() or shipped()


def confirmed_on(brand: str, *texts: str) -> str:
    """The day on which an office said that the name one of these texts begins with is this brand's; "" for a shipped one."""
    table = present()
    if not table.confirmed:
        return ""
    for text in texts:
        for end in range(len(text), SHORTEST - 1, -1):
            if table.names.get(text[:end]) == brand:
                return table.confirmed.get(text[:end], "")
    return ""
