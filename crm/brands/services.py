"""Adding brands and names, retiring them and bringing them back. Each act is audited, stamped, and told to the name index."""

from dataclasses import dataclass
from datetime import datetime

from crm.audit import services as audit
from crm.brands import queries, rules
from crm.brands.models import Brand, BrandName, BrandStamp
from crm.brands.rules import ListedBrand, ListedName, NameRefused
from crm.companies.queries import COMPANY
from crm.core import ids
from crm.core.db import db, lock_key
from crm.core.errors import AlreadyDone, NotFound
from crm.jobs import services as jobs
from crm.matching import services as matching
from crm.matching.queries import BULK
from crm.matching.rules.brands import OWN
from crm.policy import rules as policy
from crm.policy.rules import Actor

KINDS = (COMPANY, BULK)  # what the index holds names of
STEP = 100  # names looked at in one go
AT_ONCE = 300  # so many are looked at, and indexed anew, by the act itself; the rest is a job's


@dataclass(frozen=True, slots=True)
class NewNames:
    """Names as typed, for a new brand or one that is there. `alone`: they mean the brand only when nothing follows."""

    names: tuple[str, ...]
    source: str
    note: str | None = None
    alone: bool = False


def add_brand(new: NewNames, *, actor: Actor, now: datetime) -> Brand:
    """A brand of the office's own with its names. Raises NameRefused, whose facts say which name and why."""
    _begin(actor)
    if not new.names:
        raise NameRefused("brand_name_missing")
    public_id = ids.new_public_id()
    brand = Brand(public_id=public_id, code=f"{OWN}{public_id}", title=new.names[0][: rules.LONGEST])
    brand.added_by_id, brand.added_at = actor.user_id, now
    listed = ListedBrand(brand.code, rules.slug_of(brand.code), "office", ())
    keys = _checked(listed, new)
    db.session.add(brand)
    db.session.flush()
    _store(brand, new, keys, actor, now)
    _record("brand.added", brand, {"names": list(new.names), "source": new.source, "note": new.note}, actor, now)
    _changed(list(new.names), actor=actor, now=now)
    return brand


def add_names(slug: str, new: NewNames, *, actor: Actor, now: datetime) -> Brand:
    """More names of a brand, shipped or own. Raises NotFound, NameRefused."""
    _begin(actor)
    listed = queries.by_slug(slug)
    if listed.retired:
        raise NameRefused("brand_is_retired")
    if not new.names:
        raise NameRefused("brand_name_missing")
    new = NewNames(new.names, new.source, new.note, new.alone or listed.register)
    keys = _checked(listed, new)
    brand = _row(listed, actor, now)
    _store(brand, new, keys, actor, now)
    _record("brand.named", brand, {"names": list(new.names), "source": new.source, "note": new.note}, actor, now)
    _changed(list(new.names), actor=actor, now=now)
    return brand


