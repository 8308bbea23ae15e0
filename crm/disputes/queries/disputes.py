"""The disputes themselves, as somebody may see them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import joinedload

from crm.core import clock
from crm.core.db import db
from crm.core.errors import NotFound
from crm.disputes.models import Dispute, DisputeDecision, DisputeSide, DisputeStep
from crm.disputes.queries.standing import over, staffed, stands
from crm.disputes.rules import LIVE, DisputeState
from crm.leads.models import Lead, SecondReport
from crm.leads.queries import access
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, Role, Standing, in_one_line
from crm.sharing import queries as sharing
from crm.units import queries as units
from crm.units.models import Unit
from crm.units.rules import UnitKind

SIZE = 50


@dataclass(frozen=True, slots=True)
class Seen:
    """A dispute as somebody sees it, with its leads and how they stand to each. `stated`: their unit has said something."""

    dispute: Dispute
    leads: list[Lead]
    standings: list[Standing]
    today: date
    stated: bool = False

    @property
    def standing(self) -> Standing:
        """Towards the dispute: by any of its leads."""
        return over(self.standings)

    def names(self, number: int) -> bool:
        """Whether the names of a lead may be read."""
        return policy.can(self.standings[number], "lead", "read_names")

    def detail(self, number: int) -> bool:
        """Whether a lead has a page for them."""
        return policy.can(self.standings[number], "lead", "read_detail")

    def code(self, number: int) -> str | None:
        """The code name that they may read instead."""
        seen = policy.can(self.standings[number], "lead", "read_card")
        return self.leads[number].code_name if seen else None

    @property
    def live(self) -> bool:
        """Whether something is still to be decided."""
        return self.dispute.state in LIVE

    @property
    def due_on(self) -> date:
        """Until when."""
        review = self.dispute.review_due_on if self.dispute.state == DisputeState.UNDER_REVIEW else None
        return review or self.dispute.due_on

    @property
    def over(self) -> bool:
        """Whether its day is past."""
        return self.live and self.today > self.due_on

    def evidence(self, number: int) -> bool:
        """Whether the evidence about a lead is theirs to read: while there is, or was, something to decide."""
        closed = self.dispute.state == DisputeState.WITHDRAWN
        return not closed and policy.can(self.standings[number], "dispute", "read_evidence")

    @property
    def reads_texts(self) -> bool:
        """Whether what people wrote is theirs to read: it may be about any of the leads."""
        return all(policy.can(one, "dispute", "read_evidence") for one in self.standings)

    @property
    def states(self) -> bool:
        """Whether they may make a statement."""
        return self.live and policy.can(self.standing, "dispute", "state")

    @property
    def mine(self) -> bool:
        """Whether their unit is asked for a statement, and has not made one."""
        return self.states and not self.stated

    @property
    def withdraws(self) -> bool:
        """Whether they may take it back."""
        return self.dispute.state == DisputeState.OPEN and policy.can(self.standing, "dispute", "withdraw")

    @property
    def decides(self) -> bool:
        """Whether the decision that is due is theirs."""
        if self.dispute.state == DisputeState.OPEN:
            return policy.can(self.standing, "dispute", "decide")
        return self.dispute.state == DisputeState.UNDER_REVIEW and policy.can(self.standing, "dispute", "review")

    @property
    def asks_review(self) -> bool:
        """Whether they may ask the headquarters for a review."""
        until = self.dispute.review_until
        in_time = self.dispute.state == DisputeState.DECIDED and until is not None and self.today <= until
        return in_time and policy.can(self.standing, "dispute", "ask_review")


def by_public_id(public_id: str) -> Dispute:
    """The dispute named in a URL; NotFound. The caller asks the policy."""
    found = db.session.scalar(select(Dispute).where(Dispute.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def visible_dispute(public_id: str, *, actor: Actor) -> Seen:
    """The dispute when it concerns this person; NotFound."""
    found = _seen([by_public_id(public_id)], actor)[0]
    policy.require(found.standing, "dispute", "read", seen_by="none")
    return found


def of_lead(lead: Lead, actor: Actor) -> list[Seen]:
    """The disputes about a lead, or one merged into it, that this person may read, newest first."""
    rows = db.session.scalars(select(Dispute).where(_about([lead])).order_by(Dispute.id.desc()).limit(10))
    return _readable(list(rows), actor)


def _readable(rows: list[Dispute], actor: Actor) -> list[Seen]:
    return [one for one in _seen(rows, actor) if policy.can(one.standing, "dispute", "read")]


def _seen(rows: list[Dispute], actor: Actor) -> list[Seen]:
    ids = {lead_id for row in rows for lead_id in row.lead_ids}
    query = select(Lead).where(Lead.id.in_(ids)).options(joinedload(Lead.investor), joinedload(Lead.following_unit))
    leads = {lead.id: lead for lead in db.session.scalars(query)} if ids else {}
    said = _said([row.id for row in rows], actor)
    found = []
    for row in rows:
        mine = list(dict.fromkeys(access.staying(leads[lead_id]) for lead_id in row.lead_ids))
        found.append(Seen(row, mine, [stands(actor, row, lead) for lead in mine], clock.today(), row.id in said))
    return found


def _said(ids: list[int], actor: Actor) -> set[int]:
    """In which of these disputes a person's unit has said something."""
    if not ids or actor.role not in WORKS_IN_A_UNIT:
        return set()
    query = select(DisputeStep.dispute_id).where(
        DisputeStep.dispute_id.in_(ids), DisputeStep.unit_id.in_(units.in_line_with(actor))
    )
    return set(db.session.scalars(query))


