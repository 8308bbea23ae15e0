"""A lead that may pass its gates: the facts filled in, the milestones there with a file each."""

import hashlib
from datetime import date, timedelta

from crm.clusters import queries as clusters
from crm.core import clock
from crm.core.db import db
from crm.core.money import Money
from crm.files.models import StoredFile
from crm.leads.models import Lead, LeadCluster
from crm.leads.rules.lead import STAGES, Stage
from crm.pipeline.models import Milestone, MilestoneFile
from crm.pipeline.rules import Kind, shipped
from tests.builders.acting import builder
from tests.builders.people import someone


@builder
def put_milestone(
    lead: Lead, kind: Kind, on: date | None = None, *, by: str = "officer.nanshan", state: str = "reported",
    amount: Money | None = None, proof: bool = True, **changed: object,
) -> Milestone:  # fmt: skip
    """A milestone as a row, whatever the rules say of it."""
    user, now = someone(by), clock.now()
    row = Milestone(
        lead_id=lead.id, kind=kind, on_date=on or clock.today(), amount=amount.amount if amount else None,
        currency=amount.currency if amount else None, entered_by_id=user.id, entered_unit_id=user.unit_id, entered_at=now,
        state=state, rules_version=shipped().version,
        due_on=clock.today() + timedelta(days=3) if state in ("reported", "reviewed") else None, **changed,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    if proof:
        name = f"{lead.number}-{kind.value}.pdf"
        file = StoredFile(
            name=name, kind="pdf", size=10, sha256=hashlib.sha256(name.encode()).hexdigest(), purpose="evidence", lead_id=lead.id,
            stored_by_id=user.id, stored_at=now,
        )  # fmt: skip
        db.session.add(file)
        db.session.flush()
        db.session.add(MilestoneFile(milestone_id=row.id, file_id=file.id))
        db.session.flush()
    return row


@builder
def fill_in(lead: Lead, project_type: str = "building") -> Lead:
    """The facts that gates ask for."""
    row = db.session.get_one(Lead, lead.id)
    row.project_type = project_type
    if row.contracted_amount is None:
        row.contracted_amount, row.contracted_currency, row.contracted_usd = 8_000_000_00, "USD", 8_000_000_00
    if not row.clusters:
        user = someone()
        cluster = next(one for one in clusters.labels().values() if one.is_current)
        db.session.add(LeadCluster(lead_id=row.id, cluster_id=cluster.id, rank=0, tagged_by_id=user.id, tagged_at=clock.now()))
    db.session.flush()
    db.session.expire(row, ["clusters"])
    return row


@builder
def make_ready(lead: Lead, to: Stage, on: date | None = None, project_type: str = "building") -> Lead:
    """All that the gates up to a stage need, as of a day."""
    row = fill_in(lead, project_type)
    kind = next(one for one in shipped().paths if one == project_type)
    for gate in shipped().between(kind, STAGES[0], to):
        for need in gate.needs:
            there = db.session.query(Milestone).filter_by(lead_id=row.id).all()
            if need.milestones and not {one.kind for one in there} & set(need.milestones):
                put_milestone(row, need.milestones[0], on)
    return row
