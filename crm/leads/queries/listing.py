"""The pipeline list: rows of a page, capped counts, totals. Everything is scoped and filtered in SQL."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, exists, func, literal, or_, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute

from crm.core import clock
from crm.core.db import db, is_sqlite, known, rows_of_columns
from crm.events import queries as events
from crm.events.rules import LinkRole
from crm.leads.models import Lead, LeadCluster, LeadDistrict
from crm.leads.queries import claims, coordination
from crm.leads.queries.access import (
    cards_in_sight,
    claims_in_sight,
    code_named,
    disputes_in_sight,
    in_own_sight,
    led_by,
    names_in_sight,
    of_own_unit,
    sealed_ids,
)
from crm.leads.queries.rows import Row, ids_of, rows_of
from crm.leads.rules.lead import STAGES, Stage, Status
from crm.leads.rules.listing import ANY_STATUS, COUNT_CAP, Count, Group, Grouped, Held, Question, Scope, Sort, Totals
from crm.matching import queries as matching
from crm.matching.rules.tokens import search_terms
from crm.policy.rules import Actor
from crm.sharing import queries as sharing
from crm.units.models import Unit

NO_DAY = date(9999, 12, 31)  # the order's value for no next step
LEAD = 2  # the matching index's kind of subject
_JULIAN = 1721424.5  # SQLite's day number of the day before ordinal 1
SEARCH_MANY = 1500  # hits from which a page walks the list and asks the index, instead of sorting all hits
# The column of each order, and whether its usual direction is upwards.
_ORDER: dict[Sort, tuple[InstrumentedAttribute[Any], bool]] = {
    Sort.RECENT: (Lead.touched_at, False),
    Sort.NAME: (Lead.sort_key, True),
    Sort.TOTAL: (Lead.total_order, False),
    Sort.REGISTERED: (Lead.registered_at, False),
    Sort.STAGE_DAYS: (Lead.stage_since, True),
    Sort.NEXT_DUE: (Lead.due_order, True),
}
# Turned round, what has no value stays at the end; that order is asked for too rarely to have an index.
_END: dict[Sort, InstrumentedAttribute[Any]] = {Sort.TOTAL: Lead.total_cny, Sort.NEXT_DUE: Lead.next_due}

_GROUPS: dict[Grouped, InstrumentedAttribute[Any]] = {
    Grouped.UNIT: Lead.following_unit_id,
    Grouped.CLUSTER: LeadCluster.cluster_id,
    Grouped.COUNTRY: Lead.country,
    Grouped.STAGE: Lead.stage,
}

# What each fact that is missing is in SQL. Of what rooms above keep they say it themselves (crm.pipeline does, for "proof").
LACKING: dict[str, Callable[[], list[ColumnElement[bool]]]] = {
    "country": lambda: [Lead.country.is_(None)], "amount": lambda: [Lead.total_cny.is_(None)],
    "next": lambda: [Lead.due_order == NO_DAY, Lead.status == Status.ACTIVE],
}  # fmt: skip


def _where(question: Question, actor: Actor, *, counting: bool = False) -> list[ColumnElement[bool]]:
    found = [Lead.merged_into_id.is_(None), *_scope(question, actor)]
    if question.stage is not None:
        found.append(Lead.stage == question.stage)
    if question.standing != ANY_STATUS:
        found.append(Lead.status == question.standing)
    if question.reached is not None:
        found.append(reached(question.reached))
    if question.unsealed:
        found.append(Lead.id.not_in(sealed_ids()))
    found += _plain_filters(question)
    if question.district_id is not None:
        found.append(_named_by(LeadDistrict.lead_id, LeadDistrict.unit_id == question.district_id, counting=counting))
    if question.cluster_id is not None:
        tagged = LeadCluster.cluster_id == question.cluster_id
        tagged = and_(tagged, LeadCluster.rank == 0) if question.primary else tagged
        found.append(_named_by(LeadCluster.lead_id, tagged, counting=counting))
    if question.event_id is not None:
        role = LinkRole(question.event_role) if question.event_role else None
        found.append(events.put_to(question.event_id, role, Lead.id))
    if question.untagged:
        found.append(~exists().where(LeadCluster.lead_id == Lead.id, LeadCluster.rank == 0))
    found += _asked_for(question, actor)
    found += _text(question.text, actor, counting=counting)
    return found


def _asked_for(question: Question, actor: Actor) -> list[ColumnElement[bool]]:
    """What calls for somebody: late, without progress, to be compared, to be coordinated, in dispute, a clock that runs out."""
    found: list[ColumnElement[bool]] = []
    if question.overdue:
        found.append(Lead.next_due < clock.today())
    if question.idle is not None:
        found.append(idle_since(question.idle, clock.today()))
    if question.slipped is not None:
        found += [Lead.expected_slip >= question.slipped, Lead.expected_on.is_not(None)]
    if question.late:
        found += late_expected(clock.today())
    if question.unchecked:
        found.append(Lead.unchecked_since.is_not(None))
    if question.to_coordinate:
        found.append(coordination.is_open())
    for fact in question.missing:
        found += lacking(fact)
    if question.disputed:
        found += [Lead.disputed_on.is_not(None), disputes_in_sight(actor)]
    if question.claim:
        found += [*claims.running_leads(), claims.marked(question.claim, clock.now())]
    return found


def _named_by(lead_id: InstrumentedAttribute[int], here: ColumnElement[bool], *, counting: bool) -> ColumnElement[bool]:
    """Leads that another table names. Few of them are a list to start from; of many the page finds its fifty soonest by walking
    its own order and asking for each lead (as the search does).
    """
    if not counting:
        some = select(lead_id).where(here).limit(SEARCH_MANY + 1).subquery()
        if (db.session.scalar(select(func.count()).select_from(some)) or 0) > SEARCH_MANY:
            return exists().where(lead_id == Lead.id, here)
    return Lead.id.in_(select(lead_id).where(here))


def _scope(question: Question, actor: Actor) -> list[ColumnElement[bool]]:
    """Leads of the scope, of those that the filters tell nothing about which this person may not read: a due day, the last
    progress and milestones are part of the detail, a clock of the first report is the claim's. One's own leads and one's unit's
    are read that far anyway.
    """
    if question.scope is Scope.MINE:
        return [led_by(actor)]
    if question.scope is Scope.UNIT:
        return [of_own_unit(actor)]
    shared = [sharing.shared_with(actor, Lead.id)] if question.scope is Scope.SHARED else []
    told = question.overdue or question.late or question.idle is not None or question.slipped is not None
    told = told or not {"next", "proof"}.isdisjoint(question.missing)
    if told or question.status in (Status.PAUSED, Status.ENDED):
        return [*shared, in_own_sight(actor)]
    if question.claim:
        return [*shared, claims_in_sight(actor)]
    return shared or [cards_in_sight(actor) if question.whole else names_in_sight(actor)]


def _plain_filters(question: Question) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if question.unit_id is not None and question.unit_only:
        found.append(Lead.following_unit_id == question.unit_id)
    elif question.unit_id is not None:
        query = select(Unit.path).where(Unit.id == question.unit_id)
        path = known(f"unit.path.{question.unit_id}", lambda: db.session.scalar(query))
        found.append(Lead.following_unit_path.startswith(path or "-"))
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
    found += on_rolling_list() if question.rolling else []
    found += _between(Lead.registered_at, question.registered_from, question.registered_to)
    if came := _between(Lead.admitted_at, question.admitted_from, question.admitted_to):  # what is new: a move in the city is not
        found += [*came, Lead.city_move_on.is_(None)]
    if question.admitted is not None:
        found.append(Lead.admitted_at.is_not(None) if question.admitted else Lead.admitted_at.is_(None))
    return found


def _between(moment: InstrumentedAttribute[Any], first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    """SQL: on one of the city's days from `first` to `last`, both included."""
    found = [] if first is None else [moment >= clock.start_of(first)]
    return found if last is None else [*found, moment < clock.start_of(last, days=1)]


