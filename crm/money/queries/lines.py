"""What a figure is made of: the lines of the ledger and the rows of the official table behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from crm.companies.models import Company
from crm.core.db import db
from crm.core.errors import NotFound
from crm.leads.models import Lead
from crm.money.models import Receipt, Utilised, UtilisedImport
from crm.money.queries import scope
from crm.money.queries.ledger import not_corrected
from crm.money.rules import Question, Totals
from crm.policy.rules import Actor

MOST = 500


@dataclass(frozen=True, slots=True)
class Opened:
    """Arrivals with their leads, official rows with every version, for one company or all, each with its own total in cents."""

    company: Company | None
    receipts: Sequence[tuple[Receipt, Lead]]
    official: Sequence[Utilised]
    totals: Totals
    utilised: int


def opened(question: Question, actor: Actor, *, company: str = "", code: str = "", country: str | None = None) -> Opened:
    """What stands behind the figures of one company, of one credit code, or of one country (empty text: none named), as far as
    this person reads it. Raises NotFound for a company none of whose leads they read.
    """
    found = _company(company, question, actor) if company else None
    ours: list[ColumnElement[bool]] = []
    theirs: list[ColumnElement[bool]] = [scope.official_in_sight(question, actor)]
    if found is not None:
        ours, theirs = [Lead.investor_id == found.id], [Utilised.company_id == found.id, *theirs]
    if code:
        theirs.append(Utilised.credit_code == code)
    if country is not None and question.split:
        ours.append(_same(scope.country_of_lead(question.by), country))
        theirs.append(_same(scope.country_of_official(question.by, question, actor), country))
    receipts = [] if code else _receipts(question, actor, ours)
    official = _official(question, theirs)
    totals = Totals() if code else _totals(question, actor, ours)
    utilised = select(func.sum(Utilised.usd)).where(Utilised.state == "live", *_months(Utilised.month, question), *theirs)
    return Opened(found, receipts, official, totals, int(db.session.scalar(utilised) or 0))


def _months(column: Any, question: Question) -> list[ColumnElement[bool]]:
    return [column >= question.first, column <= question.last]


def _totals(question: Question, actor: Actor, more: list[ColumnElement[bool]]) -> Totals:
    proven = Receipt.file_id.is_not(None)
    query = select(proven, func.sum(Receipt.usd), func.count()).join(Lead, Lead.id == Receipt.lead_id)
    query = query.where(*_in_force(question, actor, more)).group_by(proven)
    found = {bool(key): (int(usd), int(count)) for key, usd, count in db.session.execute(query)}
    (counted, lines), (bare, bare_lines) = found.get(True, (0, 0)), found.get(False, (0, 0))
    return Totals(counted, bare, lines, bare_lines)


def _in_force(question: Question, actor: Actor, more: list[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    return [
        *_months(Receipt.month, question), Receipt.amount > 0, not_corrected(), *more, *scope.leads_of(question, actor)
    ]  # fmt: skip


def _same(column: Any, country: str) -> ColumnElement[bool]:
    return column == country if country else column.is_(None)  # type: ignore[no-any-return]


def _company(public_id: str, question: Question, actor: Actor) -> Company:
    seen = select(Lead.id).where(Lead.investor_id == Company.id, *scope.leads_of(question, actor)).exists()
    found = db.session.scalar(select(Company).where(Company.public_id == public_id, seen))
    if found is None:
        raise NotFound
    return found


def _receipts(question: Question, actor: Actor, more: list[ColumnElement[bool]]) -> list[tuple[Receipt, Lead]]:
    query = (
        select(Receipt, Lead).join(Lead, Lead.id == Receipt.lead_id)
        .options(joinedload(Lead.investor), joinedload(Lead.following_unit, innerjoin=True))
        .where(*_in_force(question, actor, more))
        .order_by(Receipt.received_on.desc(), Receipt.id.desc()).limit(MOST)
    )  # fmt: skip
    return [(row, lead) for row, lead in db.session.execute(query).unique()]


def _official(question: Question, where: list[ColumnElement[bool]]) -> list[Utilised]:
    query = (
        select(Utilised).join(UtilisedImport, UtilisedImport.id == Utilised.import_id)
        .where(Utilised.state.in_(("live", "superseded")), *_months(Utilised.month, question), *where)
        .order_by(Utilised.month.desc(), Utilised.credit_code, Utilised.id.desc()).limit(MOST)
    )  # fmt: skip
    return list(db.session.scalars(query))
