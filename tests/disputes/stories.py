"""What the stories of disputes need: two districts that differ about a lead, a decision, a review."""

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.disputes import queries, services
from crm.disputes.models import Dispute
from crm.disputes.rules import How, NewDecision
from crm.leads import services as leads
from crm.leads.models import Lead, SecondReport
from crm.policy.rules import Role
from tests.builders import a_lead, a_person, a_unit, actor, new_lead, someone

HQ = "manager.hq"


def at_headquarters():
    """Somebody of the headquarters who decides."""
    return a_person(HQ, Role.DISTRICT_MANAGER, "SZ-HQ")


def reported_twice(*, by: str = "officer.baoan", **changed) -> tuple[Lead, SecondReport]:
    """A lead that Nanshan registered first, and another district again."""
    lead = a_lead(**changed)
    with unit_of_work():
        row = db.session.get_one(Lead, lead.id)
        logged = leads.report_again(row, new_lead(investor="as typed there"), actor=actor(by), now=clock.now(), coordinate=True)
        report = logged.second_report
    return lead, report


def opened(lead, *, by: str = "officer.nanshan", statement: str = "we met them in May", other: str | None = None) -> str:
    with unit_of_work():
        return services.open_dispute(_named(lead), statement, other=other, actor=actor(by), now=clock.now()).public_id


def _named(lead) -> str:
    return lead if isinstance(lead, str) else lead.public_id


def a_dispute(**changed) -> tuple[Lead, str]:
    lead, _report = reported_twice(**changed)
    return lead, opened(lead)


def does(verb, public_id, *args, by: str):
    """Do something about a dispute, as somebody."""
    with unit_of_work():
        return verb(public_id, *args, actor=actor(by), now=clock.now())


def ruling(
    unit="SZ-BA", owner: str | None = "officer.baoan", *, parts=None, supporting=(), how=How.HERE, **changed
) -> NewDecision:
    shares = {"SZ-NS": 3000, "SZ-BA": 7000} if parts is None else parts
    facts = {
        "unit_id": a_unit(unit).id, "owner_id": someone(owner).id if owner else None,
        "parts": {a_unit(code).id: number for code, number in shares.items()}, "reason": "they met the board first",
        "decided_by": "Director Shen", "decided_on": clock.today(), "how": how,
        "supporting": tuple(a_unit(code).id for code in supporting),
    }  # fmt: skip
    return NewDecision(**(facts | changed))


def fresh(lead) -> Lead:
    db.session.expire_all()
    return db.session.get_one(Lead, lead.id)


def stored(public_id) -> Dispute:
    db.session.expire_all()
    return queries.by_public_id(public_id)
