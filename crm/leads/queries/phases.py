"""Phases and expansions: the family of a lead, as it counts and as somebody may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload

from crm.core.db import db, one_of
from crm.core.errors import NotFound
from crm.leads.models import Lead, LeadPhase
from crm.leads.rules.phases import Basis, Node, PhaseKind, Sums
from crm.policy import rules as policy
from crm.policy.rules import Actor

_LIVE = LeadPhase.ended_at.is_(None)


def has_family(lead_ids: Iterable[int]) -> bool:
    """Whether any of these leads is a phase or expansion, or has one."""
    ids = list(lead_ids)
    of_any = or_(LeadPhase.lead_id.in_(ids), LeadPhase.parent_id.in_(ids))
    return bool(db.session.scalar(select(exists().where(_LIVE, of_any))))


def links(lead_ids: Iterable[int], *, upward: bool) -> list[LeadPhase]:
    """The live relations in which these leads are the lower (upward) or the upper side."""
    column = LeadPhase.lead_id if upward else LeadPhase.parent_id
    query = select(LeadPhase).where(_LIVE, one_of(column, lead_ids))
    return list(db.session.scalars(query.order_by(LeadPhase.number, LeadPhase.id)))


def family(lead_id: int) -> list[LeadPhase]:
    """The live relations of a lead's whole family, from the uppermost down."""
    top, seen = lead_id, {lead_id}
    while (above := links([top], upward=True)) and above[0].parent_id not in seen:
        top = above[0].parent_id
        seen.add(top)
    found: list[LeadPhase] = []
    storey = [top]
    while storey:
        rows = [row for row in links(storey, upward=False) if row not in found]
        found += rows
        storey = [row.lead_id for row in rows]
    return found


def family_ids(lead_id: int) -> list[int]:
    """The leads of a family, in a settled order."""
    return sorted({lead_id, *(id_ for row in family(lead_id) for id_ in (row.lead_id, row.parent_id))})


def nodes_of(lead_ids: Sequence[int]) -> list[Node]:
    """These leads as the counting sees them, with the sums as they say them themselves, converted."""
    above = {row.lead_id: row for row in links(lead_ids, upward=True)}
    query = select(Lead.id, Lead.total_cny, Lead.less_cny, Lead.contracted_usd, Lead.less_usd).where(one_of(Lead.id, lead_ids))
    found = []
    for id_, cny, less_cny, usd, less_usd in db.session.execute(query.order_by(Lead.id)):
        stated = Sums(None if cny is None else cny + (less_cny or 0), None if usd is None else usd + (less_usd or 0))
        row = above.get(id_)
        if row is None:
            found.append(Node(id_, stated))
        else:
            found.append(Node(id_, stated, row.parent_id, PhaseKind(row.kind), row.number, Basis(row.basis)))
    return found


def by_public_id(public_id: str) -> LeadPhase:
    """The relation named in a URL; NotFound. The caller asks the policy about the lead."""
    found = db.session.scalar(select(LeadPhase).where(LeadPhase.public_id == public_id))
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Branch:
    """A lead of the family as a reader sees it. `link`: its relation to the one above (None: there is none in their sight). Sums
    (fen, cents) as they count and as the lead says them: None without the right.
    """

    depth: int
    lead: Lead
    link: LeadPhase | None
    here: bool
    detail: bool
    counted: Sums | None
    stated: Sums | None
    may_end: bool


def tree_of(lead: Lead, actor: Actor) -> list[Branch]:
    """The family of a lead from the uppermost down, without what the reader sees no names of: of such a one nothing is told, not
    even that it is there. Empty for a lead that stands alone.
    """
    rows = family(lead.id)
    if not rows:
        return []
    ids = {id_ for row in rows for id_ in (row.lead_id, row.parent_id)}
    query = select(Lead).where(Lead.id.in_(ids)).options(joinedload(Lead.investor), joinedload(Lead.following_unit))
    leads = {one.id: one for one in db.session.scalars(query)}
    seen = {id_ for id_, one in leads.items() if policy.can(policy.towards_lead(actor, one), "lead", "read_names")}
    above = {row.lead_id: row for row in rows}
    top = next(iter(ids - above.keys()), lead.id)
    found: list[Branch] = []
    _walk(top, 0, rows, above, leads, seen, found, lead, actor)
    return found


def _walk(
    id_: int, depth: int, rows: list[LeadPhase], above: dict[int, LeadPhase], leads: dict[int, Lead], seen: set[int],
    found: list[Branch], here: Lead, actor: Actor,
) -> None:  # fmt: skip
    """This lead where it is seen, then those below it; what is out of sight has no storey of its own."""
    if id_ in seen:
        link = above.get(id_)
        found.append(_branch(leads[id_], depth, link if link is not None and link.parent_id in seen else None, here, actor))
    for row in rows:
        if row.parent_id == id_:
            _walk(row.lead_id, depth + (id_ in seen), rows, above, leads, seen, found, here, actor)


def _branch(one: Lead, depth: int, link: LeadPhase | None, here: Lead, actor: Actor) -> Branch:
    stands = policy.towards_lead(actor, one)
    amounts = policy.can(stands, "lead", "read_amounts")
    stated = Sums(
        None if one.total_cny is None else one.total_cny + (one.less_cny or 0),
        None if one.contracted_usd is None else one.contracted_usd + (one.less_usd or 0),
    )
    return Branch(
        depth, one, link, one.id == here.id, policy.can(stands, "lead", "read_detail"),
        Sums(one.total_cny, one.contracted_usd) if amounts else None, stated if amounts else None,
        link is not None and policy.can(stands, "phase", "set"),
    )  # fmt: skip


def candidates(lead: Lead, actor: Actor) -> list[Lead]:
    """Other leads of the same investor below which this one may be put by this person: what a page offers first."""
    if lead.investor_id is None:
        return []
    query = select(Lead).where(Lead.investor_id == lead.investor_id, Lead.id != lead.id, Lead.merged_into_id.is_(None))
    found = db.session.scalars(query.order_by(Lead.registered_at, Lead.id).limit(50))
    return [one for one in found if policy.can(policy.towards_lead(actor, one), "phase", "set")]


def by_number(number: str, actor: Actor) -> Lead | None:
    """The lead of a number, for somebody who may put others below it; None for what they may not, or what is not there."""
    one = db.session.scalar(select(Lead).where(Lead.number == number.strip().upper(), Lead.merged_into_id.is_(None)))
    return one if one is not None and policy.can(policy.towards_lead(actor, one), "phase", "set") else None
