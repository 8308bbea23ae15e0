"""Editions, and their rows as somebody may read them: by what the lead is today and by what it was when the edition was frozen,
the stricter of both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true

from crm.batches.models import Edition, EditionRow
from crm.batches.queries.adjustments import Adjustment, adjustments_of
from crm.batches.rules.comparing import Change
from crm.batches.rules.periods import EditionKind
from crm.batches.rules.rolling import BATCHES
from crm.clusters import queries as clusters
from crm.clusters.rules import ClusterLabel
from crm.core import clock
from crm.core.db import db, one_of
from crm.core.errors import NotFound
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.queries.access import LeadFacts
from crm.leads.rules.lead import SIGNED_STAGES
from crm.policy import rules as policy
from crm.policy.rules import Actor, Role
from crm.sharing.rules import read_seal, read_shares
from crm.units import queries as units
from crm.units.models import Unit
from crm.units.rules import UnitLabel

LEFT = "left"
TABS = (*(batch.value for batch in BATCHES), LEFT)


def newest(city: str, kind: EditionKind) -> Edition | None:
    """The last edition of a kind."""
    query = select(Edition).where(Edition.city == city, Edition.kind == kind).order_by(Edition.number.desc())
    return db.session.scalar(query.limit(1))


def next_number(city: str, kind: EditionKind) -> int:
    """The number that the next edition of a kind gets."""
    last = newest(city, kind)
    return last.number + 1 if last else 1


def by_public_id(public_id: str) -> Edition:
    """The edition named in a URL; NotFound."""
    found = db.session.scalar(select(Edition).where(Edition.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def all_editions(city: str, *, page: int = 1, size: int = 50) -> list[Edition]:
    """Editions, the newest first; one more than a page, when there are more."""
    query = select(Edition).where(Edition.city == city).order_by(Edition.frozen_at.desc(), Edition.id.desc())
    return list(db.session.scalars(query.offset((page - 1) * size).limit(size + 1)))


def latest_of(city: str) -> Edition | None:
    """The edition that was frozen last, of whichever kind."""
    return next(iter(all_editions(city, size=0)), None)


def before(edition: Edition) -> Edition | None:
    """The edition that it was compared with."""
    return db.session.get(Edition, edition.previous_id) if edition.previous_id else None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows of an edition: of a batch (or "left"), a following unit with all below it, a primary cluster (0: none), a
    change, those without progress, those with a later adjustment, those whose expected day slipped.
    """

    tab: str | None = None
    unit_path: str | None = None
    cluster_id: int | None = None
    change: Change | None = None
    idle: bool = False
    adjusted: bool = False
    slipped: bool = False
    page: int = 1
    size: int = 50

    @property
    def filtered(self) -> bool:
        """Whether it asks more than a batch: then rows that are not shown may not be among the answer."""
        return self != Asked(tab=self.tab, page=self.page, size=self.size)

    @property
    def telling(self) -> bool:
        """Whether the answer itself tells what only readers of the names may know."""
        return bool(self.unit_path or self.idle or self.adjusted or self.slipped or self.change in (Change.MONEY, Change.UNIT))


