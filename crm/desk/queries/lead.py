"""A lead's page: what most leads have none of is asked for once, and only what is there is read."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm.attributes import set_committed_value

from crm.accounts import queries as accounts
from crm.claims import queries as claims
from crm.claims.models import Claim, ClaimEvent
from crm.claims.rules.line import line_of
from crm.companies import queries as companies
from crm.companies.models import Company, CompanyNote, Contact
from crm.core import clock
from crm.core.db import rows_of_columns
from crm.credit import queries as credit
from crm.credit.models import CreditLine
from crm.desk.queries.groups import group_on_page
from crm.disputes import queries as disputes
from crm.disputes.models import Dispute
from crm.events import queries as events
from crm.events.models import EventLink
from crm.files import queries as files
from crm.files.models import StoredFile
from crm.funds import queries as funds
from crm.leads.models import Assessment, CoordinationMatter, FieldChange, Lead, LeadParty, LeadPhase, SecondReport
from crm.leads.queries import access, coordination, phases
from crm.leads.queries.evidenced import evidenced_of
from crm.leads.rules.lead import STAGE_DAY, Stage
from crm.matters import queries as matters
from crm.matters.models import Matter
from crm.merging import queries as merging
from crm.merging.models import Merge
from crm.money import queries as money
from crm.money.models import Receipt
from crm.pipeline import queries as pipeline
from crm.pipeline.models import ExpectedDate, GateOverride, Milestone, StageChange, StatusChange
from crm.policy import rules as policy
from crm.policy.rules import Actor, Role
from crm.readings.models import Reading
from crm.sharing import queries as sharing
from crm.sharing.models import LeadSeal, ShareRequest
from crm.supervision import queries as supervision
from crm.supervision.models import Delegation, Instruction, LeadSponsor
from crm.transfers import queries as transfers
from crm.transfers.models import OpenOffer, Transfer
from crm.units import queries as units
from crm.visits import queries as visits
from crm.visits.models import Interaction


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a lead's timeline: when, what kind, who, and the row it is drawn from (of a correction the new and the old)."""

    on: date
    entered: datetime
    kind: str
    row: Any

    @property
    def days(self) -> tuple[date, date] | None:
        """From which day to which, where a stage's day changed."""
        if self.kind != "change" or not self.row.field.startswith(STAGE_DAY):
            return None
        return date.fromisoformat(self.row.old), date.fromisoformat(self.row.new)


# What most leads have none of: one statement says which of it there is, and only that is read.
_THERE = {
    "progress": exists().where(Interaction.lead_id == bindparam("lead")),
    "stage": exists().where(StageChange.lead_id == bindparam("lead")),
    "assessment": exists().where(Assessment.lead_id == bindparam("lead")),
    "change": exists().where(FieldChange.lead_id == bindparam("lead")),
    "report": exists().where(SecondReport.lead_id == bindparam("lead")),
    "party": exists().where(LeadParty.lead_id == bindparam("lead")),
    "matter_met": exists().where(CoordinationMatter.lead_id == bindparam("lead")),
    "claim": exists().where(Claim.lead_id == bindparam("lead")),
    "claim_event": exists().where(ClaimEvent.lead_id == bindparam("lead")),
    "contact": exists().where(Contact.lead_id == bindparam("lead")),
    "file": exists().where(StoredFile.lead_id == bindparam("lead")),
    "request": exists().where(ShareRequest.lead_id == bindparam("lead"), ShareRequest.state == "open"),
    "seal": exists().where(LeadSeal.lead_id == bindparam("lead"), LeadSeal.ended_at.is_(None)),
    "merge": exists().where(
        Merge.undone_at.is_(None),
        ((Merge.kind == "lead") & (Merge.keep_id == bindparam("lead")))
        | ((Merge.kind == "contact") & Merge.keep_id.in_(select(Contact.id).where(Contact.lead_id == bindparam("lead"))))
        | ((Merge.kind == "company") & (Merge.keep_id == bindparam("company"))),
    ),
    "reading": exists().where(Reading.lead_id == bindparam("lead")),
    "note": exists().where(CompanyNote.company_id == bindparam("company")),
    "credit": exists().where(CreditLine.lead_id == bindparam("lead")),
    "transfer": exists().where(Transfer.lead_id == bindparam("lead")),
    "card": exists().where(OpenOffer.lead_id == bindparam("lead"), OpenOffer.state == "open"),
    "dispute": exists().where((Dispute.lead_id == bindparam("lead")) | (Dispute.other_lead_id == bindparam("lead"))),
    "matter": exists().where(Matter.lead_id == bindparam("lead")),
    "instruction": exists().where(Instruction.lead_id == bindparam("lead")),
    "sponsor": exists().where(LeadSponsor.lead_id == bindparam("lead"), LeadSponsor.ended_at.is_(None)),
    "delegation": exists().where(Delegation.delegate_id == bindparam("actor"), Delegation.ended_at.is_(None)),
    "milestone": exists().where(Milestone.lead_id == bindparam("lead")),
    "override": exists().where(GateOverride.lead_id == bindparam("lead")),
    "phase": exists().where(
        LeadPhase.ended_at.is_(None),
        (LeadPhase.lead_id == bindparam("lead")) | (LeadPhase.parent_id == bindparam("lead")),
    ),
    "event": exists().where(EventLink.lead_id == bindparam("lead"), EventLink.ended_at.is_(None)),
    "expected": exists().where(ExpectedDate.lead_id == bindparam("lead")),
    "status": exists().where(StatusChange.lead_id == bindparam("lead")),
    "receipt": exists().where(Receipt.lead_id == bindparam("lead")),
    "daughter": exists().where(Company.parent_id == bindparam("company"), Company.merged_into_id.is_(None)),
}
_WHAT = select(*_THERE.values())


