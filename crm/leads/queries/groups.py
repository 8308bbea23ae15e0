"""集团: a company's declared group as somebody may see it. A company is seen through its leads, like everywhere on the board."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm.companies import queries as companies
from crm.companies.models import Company, ParentChange
from crm.core.db import db
from crm.core.errors import NotFound
from crm.leads.models import Lead
from crm.leads.queries import hits
from crm.leads.rules.lead import ParentMasked
from crm.matching.rules import Subject
from crm.policy import rules as policy
from crm.policy.rules import Actor

SHOWN = 12  # sisters, and daughters: so many by name
_READ = 400


@dataclass(frozen=True, slots=True)
class SeenLead:
    """A lead whose names may be read, and whether its page may be opened."""

    lead: Lead
    detail: bool


@dataclass(frozen=True, slots=True)
class Member:
    """One line of the tree. Without a company: so many (`masked`) that have leads, none of which the reader may read."""

    depth: int
    company: Company | None = None
    leads: tuple[SeenLead, ...] = ()
    here: bool = False
    masked: int = 0


@dataclass(frozen=True, slots=True)
class Tree:
    """A company in its group: those above, its sisters, its daughters. `said`: who put its parent on record, and why."""

    members: tuple[Member, ...]
    more: int = 0
    said: ParentChange | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is on record."""
        return len(self.members) == 1


def readable_leads(company_ids: Iterable[int], actor: Actor) -> dict[int, tuple[SeenLead, ...] | None]:
    """The leads of companies that this person may read the names of; None for a company that they may not know of."""
    ids = list(company_ids)
    query = select(Lead).where(Lead.investor_id.in_(ids), Lead.merged_into_id.is_(None))
    query = query.options(joinedload(Lead.following_unit, innerjoin=True)).order_by(Lead.registered_at, Lead.id)
    leads: dict[int, list[Lead]] = defaultdict(list)
    for lead in db.session.scalars(query) if ids else ():
        leads[lead.investor_id or 0].append(lead)
    found: dict[int, tuple[SeenLead, ...] | None] = {}
    for company_id in ids:
        stands = [(one, policy.towards_lead(actor, one)) for one in leads[company_id]]
        seen = [
            SeenLead(one, policy.can(standing, "lead", "read_detail"))
            for one, standing in stands
            if policy.can(standing, "lead", "read_names")
        ]
        found[company_id] = tuple(seen) if seen or not stands else None
    return found


def name_for(company: Company, actor: Actor) -> str | None:
    """What a company is called, for those who may know of it."""
    return None if readable_leads([company.id], actor)[company.id] is None else company.name


def visible_company(public_id: str, *, actor: Actor) -> Company:
    """The company named in a URL, when it has no leads or one that this person may read the names of; NotFound."""
    policy.require(policy.of_role(actor), "company", "read", seen_by="none")
    company = companies.by_public_id(public_id)
    if readable_leads([company.id], actor)[company.id] is None:
        raise NotFound
    return company


def may_edit(company: Company, actor: Actor) -> bool:
    """Whether this person edits the company: by role, or as one who edits a lead of it."""
    leads = db.session.scalars(select(Lead).where(Lead.investor_id == company.id, Lead.merged_into_id.is_(None)))
    standings = [policy.of_role(actor), *(policy.towards_lead(actor, lead) for lead in leads)]
    return any(policy.can(standing, "company", "edit") for standing in standings)


def tree_of(company: Company, actor: Actor) -> Tree:
    """The group around a company: parents above, sisters beside, daughters below, each with its leads, cut for the reader."""
    above = _above(company)
    beside = [company.id, company.parent_id] if company.parent_id else [company.id]
    query = select(Company).where(Company.parent_id.in_(beside), Company.id != company.id, Company.merged_into_id.is_(None))
    near = list(db.session.scalars(query.order_by(Company.sort_key, Company.id).limit(_READ)))
    daughters = [one for one in near if one.parent_id == company.id and one not in above]
    sisters = [one for one in near if one.parent_id != company.id]
    seen = readable_leads([one.id for one in (*above, company, *near)], actor)
    kept = _hinted([one.id for one in (*above, *near) if seen[one.id] is None], actor)
    above = [one for one in above if seen[one.id] is not None or one.id in kept]
    daughters, sisters = ([one for one in some if seen[one.id] is not None or one.id in kept] for some in (daughters, sisters))
    depth = len(above)
    members = [_member(one, seen[one.id], place) for place, one in enumerate(above)]
    members.append(Member(depth, company, seen[company.id] or (), here=True))
    below, left = _side(daughters, seen, depth + 1)
    aside, more = _side(sisters, seen, depth)
    return Tree((*members, *below, *aside), left + more, companies.parent_on_record(company))


def _hinted(company_ids: list[int], actor: Actor) -> set[int]:
    """Of companies that a person may read the names of no lead of, those of which they may know that there is one."""
    query = select(Lead).where(Lead.investor_id.in_(company_ids), Lead.merged_into_id.is_(None))
    leads = db.session.scalars(query) if company_ids else ()
    return {x.investor_id or 0 for x in leads if policy.can(policy.towards_lead(actor, x), "lead", "read_card")}


def _above(company: Company) -> list[Company]:
    """The parents, the one at the top first."""
    line: list[Company] = []
    here = company
    while here.parent_id is not None:
        here = db.session.get_one(Company, here.parent_id)
        if here is company or here in line:
            break
        line.insert(0, here)
    return line


def _member(company: Company, leads: tuple[SeenLead, ...] | None, depth: int) -> Member:
    return Member(depth, masked=1) if leads is None else Member(depth, company, leads)


def _side(some: list[Company], seen: dict[int, tuple[SeenLead, ...] | None], depth: int) -> tuple[list[Member], int]:
    """The lines of some companies, those that may not be known as one line behind them; and how many are left out."""
    named = [_member(one, seen[one.id], depth) for one in some if seen[one.id] is not None]
    masked = len(some) - len(named)
    veil = [Member(depth, masked=masked)] if masked else []
    return [*named[:SHOWN], *veil], max(0, len(named) - SHOWN)


def candidates(typed: str, company: Company, *, actor: Actor) -> list[Company]:
    """Companies that may be meant by the name of a parent, surest first. Raises ParentMasked when it surely is one that this
    person may not know of.
    """
    found = hits.hits_for(Subject((typed,)), actor=actor)
    if found.masked:
        raise ParentMasked
    return [one for one in dict.fromkeys(hit.company for hit in found.shown) if one.id != company.id][:6]