def on_rolling_list() -> list[ColumnElement[bool]]:
    """SQL: what of leads in negotiation, signed or under construction stands on the rolling list of the three batches (三个一批):
    it was admitted and is pursued.
    """
    return [Lead.admitted_at.is_not(None), is_pursued()]


def is_pursued() -> ColumnElement[bool]:
    """SQL: leads that are neither paused nor ended (推进中): what counts as being in its stage."""
    return Lead.status == Status.ACTIVE


def late_expected(today: date) -> list[ColumnElement[bool]]:
    """SQL: leads that are pursued and whose next milestone was expected before today (预计节点已过)."""
    return [Lead.expected_on < today, Lead.status == Status.ACTIVE]


def idle_since(days: int, today: date) -> ColumnElement[bool]:
    """SQL: 长期无进展: leads that are pursued and had no progress for more than so many days, counted from the registration when
    there never was any.
    """
    since = today - timedelta(days=days)
    never = and_(Lead.last_progress_on.is_(None), Lead.registered_at < clock.start_of(since))
    return and_(Lead.status == Status.ACTIVE, or_(Lead.last_progress_on < since, never))


def reached(stage: Stage) -> ColumnElement[bool]:
    """SQL: in a stage or beyond."""
    return Lead.stage.in_(STAGES[STAGES.index(stage) :])