def what_is_there(lead: Lead, actor: Actor) -> set[str]:
    """Which kinds of rows hang on a lead and its investor (and whether the reader ever acts for a leader): words of `_THERE`."""
    found = rows_of_columns(_WHAT, {"lead": lead.id, "company": lead.investor_id, "actor": actor.user_id}).one()
    return {kind for kind, any_ in zip(_THERE, found, strict=True) if any_}


def timeline(lead: Lead, changes: list[StageChange], there: set[str], stones: list[Milestone]) -> list[Event]:
    """Everything that happened on a lead, newest first: progress, stages, corrections of milestones (of `stones`, all of the
    lead's), assessments, edits, registration. The caller has asked for the detail, which is what a timeline holds, and which of
    it is `there`.
    """
    progress = visits.of_lead(lead.id) if "progress" in there else []
    assessed = access.assessments_of(lead.id) if "assessment" in there else []
    edits = access.changes_of(lead.id) if "change" in there else []
    events = [Event(r.on_date, r.entered_at, "progress", r) for r in progress]
    events += [Event(r.on_date, r.entered_at, "stage", r) for r in changes]
    by_id = {row.id: row for row in stones}
    mended = [(row, by_id[row.replaces_id]) for row in stones if row.replaces_id in by_id]
    at = [row.confirmed_at or row.entered_at for row, _old in mended]
    events += [Event(clock.city_day(when), when, "corrected", both) for when, both in zip(at, mended, strict=True)]
    events += [Event(clock.city_day(r.assessed_at), r.assessed_at, "assessment", r) for r in assessed]
    events += [Event(clock.city_day(r.changed_at), r.changed_at, "change", r) for r in edits]
    events.append(Event(clock.city_day(lead.registered_at), lead.registered_at, "registered", lead))
    return sorted(events, key=lambda e: (e.on, e.entered), reverse=True)


def stage_steps(lead: Lead, changes: list[StageChange]) -> list[dict[str, Any]]:
    """The five stages for the path: past, now or future, and since when."""
    reached = {row.to_stage: row.on_date for row in reversed(changes)}
    reached.setdefault(Stage.LEAD, clock.city_day(lead.registered_at))
    reached[Stage(lead.stage)] = lead.stage_since
    now = list(Stage).index(Stage(lead.stage))
    return [
        {"stage": stage, "state": "past" if i < now else "now" if i == now else "future", "on": reached.get(stage)}
        for i, stage in enumerate(Stage)
    ]