def _concerns(actor: Actor) -> ColumnElement[bool]:
    """SQL: disputes to which somebody may have a word to say; the policy decides about each."""
    where = or_(_side(actor), Dispute.opened_by_id == actor.user_id)
    if units.at_headquarters(actor):
        where = or_(where, Dispute.state.in_([DisputeState.UNDER_REVIEW, DisputeState.FINAL]))
    return where


def _side(actor: Actor) -> ColumnElement[bool]:
    return exists().where(DisputeSide.dispute_id == Dispute.id, DisputeSide.unit_id.in_(units.in_line_with(actor)))


def inbox(actor: Actor) -> dict[str, list[Seen]]:
    """to_decide: the decision is theirs. mine: their statement is asked for. open: others that are open. decided: the rest."""
    everything = policy.may(actor, "dispute", "decide") or actor.city_wide
    where = [] if everything else [_concerns(actor)]
    live = Dispute.state.in_(LIVE)
    open_ = select(Dispute).where(live, *where).order_by(Dispute.due_on, Dispute.id).limit(2 * SIZE)
    past = select(Dispute).where(~live, *where).order_by(Dispute.id.desc()).limit(SIZE)
    waiting = _readable(list(db.session.scalars(open_)), actor)
    return {
        "to_decide": [one for one in waiting if one.decides],
        "mine": [one for one in waiting if one.mine and not one.decides],
        "open_ones": [one for one in waiting if not one.mine and not one.decides],
        "decided": _readable(list(db.session.scalars(past)), actor),
    }


def waiting(actor: Actor) -> ScalarSelect[int]:
    """SQL: how many disputes wait for this person, as the inbox says: to be decided, or for their unit's statement."""
    return select(func.count()).select_from(Dispute).where(_waits(actor)).scalar_subquery()


def _waits(actor: Actor) -> ColumnElement[bool]:
    review = Dispute.state == DisputeState.UNDER_REVIEW
    if policy.may(actor, "dispute", "decide"):
        return or_(Dispute.state == DisputeState.OPEN, and_(review, ~staffed()))
    if actor.role not in WORKS_IN_A_UNIT:
        return false()
    said = exists().where(DisputeStep.dispute_id == Dispute.id, DisputeStep.unit_id.in_(units.in_line_with(actor)))
    mine = Dispute.opened_by_id == actor.user_id
    mine = or_(mine, _side(actor) if actor.role is Role.DISTRICT_MANAGER else and_(_side(actor), _open_to(actor)))
    headquarters = (Unit.kind == UnitKind.HEADQUARTERS) & Unit.retired_on.is_(None)
    above = exists().where(Unit.id.in_(sorted(policy.units_of(actor))), headquarters)
    return or_(and_(Dispute.state.in_(LIVE), mine, ~said), and_(review, above))


def _open_to(actor: Actor) -> ColumnElement[bool]:
    """SQL: not all leads of the dispute go by a code name before this officer."""
    sealed = sharing.SEALED_IDS.params(today=clock.today())
    about = or_(Lead.id == Dispute.lead_id, Lead.id == Dispute.other_lead_id)
    return exists().where(about, or_(access.led_by(actor), Lead.id.not_in(sealed)))


