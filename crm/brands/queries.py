"""Reading the brands: as the matching uses them, and as a page lists them."""

from dataclasses import dataclass, replace
from math import ceil

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from crm.brands import rules
from crm.brands.models import Brand, BrandName, BrandStamp
from crm.brands.rules import ListedBrand, ListedName
from crm.core import clock
from crm.core.db import db
from crm.core.errors import NotFound
from crm.matching import queries as matching
from crm.matching.rules import brands as table
from crm.matching.rules.brands import BrandedName, Office, Table

STAMP = 1
_KEPT = 4
_stamp = select(BrandStamp.token).where(BrandStamp.id == STAMP)
_tables: dict[str, Table] = {}


def hold_table() -> None:
    """Let the matching use the office's brands as they are stored now: one small read, and the rows after a change only."""
    with db.session.no_autoflush:
        token = db.session.connection().scalar(_stamp)  # past the session, which costs as much again: every check asks it
        table.use(None if token is None else _table_of(token))


def _table_of(token: str) -> Table:
    found = _tables.get(token)
    if found is None:
        found = table.with_office(_office())
        while len(_tables) >= _KEPT:
            _tables.pop(next(iter(_tables)), None)
        _tables[token] = found
    return found


def _office() -> Office:
    columns = (Brand.code, BrandName.text, BrandName.key, BrandName.alone, BrandName.added_at)
    used = select(*columns).join(Brand.names).where(BrandName.taken.is_not(None)).order_by(BrandName.id)
    gone = select(Brand.code, BrandName.key).join(Brand.names).where(BrandName.is_shipped, BrandName.retired_at.is_not(None))
    return Office(
        names=tuple(
            (code, BrandedName(text, key, alone, clock.city_day(at).isoformat()))
            for code, text, key, alone, at in db.session.execute(used)
        ),
        retired_names=frozenset((code, key) for code, key in db.session.execute(gone)),
        retired_brands=frozenset(db.session.scalars(select(Brand.code).where(Brand.retired_at.is_not(None)))),
    )


matching.office_brands_with(hold_table)


def everything() -> dict[str, ListedBrand]:
    """All brands by slug: the office's own, newest first, then the shipped ones, as the office changed them."""
    rows = list(db.session.scalars(select(Brand).options(selectinload(Brand.names)).order_by(Brand.id.desc())))
    own = {rules.slug_of(row.code): _listed(row, None) for row in rows if not row.is_shipped}
    shipped = rules.shipped()
    changed = {rules.slug_of(row.code): row for row in rows if row.is_shipped}
    over = {slug: _listed(row, shipped.get(slug)) for slug, row in changed.items()}
    return own | {slug: over.get(slug, brand) for slug, brand in shipped.items()} | over


def _listed(row: Brand, shipped: ListedBrand | None) -> ListedBrand:
    said = {name.key: name for name in row.names}
    names = [
        replace(name, retired=True) if name.key in said and said[name.key].retired_at else name
        for name in (shipped.names if shipped else ())
    ]
    names += [
        ListedName(one.text, one.key, one.alone, True, one.retired_at is not None, one.source or "", one.note or "")
        for one in row.names
        if not one.is_shipped
    ]
    slug, source = rules.slug_of(row.code), shipped.source if shipped else "office"
    return ListedBrand(row.code, slug, source, tuple(names), row.retired_at is not None, touched=True)


def by_slug(slug: str) -> ListedBrand:
    """The brand of an address; NotFound."""
    found = everything().get(slug)
    if found is None:
        raise NotFound
    return found


def row_of(code: str) -> Brand | None:
    """What is stored about a brand; None for a shipped one that nobody has touched."""
    return db.session.scalar(select(Brand).where(Brand.code == code))


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was asked for."""

    brands: list[ListedBrand]
    total: int
    page: int
    last: int


def wanted(typed: str, show: str) -> list[ListedBrand]:
    """Brands with a name like what was typed; `show` office (added or changed here) or retired."""
    shown = [brand for brand in everything().values() if _shown(brand, show)]
    return rules.found(shown, typed) if typed else shown


def page_of(typed: str, show: str, page: int) -> Found:
    """A page of what is wanted; the last one when there are not so many."""
    brands = wanted(typed, show)
    last = max(1, ceil(len(brands) / rules.PAGE))
    page = min(max(1, page), last)
    return Found(brands[(page - 1) * rules.PAGE : page * rules.PAGE], len(brands), page, last)


def _shown(brand: ListedBrand, show: str) -> bool:
    if show == "office":
        return brand.touched
    if show == "retired":
        return brand.retired or any(name.retired for name in brand.names)
    return True
