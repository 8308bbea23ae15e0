"""Evidence: what the board holds about a lead, by unit and in the order of time. Nothing is typed here, it is read off.

Each fact says when, who, of which unit and how far it is evidenced; what was said, with whom, and the names of files only for
those who read the lead itself.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from crm.accounts.models import User
from crm.claims.models import Claim, ClaimEvent
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
    its kind (a stage, how well a first report was evidenced); `count` things attached; `text` for those who read the lead; `by`
    and `who`: the person, if one acted; `proves`: of a piece of evidence its type.
    """

    number: int
    kind: FactKind
    on: date
    stamp: datetime
    unit_id: int
    by: int | None
    level: FactLevel
    more: str = ""
    count: int = 0
    text: str = ""
    who: str = ""
    proves: str = ""


def evidence_of(leads: Sequence[tuple[int, Lead, bool]]) -> list[Fact]:
    """The facts about leads, earliest first; with each lead its number in the dispute, and whether its working detail may be
    read. The caller has asked the policy for the evidence of each.
    """
    found = _claims({lead.id: number for number, lead, _detail in leads})
    for number, lead, detail in leads:
        found += _registrations(number, lead)
        found += _work(number, lead, detail=detail)
    return sorted(_named(found), key=lambda fact: (fact.on, fact.stamp))


def _named(facts: list[Fact]) -> list[Fact]:
    """The same with the names of those who acted, and their unit where a fact has none of its own."""
    ids = {fact.by for fact in facts if fact.by is not None}
    people = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(ids)))} if ids else {}
    return [
        replace(fact, who=user.name, unit_id=fact.unit_id or user.unit_id) if (user := people.get(fact.by or 0)) else fact
        for fact in facts
    ]


def _registrations(number: int, lead: Lead) -> list[Fact]:
    at, by = lead.registered_at, lead.registered_by_id
    found = [Fact(number, FactKind.REGISTERED, clock.city_day(at), at, lead.registered_unit_id, by, FactLevel.RECORDED)]
    for report in access.second_reports_of(lead.id):
        at, by = report.reported_at, report.reported_by_id
        found.append(Fact(number, FactKind.REPORTED, clock.city_day(at), at, report.unit_id, by, FactLevel.RECORDED))
    for row in access.assessments_of(lead.id):
        if row.outcome == Outcome.ADMITTED:
            at, by = row.assessed_at, row.assessed_by_id
            found.append(Fact(number, FactKind.ASSESSED, clock.city_day(at), at, 0, by, FactLevel.RECORDED))
    return found


def _claims(numbers: dict[int, int]) -> list[Fact]:
    """First reports of these leads (by their ids, with their numbers in the dispute), and what was done about them."""
    found = []
    for claim in db.session.scalars(select(Claim).where(Claim.lead_id.in_(numbers)).order_by(Claim.id)):
        level, at = claim.evidenced, claim.granted_at
        found.append(
            Fact(
                numbers[claim.lead_id], FactKind.CLAIMED, clock.city_day(at), at, claim.unit_id, claim.user_id, FactLevel.PROVED,
                more=level.value, count=claim.evidence_count,
            )
        )  # fmt: skip
    query = select(ClaimEvent).where(ClaimEvent.lead_id.in_(numbers), ClaimEvent.kind.in_(sorted(_ACTS)))
    for event in db.session.scalars(query.order_by(ClaimEvent.id)):
        number, kind = numbers[event.lead_id], _ACTS[event.kind]
        found.append(Fact(number, kind, event.on_date, event.at, 0, event.by_id, FactLevel.RECORDED))
    return found


def _work(number: int, lead: Lead, *, detail: bool) -> list[Fact]:
    """Progress that names a counterpart, files, and the signing."""
    stored = files.of_lead(lead.id)
    proofs = Counter(file.interaction_id for file in stored if file.interaction_id is not None)
    found = []
    for row in visits.of_lead(lead.id, limit=None):
        if not (row.whom or "").strip():
            continue
        level = FactLevel.PROVED if proofs[row.id] else FactLevel.NAMED
        text = f"{row.whom}　{row.text}" if detail else ""
        found.append(
            Fact(
                number, FactKind.PROGRESS, row.on_date, row.entered_at, row.unit_id, row.entered_by_id, level, more=row.kind,
                count=proofs[row.id], text=text,
            )
        )  # fmt: skip
    for file in stored:
        if file.interaction_id is None:
            at, text = file.stored_at, file.name if detail else ""
            found.append(
                Fact(
                    number,
                    FactKind.FILE,
                    clock.city_day(at),
                    at,
                    0,
                    file.stored_by_id,
                    FactLevel.PROVED,
                    more=file.purpose,
                    text=text,
                    proves=file.evidence_type or "",
                )
            )
    for change in pipeline.changes_of(lead.id):
        if change.to_stage in SIGNED_STAGES:
            on, at, by = change.on_date, change.entered_at, change.entered_by_id
            found.append(Fact(number, FactKind.SIGNED, on, at, 0, by, FactLevel.RECORDED, more=change.to_stage))
    return found