def lacking(fact: str) -> list[ColumnElement[bool]]:
    """SQL: a fact is missing. A next step only where somebody pursues the lead."""
    return LACKING[fact]()


def _text(text: str, actor: Actor, *, counting: bool) -> list[ColumnElement[bool]]:
    """Each word of the search has to occur; or the lead goes by a code name, which this person may read, with the text in it."""
    terms = search_terms(text)
    indexed = matching.search_condition(terms, kind=LEAD, of=Lead.id, many=SEARCH_MANY, in_order=not counting)
    found = [] if indexed is None else [indexed]
    found += [Lead.search_text.contains(term, autoescape=True) for term in terms]
    called = code_named(text.strip(), actor) if found else []
    return [or_(and_(*found), Lead.id.in_(called))] if called else found


def page_of(question: Question, actor: Actor) -> list[Row]:
    """The rows of one page, each cut to what the reader may see."""
    return list(rows_of(page_ids(question, actor), actor).values())


def page_ids(question: Question, actor: Actor, *, ahead: int = 0) -> list[int]:
    """Which leads stand on one page, and up to `ahead` of those behind it."""
    start = (question.page - 1) * question.size
    return ids_of(_where(question, actor), _order_of(question), size=question.size + ahead, offset=start)


def first_ids(question: Question, actor: Actor, *, size: int) -> dict[Stage, list[int]]:
    """The first leads of every stage, in one statement: each part walks the index of its stage and stops, so that none is sorted;
    what a part gives stays in its order.
    """
    where, order = _where(question.on(stage=None), actor), _order_of(question)
    parts = [
        (stage, select(Lead.id).where(*where, Lead.stage == stage).order_by(*order).limit(size).subquery(stage.value))
        for stage in Stage
    ]
    found: dict[Stage, list[int]] = {stage: [] for stage in Stage}
    for stage, lead_id in db.session.execute(union_all(*(select(literal(stage.value), part.c.id) for stage, part in parts))):
        found[Stage(stage)].append(lead_id)
    return found


def _order_of(question: Question) -> tuple[Any, Any]:
    column, backwards = _ORDER[question.sort]
    descending = question.descending != backwards
    if question.sort in _END and not question.descending:
        column = _END[question.sort]
        order = column.desc().nulls_last() if descending else column.asc().nulls_last()
    else:
        order = column.desc() if descending else column.asc()
    return order, Lead.id.desc() if descending else Lead.id.asc()


def count_of(question: Question, actor: Actor, *, cap: int = COUNT_CAP) -> Count:
    """How many rows there are, counted no further than the cap; exactly when `question.exact`."""
    rows = select(Lead.id).where(*_where(question, actor, counting=True))
    if question.exact:
        return Count(db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0, False)
    number = rows_of_columns(select(func.count()).select_from(rows.limit(cap + 1).subquery())).scalar() or 0
    return Count(min(number, cap), number > cap)


def numbers_of(question: Question, actor: Actor) -> dict[Stage, Totals]:
    """What each stage holds under the same filters (loaded apart from the page): leads, and the sums of those whose sums the
    reader may see. Sums of others stay out, or a narrow filter would tell one firm's amount.
    """
    found = {Stage(stage): _totals(sums) for stage, *sums in db.session.execute(_summed(question, actor, Lead.stage))}
    return {stage: found.get(stage, Totals()) for stage in Stage}


