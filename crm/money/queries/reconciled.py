"""到资 and 实际使用外资 side by side, by company and month: two columns that nothing adds up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import case, func, literal, select, union_all

from crm.companies.models import Company
from crm.core.db import db
from crm.leads.models import Lead
from crm.money.queries import scope
from crm.money.rules import NEAR, Question, differs
from crm.policy.rules import Actor

_FIGURES = ("counted", "unproven", "official")


@dataclass(frozen=True, slots=True)
class Both:
    """One company (or undisclosed lead, or credit code without a company) in one month, or over all: cents by the ledger, cents
    whose proof is missing, cents by the official table, each alone.
    """

    company: Company | None
    lead: Lead | None
    code: str | None
    said: str | None
    month: date | None
    counted: int
    unproven: int
    official: int
    countries: tuple[tuple[str | None, str | None], ...] = ()
    tabled: bool = True

    @property
    def differs(self) -> bool:
        """Whether the two read otherwise; not in a month that no official table has come in for yet."""
        return self.tabled and differs(self.counted, self.official)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows, and what all of them come to, each column alone."""

    rows: Sequence[Both]
    count: int
    differing: int
    counted: int
    unproven: int
    official: int


@dataclass(frozen=True, slots=True)
class CountryRow:
    """What came from one country, each figure alone. `linked`: false for official rows of no known company."""

    country: str | None
    linked: bool
    counted: int
    unproven: int
    official: int


def page_of(question: Question, actor: Actor) -> Page:
    """Rows of a page, newest month and largest official figure first, and the totals of all that was asked for: one statement,
    for both figures are worked out anew each time.
    """
    both = union_all(scope.receipts_part(question, actor), scope.official_part(question, actor)).subquery()
    code = case((both.c.company_id.is_(None), both.c.code))
    keys = [both.c.company_id, both.c.lead_id, *([both.c.month] if question.by == "month" else [])]
    sums = [func.sum(both.c[name]).label(name) for name in _FIGURES]
    grouped = select(*keys, code.label("code"), *sums, func.max(both.c.said).label("said")).group_by(*keys, code).subquery()
    months = scope.months_with_a_table(question)
    off = func.abs(grouped.c.counted - grouped.c.official) >= NEAR
    if question.by == "month":
        off = off & grouped.c.month.in_(months)
    totals = [func.count().over(), func.sum(case((off, 1), else_=0)).over(), *(func.sum(grouped.c[x]).over() for x in _FIGURES)]
    order: list[Any] = [grouped.c.month.desc()] if question.by == "month" else []
    order += [grouped.c.official.desc(), grouped.c.counted.desc(), grouped.c.company_id, grouped.c.lead_id, grouped.c.code]
    query = select(grouped, *(total.label(f"all_{n}") for n, total in enumerate(totals))).order_by(*order)
    query = query.where(off) if question.differing else query
    rows = db.session.execute(query.limit(question.size).offset((question.page - 1) * question.size)).all()
    if not rows and question.page > 1:  # past the end nothing tells the totals
        return replace(page_of(question.on(page=1), actor), rows=())
    figures = [int(getattr(rows[0], f"all_{n}") or 0) for n in range(len(totals))] if rows else [0] * len(totals)
    return Page(_named(rows, question, actor, months), *figures)


def _named(rows: Sequence[Any], question: Question, actor: Actor, months: set[date]) -> list[Both]:
    ids = {row.company_id for row in rows if row.company_id is not None}
    companies = {c.id: c for c in db.session.scalars(select(Company).where(Company.id.in_(ids)))} if ids else {}
    lead_ids = {row.lead_id for row in rows if row.lead_id is not None}
    leads = {x.id: x for x in db.session.scalars(select(Lead).where(Lead.id.in_(lead_ids)))} if lead_ids else {}
    countries: dict[int, list[tuple[str | None, str | None]]] = {}
    if ids:
        query = select(Lead.investor_id, Lead.country, Lead.controlling_country).where(
            Lead.investor_id.in_(ids), *scope.leads_of(question.on(unit_id=None, district_id=None), actor)
        )  # fmt: skip
        for company_id, country, controlling in db.session.execute(query.order_by(Lead.id)):
            pair = (country, controlling or country)
            known = countries.setdefault(int(company_id or 0), [])
            if pair not in known:
                known.append(pair)
    made = []
    for row in rows:
        lead = leads.get(row.lead_id)
        pairs = ((lead.country, lead.controlling_country or lead.country),) if lead else tuple(countries.get(row.company_id, ()))
        month = getattr(row, "month", None)
        made.append(Both(
            companies.get(row.company_id), lead, row.code, row.said, month, int(row.counted), int(row.unproven),
            int(row.official), pairs, month is None or month in months,
        ))  # fmt: skip
    return made


def split_of(question: Question, actor: Actor) -> list[CountryRow]:
    """The same by country: of the immediate investor, or of the controlling party. The largest first."""
    of_lead = scope.country_of_lead(question.by).label("country")
    of_row = scope.country_of_official(question.by, question, actor).label("country")
    known = scope.linked(question, actor)
    both = union_all(
        scope.receipts_part(question, actor, of_lead, literal(1).label("linked")),
        scope.official_part(question, actor, of_row, case((known, 1), else_=0).label("linked")),
    ).subquery()
    sums = [func.sum(both.c[name]).label(name) for name in _FIGURES]
    query = select(both.c.country, both.c.linked, *sums).group_by(both.c.country, both.c.linked)
    found = [CountryRow(row[0], bool(row[1]), int(row[2]), int(row[3]), int(row[4])) for row in db.session.execute(query)]
    return sorted(found, key=lambda row: (not row.linked, -max(row.counted, row.official), row.country or "~"))
