"""Whose figures somebody reads, in SQL."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal, null, select, true
from sqlalchemy.orm import aliased

from crm.core.db import db, known
from crm.leads.models import Lead, LeadDistrict
from crm.leads.queries import access
from crm.money.models import Receipt, Utilised
from crm.money.queries.ledger import not_corrected
from crm.money.rules import Question
from crm.policy.rules import Actor
from crm.units.models import Unit


def leads_of(question: Question, actor: Actor) -> list[ColumnElement[bool]]:
    """SQL: leads whose arrivals this person reads, of the unit and district asked for."""
    found = [access.in_own_sight(actor), Lead.merged_into_id.is_(None)]
    if question.unit_id is not None:
        query = select(Unit.path).where(Unit.id == question.unit_id)
        path = known(f"unit.path.{question.unit_id}", lambda: db.session.scalar(query))
        found.append(Lead.following_unit_path.startswith(path or "-", autoescape=True))
    if question.district_id is not None:
        found.append(exists().where(LeadDistrict.lead_id == Lead.id, LeadDistrict.unit_id == question.district_id))
    return found


def linked(question: Question, actor: Actor) -> ColumnElement[bool]:
    """SQL: the official row is of a company that has one of these leads."""
    return exists().where(Lead.investor_id == Utilised.company_id, *leads_of(question, actor))


def whole_table(question: Question, actor: Actor) -> bool:
    """Whether this person reads the whole official table: the city's people, unless a unit or district is asked for."""
    return actor.city_wide and question.unit_id is None and question.district_id is None


def official_in_sight(question: Question, actor: Actor) -> ColumnElement[bool]:
    """SQL: official rows that this person reads: all, or those of the companies of their leads."""
    return true() if whole_table(question, actor) else linked(question, actor)


def receipts_part(question: Question, actor: Actor, *more: Any) -> Select[Any]:
    """SQL: the arrivals in force of the months asked for, by company, or by lead where the investor is not disclosed."""
    proven = Receipt.file_id.is_not(None)
    return (
        select(
            Lead.investor_id.label("company_id"), case((Lead.investor_id.is_(None), Lead.id)).label("lead_id"),
            null().label("code"), Receipt.month.label("month"), case((proven, Receipt.usd), else_=0).label("counted"),
            case((proven, 0), else_=Receipt.usd).label("unproven"), literal(0).label("official"), null().label("said"), *more,
        )
        .join(Lead, Lead.id == Receipt.lead_id)
        .where(
            Receipt.month >= question.first, Receipt.month <= question.last, Receipt.amount > 0, not_corrected(),
            *leads_of(question, actor),
        )
    )  # fmt: skip


def official_part(question: Question, actor: Actor, *more: Any) -> Select[Any]:
    """SQL: live official rows of the months asked for, with the company where this person reads one of its leads; the credit code
    says whose it is where there is none.
    """
    company: Any = Utilised.company_id
    if whole_table(question, actor):
        company = case((linked(question, actor), Utilised.company_id))
    return select(
        company.label("company_id"), null().label("lead_id"), Utilised.credit_code.label("code"), Utilised.month.label("month"),
        literal(0).label("counted"), literal(0).label("unproven"), Utilised.usd.label("official"), Utilised.name.label("said"),
        *more,
    ).where(
        Utilised.state == "live", Utilised.month >= question.first, Utilised.month <= question.last,
        official_in_sight(question, actor),
    )  # fmt: skip


def months_with_a_table(question: Question) -> set[date]:
    """The months asked for that an official table has come in for."""
    query = select(Utilised.month).where(
        Utilised.state == "live", Utilised.month >= question.first, Utilised.month <= question.last
    )  # fmt: skip
    return set(db.session.scalars(query.distinct()))


def country_of_lead(by: str) -> ColumnElement[str | None]:
    """SQL: a lead's immediate investor's jurisdiction, or its controlling party's country (the same where none is named)."""
    return Lead.country if by == "country" else func.coalesce(Lead.controlling_country, Lead.country)  # type: ignore[return-value]


def country_of_official(by: str, question: Question, actor: Actor) -> ColumnElement[str | None]:
    """SQL: the same of an official row: of the first of its company's leads that this person reads."""
    first = aliased(Lead)
    mine = (Lead.investor_id == Utilised.company_id, *leads_of(question, actor))
    earliest = select(func.min(Lead.id)).where(*mine).correlate(Utilised).scalar_subquery()
    named = first.country if by == "country" else func.coalesce(first.controlling_country, first.country)
    return select(named).where(first.id == earliest).correlate(Utilised).scalar_subquery()
