"""研判: is it worth pursuing? 入库, 补充材料 or 不予入库; the first admission with evidence grants the first report."""

from datetime import datetime

from crm.audit import services as audit
from crm.claims import queries as claim_queries
from crm.claims import services as claims
from crm.claims.models import GoLiveSide
from crm.core import clock
from crm.core.db import db
from crm.leads.models import Assessment, Lead, SecondReport
from crm.leads.queries import access
from crm.leads.queries.evidenced import brought_by, weighed
from crm.leads.rules.lead import Outcome, ReasonNeeded
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor


def assess_lead(public_id: str, outcome: Outcome, reason: str, *, city: str, actor: Actor, now: datetime) -> Assessment:
    """Store the outcome and tell the owner. Raises ReasonNeeded unless admitted.

    Admission makes the lead a project whose sums count. It grants a claim when the lead was registered by hand and has as many
    pieces of evidence as the rules need, of types that they accept (one from before there were types counts as it did then).
    Imports never create protection, but for those of an open go-live window, when all units bring their histories: a provisional
    one, for the unit whose list it was. A lead that gave way in a go-live conflict is granted none, one whose conflict waits none
    until it is settled. Where a first report was released, only a coordinator's admission grants another, which counts from that
    moment: a release is not undone by assessing once more.
    """
    lead = access.locked_lead(public_id, actor=actor, action="assess")
    if outcome is not Outcome.ADMITTED and not reason.strip():
        raise ReasonNeeded(outcome=outcome.value)
    row = _outcome_noted(lead, outcome, reason, actor, now)
    if outcome is Outcome.ADMITTED:
        grant_first_report(lead, city=city, actor=actor, now=now)
    db.session.flush()
    _told(lead, outcome, reason, actor, now)
    return row


def admit_new(lead: Lead, *, actor: Actor, now: datetime) -> None:
    """Admit a lead that this unit of work has just written from a list: nothing was filed with it, so it gets no first report.

    Raises Forbidden for who may not assess it. It is stored by the next flush.
    """
    policy.require(policy.towards_lead(actor, lead), "lead", "assess", seen_by="read_detail")
    _outcome_noted(lead, Outcome.ADMITTED, "", actor, now)
    _told(lead, Outcome.ADMITTED, "", actor, now)


def _outcome_noted(lead: Lead, outcome: Outcome, reason: str, actor: Actor, now: datetime) -> Assessment:
    row = Assessment(lead_id=lead.id, outcome=outcome, reason=reason or None, assessed_by_id=actor.user_id, assessed_at=now)
    db.session.add(row)
    lead.assessment, lead.assessed_at, lead.touched_at = outcome, now, now
    if outcome is Outcome.ADMITTED:
        lead.admitted_at = lead.admitted_at or now
    return row


def _told(lead: Lead, outcome: Outcome, reason: str, actor: Actor, now: datetime) -> None:
    facts = {"outcome": outcome.value, "reason": reason}
    audit.record("lead.assessed", subject=("lead", lead), facts=facts, actor=actor, now=now)
    _tell(lead, outcome, reason, actor, now)


def grant_first_report(lead: Lead, *, city: str, actor: Actor, now: datetime, counts_from: datetime | None = None) -> None:
    """Grant an admitted lead its first report where it has none and the rules allow one; it counts back to the registration, but
    for one that was released, and one that counts from another moment. Call with the lead locked.
    """
    today = clock.city_day(now)
    found = weighed(lead.id, today)
    if found.accepted < claim_queries.force_on(today).settings.evidence_needed or claim_queries.live_for(lead.id) is not None:
        return
    decided = claim_queries.decided_for(lead.id)
    if (decided is not None and decided.lead_id != lead.id) or claim_queries.unsettled_of_leads([lead.id]):
        return
    if lead.origin != "form":
        window = claim_queries.open_window(now)
        if window is None or lead.registered_at < window.begins_at:
            return
    released = any(claim.state == "released" for claim in claim_queries.past_of(lead.id))
    if released and not policy.may(actor, "claim", "release"):
        return
    unit_id, user_id = holder_of(lead, decided)
    claim = claims.grant_claim(
        lead_id=lead.id, unit_id=unit_id, user_id=user_id, counts_from=now if released else counts_from or lead.registered_at,
        evidence_count=found.accepted, evidenced=found.level, city=city, actor=actor, now=now,
        total_cny=lead.total_cny, contracted_usd=lead.contracted_usd,
    )  # fmt: skip
    facts = {"number": lead.number, "name": lead.display_name or lead.title, "claim": claim.number}
    people = {lead.registered_by_id, lead.owner_id or lead.registered_by_id}
    notifications.notify(people, "claim.granted", subject=("lead", lead.public_id), facts=facts, actor=actor, now=now)


def holder_of(lead: Lead, decided: GoLiveSide | None) -> tuple[int, int]:
    """The unit and person who are to hold the first report: who registered it; of an imported lead the unit whose list it was and
    its owner; after a go-live conflict those whom it was decided for.
    """
    if decided is not None and decided.report_id is not None:
        report = db.session.get_one(SecondReport, decided.report_id)
        return decided.unit_id, report.reported_by_id
    if lead.origin == "form":
        return lead.registered_unit_id, lead.registered_by_id
    return brought_by([lead])[lead.id], lead.owner_id or lead.registered_by_id


def _tell(lead: Lead, outcome: Outcome, reason: str, actor: Actor, now: datetime) -> None:
    facts = {"number": lead.number, "name": lead.display_name or lead.title, "outcome": outcome.value}
    people = {lead.registered_by_id, lead.owner_id or lead.registered_by_id}
    code = "lead.assessed"
    if outcome is not Outcome.ADMITTED:
        code, facts["why"] = "lead.sent_back", reason.strip()
    notifications.notify(people, code, subject=("lead", lead.public_id), facts=facts, actor=actor, now=now)
