"""The shared city once more, with a dispute and a matter about every lead."""

from flask import Flask
from sqlalchemy import select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.disputes import services
from crm.leads.models import Lead, SecondReport
from crm.matters import services as matters
from crm.matters.rules import Level, NewMatter
from tests.builders import a_unit, actor
from tests.disputes.stories import at_headquarters, ruling
from tests.web import shared_city


def build(app: Flask) -> shared_city.City:
    """The shared city, every lead registered again by Bao'an, in dispute, and with a matter that lies with Bao'an; one dispute is
    under review.
    """
    found = shared_city.build(app)
    with app.app_context():
        at_headquarters()
        for name, lead in found.leads.items():
            found.leads[name] = (lead, *_disputed(lead, reviewed=name in ("open", "sealed.open")))
        db.session.remove()
    return found


def _disputed(lead: shared_city.Shared, *, reviewed: bool) -> tuple[str, str, str]:
    """Public ids of the dispute, the second report and the matter."""
    now, theirs = clock.now(), actor("officer.baoan")
    row = db.session.scalars(select(Lead).where(Lead.public_id == lead.public_id)).one()
    with unit_of_work():
        report = SecondReport(
            lead_id=row.id, unit_id=theirs.unit_id, reported_by_id=theirs.user_id, reported_at=now, typed={"investor": "typed there"},
            wants_coordination=True,
        )  # fmt: skip
        db.session.add(report)
        db.session.flush()
        report_id = report.public_id
    with unit_of_work():
        dispute = services.open_dispute(report_id, "we were first", actor=theirs, now=now).public_id
    with unit_of_work():
        new = NewMatter("a second line of power", Level.CITY, a_unit("SZ-BA").id)
        matter = matters.raise_matter(lead.public_id, new, actor=actor("officer.nanshan"), now=now).public_id
    with unit_of_work():
        matters.lift(matter, "in a week", actor=actor("coordinator"), now=now)
    if reviewed:
        with unit_of_work():
            services.decide(dispute, ruling("SZ-NS", None), actor=actor("coordinator"), now=now)
        with unit_of_work():
            services.ask_review(dispute, "not so", actor=actor("manager.baoan"), now=now)
    return dispute, report_id, matter
