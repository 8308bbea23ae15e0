"""What the stories of the pipeline need: a project that negotiates, its milestones, somebody who decides."""

from datetime import date, datetime

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.money import Money
from crm.leads.models import Lead
from crm.leads.rules.lead import Outcome, Stage
from crm.leads.services import assess_lead
from crm.pipeline import services
from crm.pipeline.models import Milestone
from crm.pipeline.rules import Kind, NewMilestone
from tests.builders import a_lead, actor, fill_in
from tests.leads.stories import PDF

SUM = Money.of(8_000_000, "USD")
PROOF = (("contract.pdf", PDF),)


def negotiating(on: date | None = None, project_type: str = "building", **changed) -> Lead:
    """A project in negotiation since a day, with the facts that gates ask for."""
    lead = a_lead(**changed)
    day = on or clock.today()
    with unit_of_work():
        assess_lead(lead.public_id, Outcome.ADMITTED, "", city="SZ", actor=actor("manager.nanshan"), now=clock.now())
    with unit_of_work():
        services.move_stage(
            lead.public_id, Stage.NEGOTIATING, day, "", opened=None, actor=actor("officer.nanshan"), now=clock.now()
        )
    return fill_in(lead, project_type)


def new(kind=Kind.CONTRACT_SIGNED, on=None, amount=SUM, proofs=PROOF, note=None) -> NewMilestone:
    return NewMilestone(kind, on or clock.today(), amount, note, proofs)


def enter(app, lead, typed=None, by="officer.nanshan", **changed) -> Milestone:
    with unit_of_work():
        return services.enter_milestone(
            lead.public_id, typed or new(**changed), root=app.config["FILES_PATH"], actor=_who(by), now=clock.now()
        )


def move(lead, to, on=None, note="", by="officer.nanshan", **named):
    with unit_of_work():
        return services.move_stage(
            lead.public_id,
            to,
            on or clock.today(),
            note,
            opened=named.pop("opened", None),
            actor=_who(by),
            now=clock.now(),
            **named,
        )


def decide(verb, row, *args, by, opened=None):
    """review, confirm or return a milestone, withdraw it."""
    with unit_of_work():
        seen = stored(row).version if opened is None else opened
        return verb(row.public_id, *args, opened=seen, actor=_who(by), now=clock.now())


def confirmed(app, lead, **changed):
    row = enter(app, lead, **changed)
    decide(services.review_milestone, row, by="manager.nanshan")
    return decide(services.confirm_milestone, row, by="coordinator")


def signed(app, sure=None) -> Lead:
    """A project whose contract the city confirmed, as reported or as another sum."""
    lead = negotiating(date(2026, 11, 2))
    row = enter(app, lead)
    decide(services.review_milestone, row, by="manager.nanshan")
    decide(
        services.confirm_milestone,
        row,
        *([services.Verdict(sure, "one part is intended only")] if sure else []),
        by="coordinator",
    )
    move(lead, Stage.SIGNED)
    with unit_of_work():
        stored = db.session.get_one(Lead, lead.id, populate_existing=True)
        stored.contracted_amount, stored.contracted_currency, stored.contracted_usd = row.amount, row.currency, row.amount
    return db.session.get_one(Lead, lead.id)


def stored(row) -> Milestone:
    return db.session.get_one(Milestone, row.id, populate_existing=True)


def _who(by):
    return actor(by) if isinstance(by, str) else by


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.CITY_ZONE)
