"""Leads as rows of a list: read as columns, not as objects, and cut to what the reader may see.

A page of fifty costs four queries, three of them always the same statement.
What a person may not read is not in the row at all, so no template can show it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, null, select, union_all

from crm.accounts.models import User
from crm.claims import queries as claims
from crm.claims.rules.clock import Clock, State
from crm.clusters import queries as clusters
from crm.clusters.rules import ClusterLabel
from crm.companies.models import Company
from crm.core import clock
from crm.core.db import among, is_sqlite, rows_of_columns
from crm.leads.models import Lead, LeadCluster, LeadDistrict
from crm.leads.queries.access import LeadFacts
from crm.leads.rules.lead import SIGNED_STAGES, Band, ProjectType, Status, band_of
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.sharing.rules import read_seal, read_shares
from crm.units import queries as units
from crm.units.rules import UnitLabel

_READ = (
    Lead.id, Lead.public_id, Lead.number, Lead.title, Lead.stage, Lead.stage_since, Lead.country, Lead.total_cny,
    Lead.total_verified, Lead.contracted_usd, Lead.amount_band, Lead.intermediary, Lead.next_step, Lead.next_due,
    Lead.registered_at, Lead.owner_id, Lead.registered_by_id, Lead.following_unit_path, Lead.following_unit_id, Lead.assessment,
    Lead.unchecked_since, Lead.status, Lead.disputed_on, Lead.share_text.label("share_text"), Lead.seal_text.label("seal_text"),
    Lead.admitted_at, Lead.project_type,
    Lead.phase_kind, Lead.phase_number, Lead.expected_kind, Lead.expected_on, Lead.expected_slip, Lead.expected_moves,
    Company.name.label("name"), Company.original_name.label("alt"), Company.original_lang.label("alt_lang"),
    User.name.label("owner"),
)  # fmt: skip


# By what is stored: asking the enumeration itself takes five times as long, a hundred and fifty times a page.
_BANDS = {one.value: one for one in Band}
_STATUSES = {one.value: one for one in Status}
_TYPES = {one.value: one for one in ProjectType}


@cache
def _statements(*, sqlite: bool) -> tuple[Any, Any]:
    """What leads say, and their clusters and districts, each for a list "ids". Built once: putting two dozen columns together
    costs as much as reading fifty rows of them.
    """
    said = select(*_READ).select_from(Lead).outerjoin(Company, Company.id == Lead.investor_id)
    tags = select(LeadCluster.lead_id, LeadCluster.cluster_id, null(), LeadCluster.rank.label("place"))
    areas = select(LeadDistrict.lead_id, null(), LeadDistrict.unit_id, LeadDistrict.id)
    named: Any = union_all(
        tags.where(among(LeadCluster.lead_id, "ids", sqlite=sqlite)),
        areas.where(among(LeadDistrict.lead_id, "ids", sqlite=sqlite)),
    )
    return said.outerjoin(User, User.id == Lead.owner_id).where(among(Lead.id, "ids", sqlite=sqlite)), named.order_by("place")


@dataclass(slots=True)
class Row:
    """One lead on a list. `masked`: neither number, names nor unit; `amounts`: sums are shown; `detail`: it has a page for this
    reader. `code`: the name that it goes by; `shared`: the role in which the reader's unit has it; `ask`: they may ask to assist.
    Sums in fen (CNY) and cents (USD); `days` since the stage began, in the city. `clock`: of its live first report; `calls`: its
    state, where a list marks it. `disputed`: a dispute about it is open, and they may read of it. `stands`: how the reader stands
    to it; status, type, admission, what phase it is and the next expected milestone (`expected_*`) are said with the detail.
    """

    public_id: str
    stage: str
    stage_since: date
    days: int
    registered_at: datetime
    band: Band
    masked: bool
    amounts: bool
    detail: bool
    assessment: str | None
    stands: policy.Standing
    code: str | None = None
    shared: str | None = None
    ask: bool = False
    number: str = ""
    title: str = ""
    name: str | None = None
    alt: str | None = None
    alt_lang: str | None = None
    country: str | None = None
    unit: UnitLabel | None = None
    owner: str | None = None
    total_cny: int | None = None
    total_verified: bool = False
    contracted_usd: int | None = None
    next_step: str | None = None
    next_due: date | None = None
    status: Status | None = None
    project_type: ProjectType | None = None
    admitted: bool = False
    phase_kind: str | None = None
    phase_number: int | None = None
    expected_kind: str | None = None
    expected_on: date | None = None
    expected_slip: int | None = None
    expected_moves: int | None = None
    unchecked: bool = False
    disputed: bool = False
    clock: Clock | None = None
    calls: State | None = None
    clusters: list[ClusterLabel] = field(default_factory=list)
    districts: list[UnitLabel] = field(default_factory=list)


def ids_of(where: Sequence[ColumnElement[bool]], order: Sequence[Any], *, size: int, offset: int = 0) -> list[int]:
    """Which leads satisfy `where` in `order`: read first, from an index where one fits, so that rows that are skipped are never
    read. A page of several lists asks each for its ids and reads the rows of all of them at once.
    """
    return list(rows_of_columns(select(Lead.id).where(*where).order_by(*order).limit(size).offset(offset)).scalars().all())


def rows_of(ids: Sequence[int], actor: Actor) -> dict[int, Row]:
    """What these leads say, in their order, each cut for `actor`; without those that they may see no card of."""
    ids = list(dict.fromkeys(ids))
    if not ids:
        return {}
    facts_query, named_query = _statements(sqlite=is_sqlite())
    said = {item.id: item for item in rows_of_columns(facts_query, {"ids": ids}).all()}
    found = [said[id_] for id_ in ids if id_ in said]  # one may go between the two reads
    (tags, areas), today, unit_of = _tags_and_areas(ids, named_query), clock.today(), units.labels()
    running = _clocks_of(found)
    rows = {}
    for item in found:
        row = cut(item, actor, today=today, running=running.get(item.id))
        if row is None:
            continue
        row.clusters = tags[item.id]
        if not row.masked:
            row.unit = unit_of[item.following_unit_id]
            row.districts = areas[item.id]
        rows[item.id] = row
    return rows


def _clocks_of(found: list[Any]) -> dict[int, Clock]:
    """The clocks of the first reports of a page that still runs: one query, none for a page of signed projects."""
    runs = [item for item in found if item.stage not in SIGNED_STAGES and item.disputed_on is None]
    ids = [item.id for item in runs if item.status != Status.ENDED]
    return claims.clocks_of(ids, now=clock.now()) if ids else {}


def cut(item: Any, actor: Actor, *, today: date, running: Clock | None = None) -> Row | None:
    """The one place where a list's row is cut for a reader: the policy's answer, field by field. None for what they may see no
    card of.
    """
    code, shares, signed = read_seal(item.seal_text, today), read_shares(item.share_text, today), item.stage in SIGNED_STAGES
    standing = policy.towards_lead(
        actor, LeadFacts(item.owner_id, item.registered_by_id, item.following_unit_path, signed, code is not None, shares)
    )
    right = _rights(standing)
    if not right.card:
        return None
    names, detail = right.names, right.detail
    row = Row(
        public_id=item.public_id, stage=item.stage, stage_since=item.stage_since, days=(today - item.stage_since).days,
        registered_at=item.registered_at, band=_BANDS[item.amount_band] if item.amount_band else band_of(item.total_cny),
        masked=not names, amounts=right.amounts, detail=detail, assessment=item.assessment, stands=standing, code=code,
        shared=_role_of(shares, actor) if shares else None, ask=right.ask,
    )  # fmt: skip
    if names:
        row.number, row.title, row.name, row.country, row.owner = item.number, item.title, item.name, item.country, item.owner
        row.unchecked = item.unchecked_since is not None
        row.alt, row.alt_lang = (item.alt, item.alt_lang) if item.name else (item.intermediary, None)
    if right.amounts:
        row.total_cny, row.total_verified, row.contracted_usd = item.total_cny, item.total_verified, item.contracted_usd
    if running is not None and right.claim:
        row.clock, row.calls = running, running.state if running.calls else None
    row.disputed = item.disputed_on is not None and right.dispute
    if detail:
        row.next_step, row.next_due = item.next_step, item.next_due
        row.status, row.admitted = _STATUSES[item.status], item.admitted_at is not None
        row.phase_kind, row.phase_number = item.phase_kind, item.phase_number
        row.expected_kind, row.expected_on = item.expected_kind, item.expected_on
        row.expected_slip, row.expected_moves = item.expected_slip, item.expected_moves
        row.project_type = _TYPES[item.project_type] if item.project_type else None
    return row


class _Rights(NamedTuple):
    """What a standing reads of a lead on a list, and whether it may ask to assist."""

    card: bool
    names: bool
    amounts: bool
    detail: bool
    claim: bool
    dispute: bool
    ask: bool


@lru_cache(maxsize=4_096)
def _rights(standing: policy.Standing) -> _Rights:
    """The table's answers for a standing: the same few stand to the fifty leads of a page, and the table never changes."""
    card, names, amounts, detail = (
        policy.can(standing, "lead", action) for action in ("read_card", "read_names", "read_amounts", "read_detail")
    )
    claim, dispute = policy.can(standing, "claim", "read"), policy.can(standing, "dispute", "read")
    return _Rights(card, names, amounts, detail, claim, dispute, not detail and policy.can(standing, "share", "ask"))


def _role_of(shares: Sequence[Any], actor: Actor) -> str | None:
    """In which role a person or their unit has a lead."""
    mine = (share.role for share in shares if share.user_id == actor.user_id or share.unit_id in policy.holders_of(actor))
    return next(mine, None)


def _tags_and_areas(ids: list[int], query: Any) -> tuple[dict[int, list[ClusterLabel]], dict[int, list[UnitLabel]]]:
    """The clusters and the districts of leads, each in their order."""
    tags: dict[int, list[ClusterLabel]] = defaultdict(list)
    areas: dict[int, list[UnitLabel]] = defaultdict(list)
    cluster_of, unit_of = clusters.labels(), units.labels()
    for lead_id, cluster_id, unit_id, _place in rows_of_columns(query, {"ids": ids}).all():
        if cluster_id is not None:
            tags[lead_id].append(cluster_of[cluster_id])
        else:
            areas[lead_id].append(unit_of[unit_id])
    return tags, areas
