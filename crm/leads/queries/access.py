"""Finding one lead as somebody may see it, and what of it."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from crm.accounts.models import User
from crm.audit import services as audit
from crm.core import clock
from crm.core.db import among, db, is_sqlite, known, one_of
from crm.core.errors import Moved, NotFound
from crm.files import queries as files
from crm.leads.models import Assessment as AssessmentRow
from crm.leads.models import FieldChange, Lead, SecondReport
from crm.leads.rules.lead import SIGNED_STAGES
from crm.notifications import queries as notifications
from crm.notifications.queries import Called
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, Role
from crm.sharing import queries as sharing
from crm.sharing.rules import read_seal, read_shares


class LeadFacts(NamedTuple):
    """What of a lead decides about rights, read as columns."""

    owner_id: int | None
    registered_by_id: int
    following_unit_path: str
    signed: bool
    sealed: bool = False
    shares: Sequence[policy.ShareLike] = ()


def standing(lead_id: int, actor: Actor) -> policy.Standing:
    """How somebody stands to a lead, by its id; an empty standing when there is none."""
    lead = db.session.get(Lead, lead_id)
    return policy.Standing() if lead is None else policy.towards_lead(actor, staying(lead))


files.guard_with(standing)


def names_today(public_ids: set[str], actor: Actor) -> dict[str, Called]:
    """What the leads named in what was written down are called for this person today. One that was merged away is called, and
    hidden, as the one that stays.
    """
    query = select(Lead).where(Lead.public_id.in_(public_ids)).options(joinedload(Lead.investor))
    called: dict[str, Called] = {}
    for lead in db.session.scalars(query) if public_ids else ():
        stays = staying(lead)
        stands = policy.towards_lead(actor, stays)
        if policy.can(stands, "lead", "read_names"):
            called[lead.public_id] = Called(None, f"{stays.number} {stays.display_name or stays.title}")
        else:
            called[lead.public_id] = Called((stays.code_name or "") if policy.can(stands, "lead", "read_card") else "", "")
    return called


def names_hidden(public_ids: set[str], actor: Actor) -> dict[str, str]:
    """Of those leads, the ones whose names this person may not read (any more): a code name or nothing instead."""
    return {lead: one.hidden for lead, one in names_today(public_ids, actor).items() if one.hidden is not None}


notifications.guard_with(names_today)


def led_by(actor: Actor) -> ColumnElement[bool]:
    """SQL: leads of this person's desk: those that they lead, and those of the people whose desk they do today."""
    return Lead.owner_id.in_([actor.user_id, *sorted(actor.desks)]) if actor.desks else Lead.owner_id == actor.user_id


def acted_for(lead: Lead | int, actor: Actor) -> str:
    """The name of the colleague whose desk somebody does, of a lead of that desk; empty for a lead of their own or another's."""
    found = lead if isinstance(lead, Lead) else db.session.get(Lead, lead)
    if found is None or found.owner_id not in actor.desks:
        return ""
    owner = db.session.get(User, found.owner_id)
    return owner.name if owner is not None else ""


audit.desk_with(acted_for)


def _followed(actor: Actor) -> ColumnElement[bool]:
    """SQL: leads that the unit, or one above or below it, or a task force follows, and those that this person leads."""
    found = or_(
        Lead.following_unit_path.startswith(actor.unit_path, autoescape=True),
        led_by(actor),
        Lead.following_unit_path.in_(_above(actor.unit_path)),
    )
    return or_(found, Lead.following_unit_id.in_(sorted(actor.task_forces))) if actor.task_forces else found


# Built once: every list asks it.
_SEALED = select(
    Lead.id, Lead.owner_id, Lead.registered_by_id, Lead.following_unit_path, Lead.stage, Lead.share_text, Lead.seal_text
).where(Lead.id.in_(sharing.SEALED_IDS))  # fmt: skip