def lead_page(lead: Lead, actor: Actor) -> dict[str, Any]:
    """All that a lead's page shows, cut by the policy."""
    standing = policy.towards_lead(actor, lead)
    may = {
        f"{record}.{action}": policy.can(standing, record, action)
        for record, action in (
            ("lead", "edit"), ("lead", "tag"), ("lead", "move_stage"), ("lead", "write_progress"), ("lead", "assess"),
            ("lead", "assign"),
            ("contact", "read_masked"), ("contact", "reveal"), ("contact", "edit"), ("company", "edit"),
            ("file", "read"), ("file", "add"), ("claim", "read"), ("claim", "extend"), ("claim", "notice"), ("claim", "release"),
            ("merge", "do"), ("share", "read"), ("share", "give"), ("share", "answer"), ("share", "end"),
            ("seal", "read"), ("seal", "ask"), ("seal", "consent"), ("seal", "end"), ("reading", "list"), ("matter", "raise"),
            ("credit", "read"), ("credit", "write"), ("transfer", "offer"), ("transfer", "assign"),
            ("milestone", "enter"), ("milestone", "correct"), ("lead", "pause"), ("expected", "set"), ("phase", "set"),
            ("lead_event", "set"),
            ("receipt", "read"), ("receipt", "add"), ("receipt", "correct"), ("sponsor", "set"), ("brief", "take"),
        )
    }  # fmt: skip
    there = what_is_there(lead, actor)
    stored = files.of_lead(lead.id) if may["file.read"] and "file" in there else []
    changes = pipeline.changes_of(lead.id) if "stage" in there else []
    seen = there if policy.can(standing, "expected", "read") else there - {"expected"}
    nodes = pipeline.on_page(lead, seen) if policy.can(standing, "milestone", "read") else None
    if "party" not in there:
        set_committed_value(lead, "parties", [])
    return {
        "may_here": may,
        "was_read": "reading" in there,
        "events": timeline(lead, changes, there, [*nodes.rows, *nodes.past] if nodes else []),
        "steps": stage_steps(lead, changes),
        "phases": phases.tree_of(lead, actor) if "phase" in there and policy.can(standing, "phase", "read") else [],
        "event_links": events.live_of(lead.id) if "event" in there and policy.can(standing, "lead_event", "read") else {},
        "nodes": nodes,
        "contacts": companies.contacts_of(lead.id) if may["contact.read_masked"] and "contact" in there else [],
        "stored_files": stored,
        "files_by_progress": {f.interaction_id: [g for g in stored if g.interaction_id == f.interaction_id] for f in stored},
        **claim_of(lead, there, may_read=may["claim.read"]),
        "reports": access.second_reports_of(lead.id) if "report" in there else [],
        "company_notes": companies.notes_of(lead.investor_id) if lead.investor_id is not None and "note" in there else [],
        "merges": merging.merges_about(lead) if may["merge.do"] and "merge" in there else [],
        "ledger": money.ledger_of(lead) if may["receipt.read"] and "receipt" in there else None,
        "first_funds": _first_funds(lead) if may["receipt.read"] and {"receipt", "milestone"} <= there else {},
        **shares_on_page(lead, may, there),
        **_hands(lead, actor, may, there),
        **_quarrels(lead, actor, there),
        **_supervised(lead, actor, there),
        **_matters(lead, actor, there),
        **group_on_page(lead, actor, there),
    }


def _first_funds(lead: Lead) -> dict[int, str]:
    """By the arrivals that are a milestone of first funds, that milestone's public id."""
    return {link.receipt_id: link.milestone.public_id for link in funds.links_of(lead.id)}


def shares_on_page(lead: Lead, may: dict[str, bool], there: set[str]) -> dict[str, Any]:
    """Who else has the lead, what waits for an answer, and its code name with the request for one."""
    seal = sharing.live_seal(lead.id) if "seal" in there and (may["seal.ask"] or lead.sealed) else None
    return {
        "shares": sharing.shares_of([lead.id]).get(lead.id, []) if may["share.read"] and lead.shares else [],
        "share_requests": sharing.open_requests([lead.id]) if may["share.give"] and "request" in there else [],
        "seal": seal if seal is not None and seal.until >= clock.today() else None,
    }


def _hands(lead: Lead, actor: Actor, may: dict[str, bool], there: set[str]) -> dict[str, Any]:
    """Who is credited with the lead's results, its transfers, its open card."""
    rows = credit.lines_of(lead.id) if "credit" in there and may["credit.read"] else []
    return {
        "attribution": credit.attribution_of(rows, lead.following_unit, clock.today()) if may["credit.read"] else None,
        "transfers": transfers.of_lead(lead, actor) if "transfer" in there else [],
        "open_card": transfers.open_card(lead.id) if "card" in there and may["transfer.offer"] else None,
    }