def count_live(today: date) -> tuple[int, int]:
    """How many disputes of the city are open or under review, and how many of them past their day."""
    due = case((Dispute.state == DisputeState.UNDER_REVIEW, Dispute.review_due_on), else_=Dispute.due_on)
    number, late = db.session.execute(select(func.count(), func.count().filter(due < today)).where(Dispute.state.in_(LIVE))).one()
    return number, late


def waiting_for(actor: Actor) -> int:
    """The same, asked."""
    return db.session.scalar(select(waiting(actor))) or 0


def steps_of(dispute_id: int) -> list[DisputeStep]:
    """What was said and done, in order."""
    query = select(DisputeStep).where(DisputeStep.dispute_id == dispute_id).order_by(DisputeStep.id)
    return list(db.session.scalars(query))


def decisions_of(dispute_id: int) -> list[DisputeDecision]:
    """The decisions, the first one first."""
    query = select(DisputeDecision).where(DisputeDecision.dispute_id == dispute_id).order_by(DisputeDecision.id)
    return list(db.session.scalars(query))


def to_remind_of(until: date) -> list[int]:
    """Ids of disputes that are to be decided by a day."""
    due = case((Dispute.state == DisputeState.UNDER_REVIEW, Dispute.review_due_on), else_=Dispute.due_on)
    return list(db.session.scalars(select(Dispute.id).where(Dispute.state.in_(LIVE), due <= until).order_by(Dispute.id)))


def decision_of(dispute_id: int, stage: str) -> DisputeDecision | None:
    """One of them."""
    query = select(DisputeDecision).where(DisputeDecision.dispute_id == dispute_id, DisputeDecision.stage == stage)
    return db.session.scalar(query)


def lately_decided(leads: list[Lead], today: date) -> Dispute | None:
    """A dispute about one of these leads, or one merged into it, whose decision may still be reviewed."""
    query = select(Dispute).where(_about(leads), Dispute.state == DisputeState.DECIDED, Dispute.review_until >= today)
    return db.session.scalar(query.limit(1))


def finally_decided(leads: list[Lead], sides: set[int]) -> Dispute | None:
    """A reviewed dispute about one of these leads, or one merged into it, in which all these units were sides."""
    finals = db.session.scalars(select(Dispute).where(_about(leads), Dispute.state == DisputeState.FINAL))
    return next((one for one in finals if sides <= {side.unit_id for side in one.sides}), None)


def _about(leads: list[Lead]) -> ColumnElement[bool]:
    ids = [one.id for lead in leads for one in (lead, *access.merged_into(lead.id))]
    return or_(Dispute.lead_id.in_(ids), Dispute.other_lead_id.in_(ids))


def reviewed(actor: Actor) -> list[Seen]:
    """Disputes under review, the nearest day first, then those reviewed, the latest first: for the headquarters' page, cut for
    this person.
    """
    states = [DisputeState.UNDER_REVIEW, DisputeState.FINAL]
    where = [] if policy.may(actor, "dispute", "decide") or actor.city_wide else [_concerns(actor)]
    query = select(Dispute).where(Dispute.state.in_(states), *where)
    due = case((Dispute.state == DisputeState.UNDER_REVIEW, Dispute.review_due_on))
    order = (Dispute.state.desc(), due, Dispute.closed_at.desc(), Dispute.id.desc())
    return _readable(list(db.session.scalars(query.order_by(*order).limit(SIZE))), actor)


def reported_by(actor: Actor, *, limit: int = 10) -> list[SecondReport]:
    """What a person's unit registered again, newest first: a lead that they may not read is disputed by these."""
    if actor.role not in WORKS_IN_A_UNIT:
        return []
    query = select(SecondReport).where(SecondReport.unit_id == actor.unit_id).order_by(SecondReport.id.desc()).limit(limit)
    return [row for row in db.session.scalars(query) if in_one_line(actor.unit_path, units.by_id(row.unit_id).path)]


def _of_unit(unit: Unit) -> Select[int]:
    side = select(DisputeSide.dispute_id).where(DisputeSide.unit_id == unit.id)
    return select(func.count()).where(Dispute.id.in_(side), Dispute.state.in_(LIVE))


units.hanging_on.add(disputes=_of_unit)