def _open_to(actor: Actor, action: str = "read_names") -> ColumnElement[bool]:
    """SQL: not those leads that go by a code name and of which the policy denies this person `action`. Code names are few (each
    unit has a quota): they are read once a request, and a list asks by their ids alone, which stand in every index.
    """
    closed = [lead_id for lead_id, stands, _code in _sealed_leads(actor) if not policy.can(stands, "lead", action)]
    return Lead.id.not_in(closed) if closed else true()


def code_named(term: str, actor: Actor) -> list[int]:
    """The leads whose code name, which this person may read, has `term` in it: in an office they are called by nothing else."""
    found = [(lead_id, code) for lead_id, stands, code in _sealed_leads(actor) if policy.can(stands, "lead", "read_card")]
    return [lead_id for lead_id, code in found if term and term.casefold() in (code or "").casefold()]


def _sealed_leads(actor: Actor) -> list[tuple[int, policy.Standing, str | None]]:
    """The leads that go by a code name today, how somebody stands to each, and the code name."""
    today = clock.today()

    def read() -> list[tuple[int, policy.Standing, str | None]]:
        rows = db.session.execute(_SEALED, {"today": today})
        return [
            (
                id_,
                policy.towards_lead(actor, LeadFacts(owner, by, path, stage in SIGNED_STAGES, True, read_shares(text, today))),
                read_seal(seal, today),
            )
            for id_, owner, by, path, stage, text, seal in rows
        ]

    return known(f"leads.sealed.{actor.user_id}", read)


def sealed_among(public_ids: Collection[str]) -> list[int]:
    """Of some leads those that go by a code name today, by their keys."""
    sealed = sealed_ids()
    query = select(Lead.id, Lead.public_id).where(one_of(Lead.id, sealed))  # few: not all of a list is asked for by name
    return sorted(lead_id for lead_id, public_id in db.session.execute(query) if public_id in public_ids) if sealed else []


def sealed_ids() -> list[int]:
    """The leads that go by a code name today; they are few, and read once a request."""
    today = clock.today()
    return known("leads.sealed", lambda: sorted(db.session.scalars(sharing.SEALED_IDS, {"today": today})))


def of_own_unit(actor: Actor) -> ColumnElement[bool]:
    """SQL: leads of this person's own work (the list's 本单位 scope): what the unit, or one above or below it, follows, and what
    they lead. What goes by a code name only for those who have to do with it. Everything for the coordinator.
    """
    if actor.role is Role.COORDINATOR:
        return true()
    opened = _open_to(actor, "read_detail")
    return opened if actor.role is Role.LEADER else and_(_followed(actor), opened)


def in_own_sight(actor: Actor) -> ColumnElement[bool]:
    """SQL: leads whose working detail this person reads: their own work, and what is shared with them that far."""
    if actor.city_wide:
        return of_own_unit(actor)
    return or_(of_own_unit(actor), sharing.shared_with(actor, Lead.id, detail=True))


def claims_in_sight(actor: Actor) -> ColumnElement[bool]:
    """SQL: leads whose first report's clock this person reads, of those whose names they read: what is in their own sight, and
    what they registered.
    """
    if actor.city_wide:
        return of_own_unit(actor)
    return or_(in_own_sight(actor), and_(Lead.registered_by_id == actor.user_id, _open_to(actor)))


def disputes_in_sight(actor: Actor) -> ColumnElement[bool]:
    """SQL: leads of which this person may read that they are disputed: who leads it, who manages its unit, who reads the city."""
    if actor.role not in WORKS_IN_A_UNIT:
        return true() if actor.city_wide else false()
    mine = led_by(actor)
    return or_(mine, Lead.following_unit_path.startswith(actor.unit_path)) if actor.role is Role.DISTRICT_MANAGER else mine


def names_in_sight(actor: Actor) -> ColumnElement[bool]:
    """SQL: leads whose investor and unit this person may read: one's own work, what is shared with one, and, unless they go by a
    code name, what one registered and all signed ones.
    """
    if actor.city_wide:
        return of_own_unit(actor)
    known_of = or_(Lead.stage.in_(sorted(SIGNED_STAGES)), _followed(actor), Lead.registered_by_id == actor.user_id)
    return and_(or_(known_of, sharing.shared_with(actor, Lead.id)), _open_to(actor))


