"""Two leads of one firm, entered twice: what most tests about merging begin with."""

from crm.companies.models import Company
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.leads.models import Lead
from crm.leads.queries import listing
from crm.leads.rules.listing import Question, Scope
from crm.merging import services
from crm.policy.rules import Actor
from tests.builders import a_lead, actor

REASON = "one firm under two names"


def twins(by: str = "officer.nanshan", other: str = "officer.nanshan") -> tuple[Lead, Lead]:
    """Two companies that are one, each with a lead."""
    first = a_lead("Kestovar Optik GmbH", by=by, title="lens works", note="first note", park="Harbour")
    second = a_lead("凯斯托瓦光学有限公司", by=other, title="lens plant", note="second note", website="https://kestovar.example")
    return first, second


def company_of(lead: Lead) -> Company:
    return db.session.get_one(Company, lead.investor_id)


def merge(keep, *lose, choices=None, reason=REASON, by: str | Actor = "coordinator", verb=services.merge_companies):
    who = actor(by) if isinstance(by, str) else by
    with unit_of_work():
        return verb(
            keep.public_id, tuple(one.public_id for one in lose), choices or {}, reason=reason, actor=who, now=clock.now()
        )


def undo(done, by: str | Actor = "coordinator"):
    who = actor(by) if isinstance(by, str) else by
    with unit_of_work():
        return services.undo_merge(done.public_id, actor=who, now=clock.now())


def one_firm(by: str = "officer.nanshan", other: str = "officer.nanshan") -> tuple[Lead, Lead]:
    """Two leads of one investor."""
    one, two = twins(by, other)
    merge(company_of(one), company_of(two))
    db.session.expire_all()
    return one, two


def found_by(text: str, by: str = "coordinator") -> list[str]:
    """The numbers of the leads that a search finds."""
    question = Question(stage=None, scope=Scope.CITY, text=text)
    return [row.number for row in listing.page_of(question, actor(by))]
