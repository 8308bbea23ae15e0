"""The pipeline list: rows of a page, capped counts, totals. Everything is scoped and filtered in SQL."""

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import joinedload, load_only, selectinload

from crm.accounts.models import User
from crm.companies.models import Company
from crm.core import clock
from crm.core.db import db
from crm.leads.models import Lead, LeadCluster, LeadDistrict
from crm.leads.queries.access import Card, card_of, in_own_sight, names_in_sight
from crm.leads.rules.lead import Stage
from crm.leads.rules.listing import COUNT_CAP, Count, Question, Scope, Sort, Totals
from crm.matching import queries as matching
from crm.matching.rules.tokens import search_terms
from crm.policy.rules import Actor
from crm.units.models import Unit

LEAD = 2  # the matching index's kind of subject
SEARCH_CAP = 3000
_ORDER = {
    Sort.RECENT: Lead.touched_at,
    Sort.NAME: Lead.sort_key,
    Sort.TOTAL: Lead.total_cny,
    Sort.REGISTERED: Lead.registered_at,
    Sort.STAGE_DAYS: Lead.stage_since,
    Sort.NEXT_DUE: Lead.next_due,
}


# What a row shows or is cut by; the long texts of a lead stay where they are.
_SHOWN = (
    Lead.public_id, Lead.number, Lead.title, Lead.stage, Lead.stage_since, Lead.country, Lead.total_cny, Lead.total_verified,
    Lead.contracted_usd, Lead.amount_band, Lead.intermediary, Lead.next_step, Lead.next_due, Lead.registered_at, Lead.owner_id,
    Lead.registered_by_id, Lead.following_unit_path, Lead.following_unit_id, Lead.investor_id, Lead.assessment, Lead.version,
)  # fmt: skip
_UNIT = (Unit.zh, Unit.en, Unit.short_zh, Unit.short_en, Unit.code)


def _where(question: Question, actor: Actor) -> list[ColumnElement[bool]]:
    found = _scope(question, actor)
    if question.stage is not None:
        found.append(Lead.stage == question.stage)
    found += _plain_filters(question)
    if question.district_id is not None:
        found.append(exists().where(LeadDistrict.lead_id == Lead.id, LeadDistrict.unit_id == question.district_id))
    if question.cluster_id is not None:
        found.append(exists().where(LeadCluster.lead_id == Lead.id, LeadCluster.cluster_id == question.cluster_id))
    if question.overdue:
        found.append(Lead.next_due < clock.today())
    found += _text(question.text, actor)
    return found


def _scope(question: Question, actor: Actor) -> list[ColumnElement[bool]]:
    if question.scope is Scope.MINE:
        return [Lead.owner_id == actor.user_id]
    if question.scope is Scope.UNIT:
        return [in_own_sight(actor)]
    # Filters that would tell what a masked card hides only look at what may be read.
    tells = question.unit_id or question.owner_id or question.country or question.min_cny or question.max_cny
    return [names_in_sight(actor)] if tells else []


def _plain_filters(question: Question) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if question.unit_id is not None:
        path = select(Unit.path).where(Unit.id == question.unit_id).scalar_subquery()
        found.append(Lead.following_unit_path.startswith(db.session.scalar(select(path)) or "-"))
    for column, value in (
        (Lead.country, question.country),
        (Lead.owner_id, question.owner_id),
        (Lead.import_id, question.import_id),
    ):
        if value is not None:
            found.append(column == value)
    if question.min_cny is not None:
        found.append(Lead.total_cny >= question.min_cny)
    if question.max_cny is not None:
        found.append(Lead.total_cny < question.max_cny)
    if question.registered_from is not None:
        found.append(Lead.registered_at >= clock.start_of(question.registered_from))
    if question.registered_to is not None:
        found.append(Lead.registered_at < clock.start_of(question.registered_to, days=1))
    if question.admitted is not None:
        found.append(Lead.admitted_at.is_not(None) if question.admitted else Lead.admitted_at.is_(None))
    return found


