"""Evidence: what the board holds about a lead, by unit and in the order of time. Nothing is typed here, it is read off.

Each fact says when, who, of which unit and how far it is evidenced; what was said, with whom, and the names of files only for
those who read the lead itself.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from crm.accounts.models import User
from crm.claims.models import Claim, ClaimEvent
from crm.claims.rules import evidence_level
from crm.core import clock
from crm.core.db import db
from crm.disputes.rules import FactKind, FactLevel
from crm.files import queries as files
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import SIGNED_STAGES, Outcome
from crm.pipeline import queries as pipeline
from crm.visits import queries as visits

_ACTS = {"extended": FactKind.EXTENDED, "noticed": FactKind.NOTICED, "released": FactKind.RELEASED}


@dataclass(frozen=True, slots=True)
class Fact:
    """One piece of evidence. `number`: of which of the dispute's leads; `stamp`: when it came onto the board; `more`: a word of
    its kind (a stage, how well a first report was evidenced); `count` things attached; `text` for those who read the lead.
    """

    number: int
    kind: FactKind
    on: date
    stamp: datetime
    unit_id: int
    who: str
    level: FactLevel
    more: str = ""
    count: int = 0
    text: str = ""


def evidence_of(leads: Sequence[tuple[int, Lead, bool]]) -> list[Fact]:
    """The facts about leads, earliest first; with each lead its number in the dispute, and whether its working detail may be
    read. The caller has asked the policy for the evidence of each.
    """
    found: list[Fact] = []
    for number, lead, detail in leads:
        people = _People()
        found += _registrations(number, lead, people)
        found += _claims(number, lead, people)
        found += _work(number, lead, people, detail=detail)
    return sorted(found, key=lambda fact: (fact.on, fact.stamp))


class _People:
    """Names and units of people, each read once."""

    def __init__(self) -> None:
        self._known: dict[int, User | None] = {}

    def __call__(self, user_id: int | None) -> tuple[str, int]:
        """Name and unit; nobody for an act without a person."""
        if user_id is None:
            return "", 0
        if user_id not in self._known:
            self._known[user_id] = db.session.get(User, user_id)
        user = self._known[user_id]
        return (user.name, user.unit_id) if user else ("", 0)


def _registrations(number: int, lead: Lead, people: _People) -> list[Fact]:
    who, _unit = people(lead.registered_by_id)
    at = lead.registered_at
    found = [
        Fact(number, FactKind.REGISTERED, clock.city_day(at), at, lead.registered_unit_id, who, FactLevel.RECORDED),
    ]
    for report in access.second_reports_of(lead.id):
        who, _unit = people(report.reported_by_id)
        at = report.reported_at
        found.append(Fact(number, FactKind.REPORTED, clock.city_day(at), at, report.unit_id, who, FactLevel.RECORDED))
    for row in access.assessments_of(lead.id):
        if row.outcome == Outcome.ADMITTED:
            who, unit = people(row.assessed_by_id)
            at = row.assessed_at
            found.append(Fact(number, FactKind.ASSESSED, clock.city_day(at), at, unit, who, FactLevel.RECORDED))
    return found


def _claims(number: int, lead: Lead, people: _People) -> list[Fact]:
    found = []
    for claim in db.session.scalars(select(Claim).where(Claim.lead_id == lead.id).order_by(Claim.id)):
        who, _unit = people(claim.user_id)
        level, at = evidence_level(claim.evidence_count), claim.granted_at
        found.append(
            Fact(
                number, FactKind.CLAIMED, clock.city_day(at), at, claim.unit_id, who, FactLevel.PROVED, more=level.value,
                count=claim.evidence_count,
            )
        )  # fmt: skip
    query = select(ClaimEvent).where(ClaimEvent.lead_id == lead.id, ClaimEvent.kind.in_(sorted(_ACTS)))
    for event in db.session.scalars(query.order_by(ClaimEvent.id)):
        who, unit = people(event.by_id)
        found.append(Fact(number, _ACTS[event.kind], event.on_date, event.at, unit, who, FactLevel.RECORDED))
    return found


def _work(number: int, lead: Lead, people: _People, *, detail: bool) -> list[Fact]:
    """Progress that names a counterpart, files, and the signing."""
    stored = files.of_lead(lead.id)
    proofs = Counter(file.interaction_id for file in stored if file.interaction_id is not None)
    found = []
    for row in visits.of_lead(lead.id, limit=None):
        if not (row.whom or "").strip():
            continue
        who, _unit = people(row.entered_by_id)
        level = FactLevel.PROVED if proofs[row.id] else FactLevel.NAMED
        text = f"{row.whom}　{row.text}" if detail else ""
        found.append(
            Fact(
                number, FactKind.PROGRESS, row.on_date, row.entered_at, row.unit_id, who, level, more=row.kind,
                count=proofs[row.id], text=text,
            )
        )  # fmt: skip
    for file in stored:
        if file.interaction_id is None:
            who, unit = people(file.stored_by_id)
            at, text = file.stored_at, file.name if detail else ""
            found.append(
                Fact(number, FactKind.FILE, clock.city_day(at), at, unit, who, FactLevel.PROVED, more=file.purpose, text=text)
            )
    for change in pipeline.changes_of(lead.id):
        if change.to_stage in SIGNED_STAGES:
            who, unit = people(change.entered_by_id)
            on, at, stage = change.on_date, change.entered_at, change.to_stage
            found.append(Fact(number, FactKind.SIGNED, on, at, unit, who, FactLevel.RECORDED, more=stage))
    return found
