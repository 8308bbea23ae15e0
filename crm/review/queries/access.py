"""Who sees which pair, and what of its two companies."""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from crm.companies.models import Company, Contact
from crm.core.db import db, known
from crm.core.errors import NotFound
from crm.leads.models import Lead
from crm.leads.queries.access import in_own_sight
from crm.matching.rules import Verdict
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.review.models import ReviewPair
from crm.review.rules import may_decide_same


@dataclass(frozen=True, slots=True)
class Side:
    """One company of a pair as somebody may see it. `masked`: it has leads, and he may read the names of none."""

    company: Company
    leads: tuple[Lead, ...] = ()
    readable: tuple[Lead, ...] = ()
    sums: tuple[Lead, ...] = ()
    known: int = 0

    @property
    def masked(self) -> bool:
        """Whether nothing of it is shown."""
        return bool(self.leads) and not self.readable

    @property
    def hidden(self) -> int:
        """How many of its leads are not shown, of those that he may know of."""
        return self.known - len(self.readable)

    @property
    def money(self) -> int:
        """The sum of the leads whose amounts he may read, in fen."""
        return sum(lead.total_cny or 0 for lead in self.sums)


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do with a pair: say related, different or later; say same; or only propose it."""

    decide: bool
    same: bool
    propose: bool
    units: frozenset[int] = field(default_factory=frozenset)


def in_sight(actor: Actor) -> ColumnElement[bool]:
    """SQL: pairs that concern this person: all for the city's people, else one company has a lead in their own sight.

    A unit learns of a record that it may not read only where the matching calls the two the same, as when a name is typed.
    """
    if actor.city_wide:
        return true()
    mine = select(Lead.investor_id).where(Lead.investor_id.is_not(None), in_own_sight(actor))
    return (ReviewPair.verdict == Verdict.SAME) & or_(ReviewPair.a_id.in_(mine), ReviewPair.b_id.in_(mine))


def visible_pair(public_id: str, *, actor: Actor, locked: bool = False) -> ReviewPair:
    """The pair named in a URL, when it concerns this person; NotFound."""
    policy.require(policy.of_role(actor), "review", "list")
    query = select(ReviewPair).where(ReviewPair.public_id == public_id, in_sight(actor))
    if locked:
        query = query.with_for_update(of=ReviewPair).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def sides(company_ids: set[int], *, actor: Actor) -> dict[int, Side]:
    """Companies with their leads, earliest first, cut to what this person may see; read once a request."""
    kept: dict[int, Side] = known(f"review.sides.{actor.user_id}", dict)
    missing = company_ids - kept.keys()
    if missing:
        kept |= _read_sides(missing, actor)
    return {company_id: kept[company_id] for company_id in company_ids if company_id in kept}


def _read_sides(company_ids: set[int], actor: Actor) -> dict[int, Side]:
    query = select(Company).where(Company.id.in_(company_ids))
    companies = db.session.scalars(query.options(selectinload(Company.names), selectinload(Company.identifiers)))
    leads: dict[int, list[Lead]] = defaultdict(list)
    found = select(Lead).where(Lead.investor_id.in_(company_ids), Lead.merged_into_id.is_(None))
    found = found.options(joinedload(Lead.following_unit, innerjoin=True))
    for lead in db.session.scalars(found.order_by(Lead.registered_at, Lead.id)):
        leads[lead.investor_id or 0].append(lead)
    return {company.id: _cut(company, leads[company.id], actor) for company in companies}


def _cut(company: Company, leads: list[Lead], actor: Actor) -> Side:
    stands = {lead.id: policy.towards_lead(actor, lead) for lead in leads}
    readable = tuple(lead for lead in leads if policy.can(stands[lead.id], "lead", "read_names"))
    sums = tuple(lead for lead in leads if policy.can(stands[lead.id], "lead", "read_amounts"))
    known = sum(policy.can(stands[lead.id], "lead", "read_card") for lead in leads)
    return Side(company, tuple(leads), readable, sums, known)


def rights(a: Side, b: Side, *, actor: Actor) -> Rights:
    """What this person may do with the pair. Nobody judges what he cannot read: there he may only propose."""
    units = frozenset(lead.following_unit_id for side in (a, b) for lead in side.leads)
    if not policy.may(actor, "review", "decide"):
        return Rights(False, False, False, units)
    seen = not (a.masked or b.masked)
    merges, between = policy.may(actor, "review", "merge"), policy.may(actor, "review", "merge_between")
    same = seen and may_decide_same(units, merges=merges, between=between)
    return Rights(seen, same, not same, units)


def contacts_of(lead_ids: list[int]) -> dict[int, list[Contact]]:
    """The contacts known through leads, by lead; the caller asks the policy for each."""
    found: dict[int, list[Contact]] = defaultdict(list)
    query = select(Contact).where(Contact.lead_id.in_(lead_ids), Contact.merged_into_id.is_(None)).order_by(Contact.id)
    for contact in db.session.scalars(query) if lead_ids else ():
        found[contact.lead_id or 0].append(contact)
    return found