def retire_name(slug: str, key: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """The name means this brand no longer. Raises NotFound, AlreadyDone."""
    _begin(actor)
    listed, name = _named(slug, key)
    if name.retired:
        raise AlreadyDone
    brand = _row(listed, actor, now)
    row = next((row for row in brand.names if row.key == key), None)
    if row is None:
        row = BrandName(text=name.text[: rules.LONGEST], key=key, is_shipped=True, alone=name.alone)
        row.added_by_id, row.added_at = actor.user_id, now
        brand.names.append(row)
    row.retired_at, row.taken = now, None
    _record("brand.name_retired", brand, {"names": [name.text], "reason": reason}, actor, now)
    _changed([name.text], actor=actor, now=now)


def restore_name(slug: str, key: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """The name means this brand again. Raises NotFound, AlreadyDone, NameRefused when it is another brand's by now."""
    _begin(actor)
    listed, name = _named(slug, key)
    if not name.retired:
        raise AlreadyDone
    _check_free(listed, [(key, name.text)])
    brand = _row(listed, actor, now)
    row = next(row for row in brand.names if row.key == key)
    row.retired_at = None
    row.taken = key if name.own and not listed.retired else None
    _record("brand.name_restored", brand, {"names": [name.text], "reason": reason}, actor, now)
    _changed([name.text], actor=actor, now=now)


def retire_brand(slug: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """None of its names means this brand any longer. Raises NotFound, AlreadyDone."""
    _begin(actor)
    listed = queries.by_slug(slug)
    if listed.retired:
        raise AlreadyDone
    brand = _row(listed, actor, now)
    brand.retired_at = now
    for row in brand.names:
        row.taken = None
    names = [name.text for name in listed.in_use]
    _record("brand.retired", brand, {"names": names, "reason": reason}, actor, now)
    _changed(names, actor=actor, now=now)


def restore_brand(slug: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """The brand holds again, with the names it had. Raises NotFound, AlreadyDone, NameRefused when one is another's by now."""
    _begin(actor)
    listed = queries.by_slug(slug)
    if not listed.retired:
        raise AlreadyDone
    used = listed.in_use
    _check_free(listed, [(name.key, name.text) for name in used])
    brand = _row(listed, actor, now)
    brand.retired_at = None
    for row in brand.names:
        row.taken = row.key if not row.is_shipped and row.retired_at is None else None
    _record("brand.restored", brand, {"names": [name.text for name in used], "reason": reason}, actor, now)
    _changed([name.text for name in used], actor=actor, now=now)


def _begin(actor: Actor) -> None:
    """One at a time: what is free is seen by one look at the whole table."""
    require_editor(actor)
    lock_key("brands")


def require_editor(actor: Actor) -> None:
    """Raise Forbidden for whoever does not administer reference data."""
    policy.require(policy.of_role(actor), "reference", "edit", seen_by="read")


def _checked(listed: ListedBrand, new: NewNames) -> list[str]:
    """The keys of the names, when this brand may have them."""
    keys = [rules.check_name(text, alone=new.alone) for text in new.names]
    for key, text in zip(keys, new.names, strict=True):
        there = listed.name(key)
        if there is not None:
            raise NameRefused("brand_name_retired" if there.retired else "brand_name_there", name=text)
    _check_free(listed, list(zip(keys, new.names, strict=True)))
    return keys


def _check_free(listed: ListedBrand, wanted: list[tuple[str, str]]) -> None:
    owners = {name.key: brand for brand in queries.everything().values() if not brand.retired for name in brand.in_use}
    for key, text in wanted:
        owner = owners.get(key)
        if owner is not None and owner.code != listed.code:
            raise NameRefused("brand_name_taken", name=text, brand=owner.title)


def _row(listed: ListedBrand, actor: Actor, now: datetime) -> Brand:
    brand = queries.row_of(listed.code)
    if brand is None:
        brand = Brand(code=listed.code, is_shipped=True, title=listed.title[: rules.LONGEST])
        brand.added_by_id, brand.added_at = actor.user_id, now
        db.session.add(brand)
        db.session.flush()
    return brand


def _named(slug: str, key: str) -> tuple[ListedBrand, ListedName]:
    listed = queries.by_slug(slug)
    name = listed.name(key)
    if name is None:
        raise NotFound
    return listed, name


def _store(brand: Brand, new: NewNames, keys: list[str], actor: Actor, now: datetime) -> None:
    for text, key in zip(new.names, keys, strict=True):
        row = BrandName(text=text, key=key, taken=key, alone=new.alone, source=new.source[:400], note=new.note)
        row.added_by_id, row.added_at = actor.user_id, now
        brand.names.append(row)


def _record(action: str, brand: Brand, facts: dict[str, object], actor: Actor, now: datetime) -> None:
    audit.record(action, subject=("brand", brand), facts={"brand": brand.title, **facts}, actor=actor, now=now)


def _changed(names: list[str], *, actor: Actor, now: datetime) -> None:
    """Every process sees it at its next check; subjects with these names are indexed anew, many of them by a job."""
    stamp = db.session.get(BrandStamp, queries.STAMP)
    if stamp is None:
        stamp = BrandStamp(id=queries.STAMP, token="")
        db.session.add(stamp)
    stamp.token = ids.new_public_id()
    db.session.flush()
    position = (0, 0, 0)
    for _step in range(AT_ONCE // STEP + len(names) * len(KINDS)):
        following, _count = index_step(names, position)
        if following is None:
            return
        position = following
    jobs.enqueue("brands.index", {"names": names, "position": list(position)}, actor=actor, now=now)


def index_step(names: list[str], position: tuple[int, int, int]) -> tuple[tuple[int, int, int] | None, int]:
    """Index anew some subjects with one of the names. `position`: which kind, which name, behind which id.

    The position to go on at, None at the end; and how many were indexed.
    """
    kind, name, after = position
    if kind >= len(KINDS) or name >= len(names):
        return None, 0
    count, last = matching.reindex_named(names[name], kind=KINDS[kind], after=after, count=STEP)
    if last is not None:
        return (kind, name, last), count
    if name + 1 < len(names):
        return (kind, name + 1, 0), count
    return ((kind + 1, 0, 0) if kind + 1 < len(KINDS) else None), count