def cards_in_sight(actor: Actor) -> ColumnElement[bool]:
    """SQL: leads of which this person sees at least a card without names: all but those that go by a code name and do not concern
    them. A leader and the first reporter see the code name.
    """
    return true() if actor.city_wide else _open_to(actor, "read_card")


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


@cache
def _merged_into(*, sqlite: bool) -> Select[Lead]:
    return select(Lead).where(among(Lead.merged_into_id, "ids", sqlite=sqlite)).order_by(Lead.id)


def merged_into(lead_id: int) -> list[Lead]:
    """All leads that were merged into this one, directly or along a chain."""
    found: list[Lead] = []
    ids = [lead_id]
    while ids:
        more = list(db.session.scalars(_merged_into(sqlite=is_sqlite()), {"ids": ids}))
        found, ids = found + more, [lead.id for lead in more]
    return found


@cache
def _whole() -> Select[Lead]:
    """A lead with what every page about it names. Built once; of its owner no page asks for the unit."""
    return (
        select(Lead)
        .where(Lead.public_id == bindparam("public_id"))
        .options(
            joinedload(Lead.investor),
            joinedload(Lead.following_unit, innerjoin=True),
            joinedload(Lead.owner).lazyload(User.unit),
            selectinload(Lead.clusters),
            selectinload(Lead.districts),
        )
    )


def visible_lead(public_id: str, *, actor: Actor, action: str = "read_detail") -> Lead:
    """The lead named in a URL when this person may do `action` to it; NotFound, or Forbidden when only the card is theirs."""
    lead = _there(db.session.scalar(_whole(), {"public_id": public_id}), actor)
    seen_by = "read_detail" if action != "read_detail" else "none"
    policy.require(policy.towards_lead(actor, lead), "lead", action, seen_by=seen_by)
    return lead


def locked_lead(public_id: str, *, actor: Actor, action: str) -> Lead:
    """The lead for a change, locked until the transaction ends (FOR UPDATE on PostgreSQL)."""
    lead = db.session.scalar(
        select(Lead).where(Lead.public_id == public_id).with_for_update(of=Lead).execution_options(populate_existing=True)
    )
    lead = _there(lead, actor)
    shares_afresh(lead)
    policy.require(policy.towards_lead(actor, lead), "lead", action, seen_by="read_detail")
    return lead


def any_lead(public_id: str, *, actor: Actor) -> Lead:
    """The lead named in a URL, for a room that asks rows of its own about it; NotFound, Moved like the others."""
    return _there(db.session.scalar(select(Lead).where(Lead.public_id == public_id)), actor)


def lead_of(lead_id: int) -> Lead:
    """The lead of a record that a room or page holds, as it is now; it asks the policy itself."""
    return staying(db.session.get_one(Lead, lead_id))


def locked_for_room(lead_id: int) -> Lead:
    """The lead of a record that a room above holds, locked for a change. The room asks its own rows, and what became of it."""
    query = select(Lead).where(Lead.id == lead_id).with_for_update(of=Lead).execution_options(populate_existing=True)
    lead = db.session.scalars(query).one()
    shares_afresh(lead)
    return lead


def shares_afresh(*leads: Lead) -> None:
    """Have the shares and code names of leads that were just locked read again: what the locking statement brought along is from
    before it waited.
    """
    for lead in leads:
        db.session.expire(lead, ["share_text", "seal_text"])


@cache
def _held() -> Select[Lead]:
    """A lead that nobody may merge away. Put together once: whoever registers it again waits here for the others."""
    held = select(Lead).where(Lead.id == bindparam("id")).with_for_update(read=True, key_share=True, of=Lead)
    return held.execution_options(populate_existing=True)


def hold_lead(lead: Lead) -> Lead:
    """Let nobody merge the lead away until this transaction ends; the one that stays, when somebody just did."""
    while True:
        lead = db.session.scalars(_held(), {"id": lead.id}).one()
        if lead.merged_into_id is None:
            shares_afresh(lead)
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