@dataclass(slots=True)
class Shown:
    """A row cut for a reader. `hidden`: nothing of it may be read but that it is there; `masked`: neither number, names nor unit.
    What is not readable is not in it.
    """

    batch: str
    hidden: bool = False
    masked: bool = True
    amounts: bool = False
    detail: bool = False
    public_id: str = ""
    code: str | None = None
    cluster: ClusterLabel | None = None
    since: date | None = None
    change: Change = Change.KEPT
    was_batch: str | None = None
    reason: str | None = None
    number: str = ""
    title: str = ""
    name: str | None = None
    country: str | None = None
    unit: UnitLabel | None = None
    was_unit: UnitLabel | None = None
    reason_ref: str | None = None
    idle: bool = False
    framework: bool = False
    reported_on: date | None = None
    confirmed_on: date | None = None
    total_cny: int | None = None
    total_verified: bool = False
    contracted_usd: int | None = None
    confirmed_usd: int | None = None
    expected_kind: str | None = None
    expected_on: date | None = None
    was_expected_on: date | None = None
    slipped: int | None = None
    was: "Money | None" = None
    adjustments: list[Adjustment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Money:
    """What the last edition said of a row's money."""

    total_cny: int | None
    total_verified: bool
    contracted_usd: int | None
    confirmed_usd: int | None


@dataclass(frozen=True, slots=True)
class Sums:
    """A batch of an edition as somebody is told of it: all rows counted, the sums of those whose sums they read."""

    count: int = 0
    total_cny: int = 0
    unverified_cny: int = 0
    contracted_usd: int = 0
    confirmed_usd: int = 0


_LEAD = (
    Lead.public_id, Lead.owner_id, Lead.registered_by_id, Lead.following_unit_path, Lead.stage.label("now_stage"),
    Lead.share_text, Lead.seal_text, Lead.merged_into_id,
)  # fmt: skip


def _where(edition: Edition, asked: Asked, actor: Actor, adjusted: Iterable[int]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [EditionRow.edition_id == edition.id]
    if asked.tab:
        found.append(EditionRow.batch == asked.tab)
    if asked.unit_path is not None:
        here = select(Unit.id).where(Unit.path.startswith(asked.unit_path, autoescape=True))
        found.append(EditionRow.unit_id.in_(here))
    if asked.cluster_id is not None:
        found.append(EditionRow.cluster_id == asked.cluster_id if asked.cluster_id else EditionRow.cluster_id.is_(None))
    if asked.change is not None:
        changed = EditionRow.change == asked.change
        found.append(EditionRow.money_changed.is_(True) if asked.change is Change.MONEY else changed)
    if asked.idle:
        found.append(EditionRow.idle.is_(True))
    if asked.adjusted:
        found.append(one_of(EditionRow.lead_id, adjusted))
    if asked.slipped:
        found += [EditionRow.slipped > 0, _expected_read(actor)]
    if asked.filtered:
        found.append(_readable(actor, names=asked.telling))
    return found


def _readable(actor: Actor, *, names: bool) -> ColumnElement[bool]:
    """SQL: rows of which this person sees a card, or the names; what went or goes by a code name only
    for the city's people, the names of it only for the coordinator.
    """
    if actor.role is Role.COORDINATOR or (actor.city_wide and not names):
        return true()
    if not names:
        return and_(EditionRow.sealed.is_(False), access.cards_in_sight(actor))
    then = or_(EditionRow.stage.in_(sorted(SIGNED_STAGES)), access.in_own_sight(actor), Lead.registered_by_id == actor.user_id)
    return and_(EditionRow.sealed.is_(False), access.names_in_sight(actor), then)


def _expected_read(actor: Actor) -> ColumnElement[bool]:
    """SQL: rows of which this person reads what is expected: as the detail, which a signature opens to nobody."""
    if actor.role is Role.COORDINATOR:
        return true()
    return and_(EditionRow.sealed.is_(False), access.in_own_sight(actor))


def count_of(edition: Edition, asked: Asked, actor: Actor, adjusted: Iterable[int] = ()) -> int:
    """How many rows there are."""
    query = select(func.count()).select_from(EditionRow).join(Lead, Lead.id == EditionRow.lead_id)
    return db.session.scalar(query.where(*_where(edition, asked, actor, adjusted))) or 0


def rows_of(
    edition: Edition, asked: Asked, actor: Actor, adjusted: dict[int, list[Adjustment]] | None = None
) -> list[Shown]:  # fmt: skip
    """A page of rows, each cut for the reader."""
    adjusted = adjustments_of(edition) if adjusted is None else adjusted
    query = select(*EditionRow.__table__.c, *_LEAD).join(Lead, Lead.id == EditionRow.lead_id)
    query = query.where(*_where(edition, asked, actor, adjusted)).order_by(EditionRow.position)
    found = list(db.session.execute(query.limit(asked.size).offset((asked.page - 1) * asked.size)))
    merged = {row.lead_id for row in found if row.merged_into_id is not None}
    stays = {lead_id: access.staying(db.session.get_one(Lead, lead_id)) for lead_id in sorted(merged)}
    rows = [_cut(row, stays.get(row.lead_id), actor, adjusted.get(row.lead_id, [])) for row in found]
    return [row for row in rows if not row.masked] if asked.telling else rows


# What weighs most with whoever decides: a project that moved, one that came, one that left, one whose money changed.
_WEIGHT = case(
    (EditionRow.change == Change.MOVED, 0), (EditionRow.change.in_((Change.NEW, Change.AGAIN)), 1),
    (EditionRow.change == Change.LEFT, 2), (EditionRow.change == Change.MONEY, 3), else_=4,
)  # fmt: skip


def weightiest(edition: Edition, actor: Actor, *, size: int, kinds: Iterable[Change] | None = None) -> list[Shown]:
    """The changes since the last edition that weigh most (of these `kinds`; money is among them wherever it changed), of those
    that this person reads by name.
    """
    query = select(*EditionRow.__table__.c, *_LEAD).join(Lead, Lead.id == EditionRow.lead_id)
    query = query.where(EditionRow.edition_id == edition.id, _of_kinds(kinds), _readable(actor, names=True))
    order = (_WEIGHT, EditionRow.total_cny.is_(None), EditionRow.total_cny.desc(), EditionRow.position)
    found = list(db.session.execute(query.order_by(*order).limit(size)))
    merged = {row.lead_id for row in found if row.merged_into_id is not None}
    stays = {lead_id: access.staying(db.session.get_one(Lead, lead_id)) for lead_id in sorted(merged)}
    rows = [_cut(row, stays.get(row.lead_id), actor, []) for row in found]
    return [row for row in rows if not row.masked]


def _of_kinds(kinds: Iterable[Change] | None) -> ColumnElement[bool]:
    if kinds is None:
        return _WEIGHT < 4
    wanted = set(kinds)
    changed = EditionRow.change.in_(sorted(wanted))
    return or_(changed, EditionRow.money_changed.is_(True)) if Change.MONEY in wanted else changed


def _cut(row: Any, stays: Lead | None, actor: Actor, adjustments: Sequence[Adjustment]) -> Shown:
    """The one place where an edition's row is cut. The relation to the lead (of a merged one: to the one that stays) is today's;
    signed counts only if it was then too, a code name also if it had one then.
    """
    today = clock.today()
    if stays is None:
        code = read_seal(row.seal_text, today)
        facts = LeadFacts(
            row.owner_id, row.registered_by_id, row.following_unit_path, row.now_stage in SIGNED_STAGES, code is not None,
            read_shares(row.share_text, today),
        )  # fmt: skip
    else:
        code = stays.code_name
        facts = LeadFacts(
            stays.owner_id, stays.registered_by_id, stays.following_unit_path, stays.signed, stays.sealed, stays.shares
        )
    then = facts._replace(signed=facts.signed and row.stage in SIGNED_STAGES, sealed=facts.sealed or row.sealed)
    stands = policy.towards_lead(actor, then)
    if not policy.can(stands, "lead", "read_card"):
        return Shown(row.batch, hidden=True)
    shown = Shown(
        row.batch, public_id=row.public_id, code=row.code_name or code, since=row.since, was_batch=row.was_batch,
        reason=row.reason, cluster=clusters.labels()[row.cluster_id] if row.cluster_id else None,
        masked=not policy.can(stands, "lead", "read_names"), amounts=policy.can(stands, "lead", "read_amounts"),
        detail=policy.can(stands, "lead", "read_detail"), change=Change(row.change),
    )  # fmt: skip
    if shown.change is Change.UNIT or (shown.change is Change.MONEY and not shown.amounts):
        shown.change = Change.KEPT if shown.masked or shown.change is Change.MONEY else shown.change
    if not shown.masked:
        _name(shown, row, adjustments)
    if shown.amounts:
        _tell_sums(shown, row)
    if not shown.masked and policy.can(stands, "expected", "read"):
        shown.expected_kind, shown.expected_on = row.expected_kind, row.expected_on
        shown.was_expected_on, shown.slipped = row.was_expected_on, row.slipped
    return shown


def _name(shown: Shown, row: Any, adjustments: Sequence[Adjustment]) -> None:
    label = units.labels()
    shown.number, shown.title, shown.name, shown.country = row.number, row.title, row.name, row.country
    shown.unit, shown.reason_ref, shown.framework = label[row.unit_id], row.reason_ref, row.framework
    if row.was_unit_id is not None and row.was_unit_id != row.unit_id:
        shown.was_unit = label[row.was_unit_id]
    shown.reported_on, shown.confirmed_on = row.reported_on, row.confirmed_on
    shown.idle = row.idle and shown.detail
    shown.adjustments = [one for one in adjustments if shown.amounts or not one.money]
    if not shown.amounts:
        shown.adjustments = [replace(one, new=None) for one in shown.adjustments]


def _tell_sums(shown: Shown, row: Any) -> None:
    shown.total_cny, shown.total_verified = row.total_cny, row.total_verified
    shown.contracted_usd, shown.confirmed_usd = row.contracted_usd, row.confirmed_usd
    if row.money_changed:
        shown.was = Money(row.was_total_cny, bool(row.was_total_verified), row.was_contracted_usd, row.was_confirmed_usd)


def sums_of(edition: Edition, asked: Asked, actor: Actor, adjusted: Iterable[int] = ()) -> dict[str, Sums]:
    """Each batch, and what left, under the same filters (but the batch): all rows counted, the sums of those in own sight."""
    mine: ColumnElement[bool] = true()
    if actor.role is not Role.COORDINATOR:
        mine = and_(EditionRow.sealed.is_(False), access.in_own_sight(actor))
        if actor.city_wide is False:
            mine = and_(mine, Lead.merged_into_id.is_(None))

    def summed(column: Any, condition: ColumnElement[bool] | None = None) -> ColumnElement[Any]:
        return func.sum(case((mine if condition is None else and_(mine, condition), column), else_=0))

    query = (
        select(
            EditionRow.batch, func.count(), summed(EditionRow.total_cny, EditionRow.total_verified.is_(True)),
            summed(EditionRow.total_cny, EditionRow.total_verified.is_(False)), summed(EditionRow.contracted_usd),
            summed(EditionRow.confirmed_usd),
        )
        .join(Lead, Lead.id == EditionRow.lead_id).where(*_where(edition, replace(asked, tab=None), actor, adjusted))
        .group_by(EditionRow.batch)
    )  # fmt: skip
    found = {batch: Sums(*(int(value or 0) for value in values)) for batch, *values in db.session.execute(query)}
    return {tab: found.get(tab, Sums()) for tab in TABS}


@dataclass(frozen=True, slots=True)
class Changes:
    """How many rows changed how, from which batch to which, and left for which reason."""

    kinds: dict[str, int]
    moves: dict[tuple[str, str], int]
    reasons: dict[str, int]


def changes_of(edition: Edition, asked: Asked, actor: Actor, adjusted: Iterable[int] = ()) -> Changes:
    """The changes under the same filters (but batch and change), in numbers."""
    where = _where(edition, replace(asked, tab=None, change=None), actor, adjusted)
    query = select(
        EditionRow.change, EditionRow.was_batch, EditionRow.batch, EditionRow.reason, EditionRow.money_changed, func.count()
    ).join(Lead, Lead.id == EditionRow.lead_id).where(*where)  # fmt: skip
    kinds: dict[str, int] = {}
    moves: dict[tuple[str, str], int] = {}
    reasons: dict[str, int] = {}
    columns = (EditionRow.change, EditionRow.was_batch, EditionRow.batch, EditionRow.reason, EditionRow.money_changed)
    for change, was, batch, reason, money, count in db.session.execute(query.group_by(*columns)):
        if change != Change.MONEY:
            kinds[change] = kinds.get(change, 0) + count
        if money:
            kinds[Change.MONEY] = kinds.get(Change.MONEY, 0) + count
        if change == Change.MOVED and was is not None:
            moves[was, batch] = moves.get((was, batch), 0) + count
        if reason:
            reasons[reason] = reasons.get(reason, 0) + count
    return Changes(kinds, moves, reasons)
