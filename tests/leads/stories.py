"""What the stories of leads need: the verbs, as somebody."""

from dataclasses import replace

from sqlalchemy import select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.money import Money
from crm.files import services as files
from crm.leads import services
from crm.leads.rules.lead import (
    SIGNED_STAGES,
    Decisions,
    HitDecision,
    LeadEdit,
    Outcome,
    Source,
)
from crm.leads.services.log import Logged
from crm.notifications.models import Notification
from crm.pipeline import services as pipeline
from crm.policy.rules import Actor
from crm.units.models import Unit
from tests.builders import actor, make_ready, new_lead, someone

FIRM = "Kestovar Robotics GmbH"
AGAIN = "KESTOVAR  Robotics G.m.b.H."
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"


def register(name=FIRM, decisions=None, by="officer.nanshan", **changed) -> Logged:
    who = actor(by) if isinstance(by, str) else by
    new = new_lead(investor=name, **changed) if name else replace(new_lead(**changed), investor=None, title="a plant")
    with unit_of_work():
        return services.log_lead(
            new, decisions or Decisions(), unit=db.session.get_one(Unit, who.unit_id), city="SZ",
            actor=who, now=clock.now(),
        )  # fmt: skip


def about(company, decision, lead=None, reason="") -> Decisions:
    return Decisions((HitDecision(company.public_id, decision, lead.public_id if lead else None, reason),))


def assess(lead, outcome=Outcome.ADMITTED, reason="", by="manager.nanshan"):
    with unit_of_work():
        return services.assess_lead(lead.public_id, outcome, reason, city="SZ", actor=actor(by), now=clock.now())


def evidence(app, lead, by="officer.nanshan", purpose="evidence"):
    with unit_of_work():
        files.store_file(
            PDF, "minutes.pdf", purpose=purpose, root=app.config["FILES_PATH"], actor=actor(by), now=clock.now(), lead_id=lead.id
        )


def move(lead, to, on=None, note="", by="officer.nanshan", opened=None):
    """With all that the gates need; tests/pipeline is about what they do."""
    if to in SIGNED_STAGES:
        opened = lead.version + 1 if opened == lead.version else opened
        make_ready(lead, to, on)
    with unit_of_work():
        return pipeline.move_stage(lead.public_id, to, on or clock.today(), note, opened=opened, actor=actor(by), now=clock.now())


def edit(lead, changed, opened=None, by="officer.nanshan"):
    with unit_of_work():
        return services.edit_lead(
            lead.public_id, changed, opened=lead.version if opened is None else opened, actor=actor(by), now=clock.now()
        )


def all_of(table):
    return list(db.session.scalars(select(table)))


def messages(username):
    query = select(Notification.code).where(Notification.user_id == someone(username).id).order_by(Notification.id)
    return list(db.session.scalars(query))


def as_it_is(lead, **changed) -> LeadEdit:
    found = LeadEdit(
        title=lead.title, country=lead.country, source=Source(lead.source), note=lead.note,
        total=Money(lead.total_amount, lead.total_currency) if lead.total_currency else None,
        contracted=Money(lead.contracted_amount, lead.contracted_currency) if lead.contracted_currency else None,
        district_ids=tuple(row.unit_id for row in lead.districts), total_verified=lead.total_verified,
    )  # fmt: skip
    return replace(found, **changed)


def tag(lead, ids, by: str | Actor = "officer.nanshan"):
    with unit_of_work():
        services.tag_lead(lead.public_id, tuple(ids), actor=actor(by) if isinstance(by, str) else by, now=clock.now())
