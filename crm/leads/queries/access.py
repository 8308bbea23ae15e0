"""Finding one lead as somebody may see it, and what of it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from crm.companies.models import Company
from crm.core.db import db
from crm.core.errors import Moved, NotFound
from crm.files import queries as files
from crm.leads.models import Assessment as AssessmentRow
from crm.leads.models import FieldChange, Lead, SecondReport
from crm.leads.rules.lead import SIGNED_STAGES
from crm.policy import rules as policy
from crm.policy.rules import Actor, Role


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """What of a lead decides about rights, read as columns."""

    owner_id: int | None
    registered_by_id: int
    following_unit_path: str
    signed: bool


def standing(lead_id: int, actor: Actor) -> policy.Standing:
    """How somebody stands to a lead, by its id; an empty standing when there is none."""
    columns = select(Lead.owner_id, Lead.registered_by_id, Lead.following_unit_path, Lead.stage)
    row = db.session.execute(columns.where(Lead.id == lead_id)).first()
    if row is None:
        return policy.Standing()
    return policy.towards_lead(actor, LeadFacts(row[0], row[1], row[2], row[3] in SIGNED_STAGES))


files.guard_with(standing)


def in_own_sight(actor: Actor) -> ColumnElement[bool]:
    """SQL: leads whose working detail this person reads (the list's 本单位 scope). Everything for the city's people."""
    if actor.role in (Role.COORDINATOR, Role.LEADER):
        return true()
    return or_(
        Lead.following_unit_path.startswith(actor.unit_path, autoescape=True),
        Lead.owner_id == actor.user_id,
        Lead.following_unit_path.in_(_above(actor.unit_path)),
    )


def names_in_sight(actor: Actor) -> ColumnElement[bool]:
    """SQL: leads whose investor and unit this person may read: one's own sight, what one registered, and all signed ones."""
    if actor.role in (Role.COORDINATOR, Role.LEADER):
        return true()
    return or_(in_own_sight(actor), Lead.registered_by_id == actor.user_id, Lead.stage.in_(sorted(SIGNED_STAGES)))


def _above(path: str) -> list[str]:
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:n]) + "/" for n in range(1, len(parts))] or [path]


def staying(lead: Lead) -> Lead:
    """The lead that stays of those merged with this one; itself when it was not merged away."""
    while lead.merged_into_id is not None:
        lead = db.session.get_one(Lead, lead.merged_into_id)
    return lead


def _there(lead: Lead | None, actor: Actor) -> Lead:
    """The lead when it is there. One that was merged away raises Moved for those who may read where it went, else NotFound."""
    if lead is None:
        raise NotFound
    if lead.merged_into_id is not None:
        stays = staying(lead)
        policy.require(policy.towards_lead(actor, stays), "lead", "read_detail", seen_by="none")
        raise Moved(to=stays.public_id, name=stays.number)
    return lead


def merged_into(lead_id: int) -> list[Lead]:
    """All leads that were merged into this one, directly or along a chain."""
    found: list[Lead] = []
    ids = [lead_id]
    while ids:
        more = list(db.session.scalars(select(Lead).where(Lead.merged_into_id.in_(ids)).order_by(Lead.id)))
        found, ids = found + more, [lead.id for lead in more]
    return found


def visible_lead(public_id: str, *, actor: Actor, action: str = "read_detail") -> Lead:
    """The lead named in a URL when this person may do `action` to it; NotFound, or Forbidden when only the card is theirs."""
    lead = db.session.scalar(
        select(Lead)
        .where(Lead.public_id == public_id)
        .options(
            joinedload(Lead.investor).selectinload(Company.names),
            joinedload(Lead.following_unit, innerjoin=True),
            joinedload(Lead.owner),
            selectinload(Lead.clusters),
            selectinload(Lead.districts),
        )
    )
    lead = _there(lead, actor)
    seen_by = "read_detail" if action != "read_detail" else "none"
    policy.require(policy.towards_lead(actor, lead), "lead", action, seen_by=seen_by)
    return lead


def locked_lead(public_id: str, *, actor: Actor, action: str) -> Lead:
    """The lead for a change, locked until the transaction ends (FOR UPDATE on PostgreSQL)."""
    lead = db.session.scalar(
        select(Lead).where(Lead.public_id == public_id).with_for_update(of=Lead).execution_options(populate_existing=True)
    )
    lead = _there(lead, actor)
    policy.require(policy.towards_lead(actor, lead), "lead", action, seen_by="read_detail")
    return lead


def hold_lead(lead: Lead) -> Lead:
    """Let nobody merge the lead away until this transaction ends; the one that stays, when somebody just did."""
    while True:
        held = select(Lead).where(Lead.id == lead.id).with_for_update(read=True, key_share=True, of=Lead)
        lead = db.session.scalars(held.execution_options(populate_existing=True)).one()
        if lead.merged_into_id is None:
            return lead
        lead = staying(lead)


def changes_of(lead_id: int, *, limit: int = 200) -> list[FieldChange]:
    """Edited fields, newest first."""
    query = select(FieldChange).where(FieldChange.lead_id == lead_id).options(joinedload(FieldChange.changed_by))
    return list(db.session.scalars(query.order_by(FieldChange.changed_at.desc(), FieldChange.id.desc()).limit(limit)))


def assessments_of(lead_id: int) -> list[AssessmentRow]:
    """研判 outcomes, newest first."""
    query = select(AssessmentRow).where(AssessmentRow.lead_id == lead_id).options(joinedload(AssessmentRow.assessed_by))
    return list(db.session.scalars(query.order_by(AssessmentRow.id.desc())))


def second_reports_of(lead_id: int) -> list[SecondReport]:
    """Who else registered it, earliest first."""
    query = select(SecondReport).where(SecondReport.lead_id == lead_id)
    return list(db.session.scalars(query.order_by(SecondReport.reported_at, SecondReport.id)))