def held_by_stage(question: Question, actor: Actor) -> dict[Stage, Held]:
    """The same with the average of the days that the leads have been in their stage, which everybody reads who sees their cards.
    Added up by the day first, as the index has it, so that a day is reckoned with once and not for each of its leads.
    """
    days = _summed(question, actor, Lead.stage, Lead.stage_since).subquery()
    stage, since, number, *sums = days.c
    query = select(stage, func.sum(_ordinal(since) * number), func.sum(number), *(func.sum(one) for one in sums))
    today, found = clock.today().toordinal(), {}
    for name, ordinals, count, *more in db.session.execute(query.group_by(stage)):
        found[Stage(name)] = Held(_totals([count, *more]), round(today - float(ordinals) / int(count)))
    return {stage: found.get(stage, Held(Totals())) for stage in Stage}


def _ordinal(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """SQL: a day's number, as Python counts them."""
    if is_sqlite():
        return func.julianday(day) - _JULIAN
    return cast(day - literal(date.min), Integer) + 1


def groups_of(question: Question, actor: Actor) -> list[Group]:
    """The list added up by what the question groups by, the largest group first; together they are the list, each lead once. Sums
    as in `numbers_of`; grouped by what a card hides, masked leads are not in it (`Question.whole`).
    """
    if question.group is None:
        return []
    by, joined = _GROUPS[question.group], None
    if question.group is Grouped.CLUSTER:
        joined = and_(LeadCluster.lead_id == Lead.id, LeadCluster.rank == 0)
    query = _summed(question, actor, by, all_stages=False)
    query = query if joined is None else query.outerjoin(LeadCluster, joined)
    found = [Group(key, _totals(sums)) for key, *sums in db.session.execute(query)]
    return sorted(found, key=lambda group: (-group.totals.count, str(group.key)))


def by_place(question: Question, actor: Actor) -> dict[tuple[int, int, Stage], Totals]:
    """The list added up by following unit, primary cluster (0: none) and stage at once: together they are the list, each lead
    once. For a narrow question; sums as in `numbers_of`.
    """
    cluster = func.coalesce(LeadCluster.cluster_id, 0)
    primary = and_(LeadCluster.lead_id == Lead.id, LeadCluster.rank == 0)
    query = _summed(question, actor, Lead.following_unit_id, cluster, Lead.stage).outerjoin(LeadCluster, primary)
    return {(unit, tag, Stage(stage)): _totals(sums) for unit, tag, stage, *sums in db.session.execute(query)}


def _summed(
    question: Question, actor: Actor, *by: ColumnElement[Any] | InstrumentedAttribute[Any], all_stages: bool = True
) -> Select[Any]:
    own = question.scope in (Scope.MINE, Scope.UNIT)  # one's own work is in one's own sight
    summed = and_(Lead.admitted_at.is_not(None), true() if own else in_own_sight(actor))
    everything = own or actor.city_wide
    withheld = literal(0) if everything else func.count(Lead.admitted_at) - func.count().filter(summed)
    return (
        select(
            *by,
            func.count().label("number"),
            func.sum(Lead.total_cny).filter(Lead.total_verified, summed).label("total"),
            func.sum(Lead.total_cny).filter(Lead.total_verified.is_(False), summed).label("unverified"),
            func.sum(Lead.contracted_usd).filter(summed).label("contracted"),
            (func.count() - func.count(Lead.admitted_at)).label("not_admitted"),
            withheld.label("withheld"),
        )
        .select_from(Lead)
        .where(*_where(question.on(stage=None) if all_stages else question, actor, counting=True))
        .group_by(*by)
    )


def _totals(sums: list[Any]) -> Totals:
    return Totals(*(int(value or 0) for value in sums))


def export_rows(question: Question, actor: Actor, *, cap: int) -> list[Row]:
    """Rows for a workbook, at most `cap`, only those whose names may be read."""
    rows = page_of(question.on(page=1, size=cap), actor)
    return [row for row in rows if not row.masked]