def _text(text: str, actor: Actor) -> list[ColumnElement[bool]]:
    """Each word of the search has to occur; only in records whose names may be read."""
    found: list[ColumnElement[bool]] = []
    for term in search_terms(text):
        ids = matching.search_ids(term, kind=LEAD, cap=SEARCH_CAP)
        if ids is not None:
            found.append(Lead.id.in_(ids))
        found.append(Lead.search_text.contains(term, autoescape=True))
    return [*found, names_in_sight(actor)] if found else found


def page_of(question: Question, actor: Actor) -> list[Card]:
    """The rows of one page, cut to what the reader may see; one query for leads and one each for tags and districts."""
    column = _ORDER[question.sort]
    descending = question.descending != (question.sort in (Sort.STAGE_DAYS, Sort.NAME, Sort.NEXT_DUE))
    order = column.desc().nulls_last() if descending else column.asc().nulls_last()
    if column in (Lead.touched_at, Lead.sort_key, Lead.registered_at, Lead.stage_since):
        order = column.desc() if descending else column.asc()  # never null: keeps the index usable
    query: Select[Lead] = (
        select(Lead)
        .where(*_where(question, actor))
        .order_by(order, Lead.id.desc() if descending else Lead.id.asc())
        .limit(question.size)
        .offset((question.page - 1) * question.size)
        .options(
            load_only(*_SHOWN),
            joinedload(Lead.investor).load_only(Company.name, Company.original_name, Company.original_lang, Company.public_id),
            joinedload(Lead.following_unit, innerjoin=True).load_only(*_UNIT),
            joinedload(Lead.owner).load_only(User.name),
            selectinload(Lead.clusters).joinedload(LeadCluster.cluster),
            selectinload(Lead.districts).joinedload(LeadDistrict.unit).load_only(*_UNIT),
        )
    )
    return [card_of(lead, actor) for lead in db.session.scalars(query)]


def count_of(question: Question, actor: Actor, *, cap: int = COUNT_CAP) -> Count:
    """How many rows there are, counted no further than the cap; exactly when `question.exact`."""
    rows = select(Lead.id).where(*_where(question, actor))
    if question.exact:
        return Count(db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0, False)
    number = db.session.scalar(select(func.count()).select_from(rows.limit(cap + 1).subquery())) or 0
    return Count(min(number, cap), number > cap)


def stage_counts(question: Question, actor: Actor) -> dict[Stage, tuple[int, int]]:
    """For the tabs: how many leads and what admitted, verified total (fen) in each stage, under the same filters."""
    counted = case((Lead.admitted_at.is_not(None) & Lead.total_verified, Lead.total_cny), else_=0)
    query = (
        select(Lead.stage, func.count(), func.coalesce(func.sum(counted), 0))
        .where(*_where(question.on(stage=None), actor))
        .group_by(Lead.stage)
    )
    found = {Stage(stage): (int(number), int(total)) for stage, number, total in db.session.execute(query)}
    return {stage: found.get(stage, (0, 0)) for stage in Stage}


def totals_of(question: Question, actor: Actor) -> Totals:
    """Sums of everything the question finds and the reader may see the sums of (loaded apart from the page)."""
    admitted = Lead.admitted_at.is_not(None)
    sums = (
        func.count(),
        func.sum(case((admitted & Lead.total_verified, Lead.total_cny), else_=0)),
        func.sum(case((admitted & Lead.total_verified.is_(False), Lead.total_cny), else_=0)),
        func.sum(case((admitted, Lead.contracted_usd), else_=0)),
        func.sum(case((admitted, 0), else_=1)),
    )
    query = select(*sums).where(*_where(question, actor), in_own_sight(actor))
    row = db.session.execute(query).one()
    return Totals(*(int(value or 0) for value in row))


def export_rows(question: Question, actor: Actor, *, cap: int) -> list[Card]:
    """Rows for a workbook, at most `cap`, only those whose names may be read."""
    cards = page_of(question.on(page=1, size=cap), actor)
    return [card for card in cards if not card.masked]