def _quarrels(lead: Lead, actor: Actor, there: set[str]) -> dict[str, Any]:
    """Disputes about the lead, whether one may be opened, matters raised for it."""
    others = lead.disputed_on is None and ("report" in there or lead.registered_unit_id != lead.following_unit_id)
    return {
        "disputes": disputes.of_lead(lead, actor) if there & {"dispute", "merge"} else [],
        "may_dispute": others and policy.can(disputes.may_open(actor, lead), "dispute", "open"),
        "raised": matters.of_lead(lead, actor) if "matter" in there else [],
    }


def _supervised(lead: Lead, actor: Actor, there: set[str]) -> dict[str, Any]:
    """What leaders instructed about it, which of them sponsor it, and whether the reader may speak for one."""
    speaks = actor.role is Role.LEADER or "delegation" in there
    gives = speaks and lead.status != "ended" and bool(supervision.in_whose_name(actor))
    return {
        "instructions": supervision.of_lead(lead, actor) if "instruction" in there else [],
        "sponsors": supervision.sponsors_of(lead.id) if "sponsor" in there else [],
        "gives_instruction": gives,
    }


def claim_of(lead: Lead, there: set[str], *, may_read: bool) -> dict[str, Any]:
    """A lead's first report: its clock, its line in time, the rules behind it, who holds it for life, what was done to it."""
    if not may_read:
        return {"claim": None, "clock": None, "line": None, "story": None}
    now = clock.now()
    assessed = lead.origin != "form" or lead.admitted_at is not None or lead.assessed_at is not None
    there_is = bool(there & {"claim", "claim_event"})
    story = claims.story_of(lead.id, lead.registered_at, assessed=assessed, rests=lead.rests, now=now, there=there_is)
    found: dict[str, Any] = {"claim": story.live, "clock": story.clock, "line": None, "story": story}
    if story.clock is not None:
        found["line"] = line_of(story.clock, story.progress, clock.city_day(now))
    if story.live is not None:
        holder = accounts.by_id(story.live.user_id)
        found |= {
            "claim_rules": claims.rules_of(story.live), "claim_unit": units.by_id(story.live.unit_id),
            "holder": holder.name if holder else "", "evidenced": story.live.evidenced,
            "evidenced_since": evidenced_of([lead.id])[lead.id] if story.clock and story.clock.marks.provisional else None,
        }  # fmt: skip
    return found


def coordination_of(lead: Lead, actor: Actor, there: set[str]) -> list[CoordinationMatter]:
    """What the lead raised for the coordinators, for those who may read that."""
    if "matter_met" not in there or not policy.may(actor, "coordination", "list"):
        return []
    found = coordination.matters_of(lead.id)
    return [m for m in found if policy.can(policy.towards_lead(actor, m.other), "lead", "read_names")]


def _matters(lead: Lead, actor: Actor, there: set[str]) -> dict[str, Any]:
    """The matters, which of the leads they name are protected (a first report covers the investor and its group), and the second
    reports that ask the city to coordinate.
    """
    met = coordination_of(lead, actor, there)
    others = [matter.other_lead_id for matter in met]
    may_list = "report" in there and policy.may(actor, "coordination", "list")
    return {
        "matters": met, "protected": set(claims.live_for_all(others)) if others else set(),
        "asked_city": coordination.asked_of(lead.id) if may_list else [],
    }  # fmt: skip


def peek(lead: Lead, actor: Actor) -> dict[str, Any]:
    """What stands beside the list: the path, the two latest entries of progress, what may be done from there."""
    standing = policy.towards_lead(actor, lead)
    may = {f"lead.{action}": policy.can(standing, "lead", action) for action in ("move_stage", "write_progress", "assign")}
    stones = pipeline.milestones_of(lead.id) if policy.can(standing, "milestone", "read") else []
    return {
        "may_here": may, "steps": stage_steps(lead, pipeline.changes_of(lead.id)), "latest": visits.of_lead(lead.id)[:2],
        "contract": pipeline.confirmed_of(lead, stones),
    }  # fmt: skip
