"""What the stories of transfers need: a lead offered, agreed, handed over; an open card with proposals."""

from datetime import timedelta

from sqlalchemy import select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.credit import queries as credit
from crm.credit.rules import Indicator, ShareModel, Terms
from crm.leads.models import Lead
from crm.merging.services import merge_leads
from crm.notifications.models import Notification
from crm.transfers import queries, services
from crm.transfers.services import NewAnswer, NewCard, NewOffer
from tests.builders import a_unit, actor, someone

EVEN = Terms(ShareModel.EVEN, 5000, 5)


def offered(lead, to="SZ-BA", *, by="manager.nanshan", terms=EVEN, reason="no plant of that height", names=False):
    with unit_of_work():
        new = NewOffer(a_unit(to), reason, terms, names)
        return services.offer_transfer(lead.public_id, new, actor=actor(by), now=clock.now()).public_id


def does(verb, public_id, *args, by="manager.baoan"):
    """Do something about a transfer or card, as somebody."""
    with unit_of_work():
        return verb(public_id, *args, actor=actor(by), now=clock.now())


def handed_over(lead, to="SZ-BA", *, owner="officer.baoan", by="manager.baoan", giver="manager.nanshan", **more):
    public_id = offered(lead, to, by=giver, **more)
    does(services.accept, public_id, by=by)
    does(services.take_over, public_id, someone(owner).id, by=by)
    return public_id


def card_of(lead, *, by="manager.nanshan", text="薄膜材料中试线", **more):
    with unit_of_work():
        new = NewCard(text, more.pop("terms", EVEN), **more)
        return services.put_in_pool(lead.public_id, new, actor=actor(by), now=clock.now()).public_id


def proposed(card, *, by="officer.baoan", site="block B, second floor"):
    with unit_of_work():
        new = NewAnswer(site, clock.today() + timedelta(days=30), "SZ 2025-7")
        return services.answer_card(card, new, actor=actor(by), now=clock.now()).public_id


def fresh(lead):
    db.session.expire_all()
    return db.session.get_one(Lead, lead.id)


def state(public_id):
    db.session.expire_all()
    return queries.by_public_id(public_id).state


def shares(lead, on=None, indicator=Indicator.SIGNED):
    found = credit.shares(lead.id, indicator, on or clock.today())
    return {db.session.get(type(a_unit()), unit).code: parts for unit, parts in found.items()}


def told(code):
    """The sign-in names of those who were told."""
    from crm.accounts.models import User

    query = select(User.username).join(Notification, Notification.user_id == User.id).where(Notification.code == code)
    return sorted(db.session.scalars(query))


def merged_into(lead, keep):
    """The lead is merged away into another, of the same investor."""
    with unit_of_work():
        row = db.session.get_one(Lead, lead.id)
        row.investor_id, row.project_slot = keep.investor_id, 1
    with unit_of_work():
        merge_leads(keep.public_id, (lead.public_id,), {}, reason="one project", actor=actor("coordinator"), now=clock.now())
