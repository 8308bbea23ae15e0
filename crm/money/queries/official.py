"""Official tables, and whose a credit code is."""

from collections.abc import Iterator, Mapping

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from crm.companies.models import Company, CompanyIdentifier, CompanyName
from crm.companies.rules import Scheme
from crm.core.db import db
from crm.core.errors import NotFound
from crm.leads.models import Lead, LeadParty
from crm.matching.rules import name_key
from crm.money.models import Utilised, UtilisedImport

_AT_ONCE = 500


def by_public_id(public_id: str) -> UtilisedImport:
    """The table named in a URL; NotFound."""
    found = db.session.scalar(select(UtilisedImport).where(UtilisedImport.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def import_of(public_id: str) -> UtilisedImport:
    """The same, locked for a change."""
    query = select(UtilisedImport).where(UtilisedImport.public_id == public_id).with_for_update(of=UtilisedImport)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def imports(*, limit: int = 60) -> list[UtilisedImport]:
    """The tables that came in, newest first."""
    return list(db.session.scalars(select(UtilisedImport).order_by(UtilisedImport.id.desc()).limit(limit)))


def rows_of_import(batch: UtilisedImport, *, page: int = 1, size: int = 100) -> list[tuple[Utilised, Company | None, int | None]]:
    """One page of a table's rows with their company, and the sum that each replaces, or would."""
    old = select(Utilised.usd, Utilised.credit_code, Utilised.month, Utilised.id, Utilised.state).subquery()
    there = old.c.id == Utilised.replaces_id
    if batch.state == "judged":
        there = (
            (old.c.credit_code == Utilised.credit_code) & (old.c.month == Utilised.month) & (old.c.state == "live")
        )  # fmt: skip
    query = (
        select(Utilised, Company, old.c.usd).outerjoin(Company, Company.id == Utilised.company_id).outerjoin(old, there)
        .where(Utilised.import_id == batch.id).order_by(Utilised.row, Utilised.id).limit(size).offset((page - 1) * size)
    )  # fmt: skip
    return [(row, company, usd) for row, company, usd in db.session.execute(query)]


def taken_back(batch: UtilisedImport) -> tuple[int, int]:
    """How many rows of a table take back what was counted before (below zero), and their cents, below zero too."""
    query = select(func.count(), func.sum(Utilised.usd)).where(Utilised.import_id == batch.id, Utilised.usd < 0)
    count, usd = db.session.execute(query).one()
    return int(count), int(usd or 0)


def left_standing(batch: UtilisedImport, *, limit: int = 100) -> tuple[int, int, list[Utilised]]:
    """What earlier tables say of a table's months and it does not: how many rows still count, their cents, the first of them."""
    here = aliased(Utilised)
    mine = here.import_id == batch.id
    said = exists().where(mine, here.credit_code == Utilised.credit_code, here.month == Utilised.month)
    of_others = (
        Utilised.state == "live", Utilised.import_id < batch.id, Utilised.month.in_(select(here.month).where(mine)), ~said
    )  # fmt: skip
    count, usd = db.session.execute(select(func.count(), func.sum(Utilised.usd)).where(*of_others)).one()
    rows = db.session.scalars(select(Utilised).where(*of_others).order_by(Utilised.month, Utilised.row, Utilised.id).limit(limit))
    return int(count), int(usd or 0), list(rows) if count else []


def unlinked(*, limit: int = 200) -> list[tuple[str, str, int, int]]:
    """Credit codes of live rows that belong to no company of the board: code, name, how many months, cents; the largest first."""
    query = (
        select(Utilised.credit_code, func.max(Utilised.name), func.count(), func.sum(Utilised.usd))
        .where(Utilised.state == "live", Utilised.company_id.is_(None)).group_by(Utilised.credit_code)
        .order_by(func.sum(Utilised.usd).desc(), Utilised.credit_code).limit(limit)
    )  # fmt: skip
    return [(code, name, int(count), int(usd)) for code, name, count, usd in db.session.execute(query)]


def owners_of(names: Mapping[str, str]) -> dict[str, int]:
    """Whose the codes of a table are, as ids of companies: as somebody linked them before, by the company's own code, by a name
    that only one company has, by the project company that a lead names. What is none of these stays out.
    """
    found: dict[str, int] = {}
    for codes in _portions(sorted(names)):
        linked = select(Utilised.credit_code, func.max(Utilised.company_id)).where(
            Utilised.credit_code.in_(codes), Utilised.company_id.is_not(None)
        )  # fmt: skip
        said: dict[str, int] = {row[0]: int(row[1] or 0) for row in db.session.execute(linked.group_by(Utilised.credit_code))}
        own = select(CompanyIdentifier.value, CompanyIdentifier.company_id).where(
            CompanyIdentifier.scheme == Scheme.USCC, CompanyIdentifier.value.in_(codes)
        )  # fmt: skip
        found |= {row[0]: int(row[1]) for row in db.session.execute(own)} | said
    keys: dict[str, set[str]] = {}
    for code, name in names.items():
        if code not in found:
            keys.setdefault(name_key(name)[:250], set()).add(code)
    _by_name(keys, found)
    texts: dict[str, set[str]] = {}
    for code, name in names.items():
        if code not in found:
            texts.setdefault(name, set()).add(code)
    _by_project_company(texts, found)
    return found


def _by_name(keys: dict[str, set[str]], found: dict[str, int]) -> None:
    for some in _portions(sorted(keys)):
        query = select(CompanyName.key, func.min(CompanyName.company_id)).where(
            CompanyName.key.in_(some), CompanyName.retired_at.is_(None)
        )  # fmt: skip
        only = query.group_by(CompanyName.key).having(func.count(CompanyName.company_id.distinct()) == 1)
        for key, company in db.session.execute(only):
            found.update(dict.fromkeys(keys[key], company))


def _by_project_company(texts: dict[str, set[str]], found: dict[str, int]) -> None:
    for some in _portions(sorted(texts)):
        query = (
            select(LeadParty.name, func.min(Lead.investor_id)).join(Lead, Lead.id == LeadParty.lead_id)
            .where(LeadParty.name.in_(some), LeadParty.role == "project_company", Lead.investor_id.is_not(None))
            .group_by(LeadParty.name).having(func.count(Lead.investor_id.distinct()) == 1)
        )  # fmt: skip
        for name, company in db.session.execute(query):
            found.update(dict.fromkeys(texts[name], int(company or 0)))


def _portions(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
