"""One firm in two spellings, what people say about the pair, and what is stored: what most tests of the review begin with."""

from datetime import timedelta

from sqlalchemy import select

from crm.companies.models import Company, PairDecision
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.leads.rules.lead import NewContact
from crm.merging.models import Merge
from crm.review import services
from crm.review.models import ReviewPair
from crm.review.queries import queue
from crm.review.rules import Answer, Sort
from tests.builders import a_lead, actor

EARLIER, LATER = "朝凪電子株式会社", "朝凪电子"


def two_spellings(one: str = "officer.nanshan", other: str = "officer.baoan") -> None:
    """The firm registered twice: in Japanese three days ago by `one`, in Chinese today by `other`."""
    a_lead(
        EARLIER, by=one, country="JP", title="毫米波雷达研发", other_names=("Asanagi Electronics Co., Ltd.",),
        contacts=(NewContact("佐藤 健", None, "+81312345682", None),), now=clock.now() - timedelta(days=3),
    )  # fmt: skip
    contacts = (NewContact("佐藤", None, "+81312345682", None),)
    a_lead(LATER, by=other, country="JP", title="毫米波雷达基地", contacts=contacts)


def only(app):
    """The public id of the one pair."""
    with app.app_context():
        found = db.session.scalars(select(ReviewPair.public_id)).one()
        db.session.remove()
        return found


def company(app, name):
    """The public id of the company of a name."""
    with app.app_context():
        found = db.session.scalar(select(Company.public_id).where(Company.name == name))
        db.session.remove()
        return found


def say(app, public_id, answer, by="coordinator", *, keep=None, now=None, reason="seen", choices=None):
    with app.app_context(), unit_of_work():
        services.decide_pair(
            public_id, Answer(answer), keep_public_id=keep, reason=reason, choices=choices or {}, actor=actor(by),
            now=now or clock.now(),
        )  # fmt: skip


def undo(app, by="coordinator"):
    with app.app_context(), unit_of_work():
        return services.undo_last(actor=actor(by), now=clock.now()).public_id


def contents(app):
    """Every pair and every decision about companies, as stored."""
    with app.app_context():
        found = []
        for table in (ReviewPair.__table__, PairDecision.__table__):
            found += [tuple(row) for row in db.session.execute(select(table).order_by(table.c.a_id, table.c.b_id))]
        db.session.remove()
        return found


def waiting(app, by="coordinator", *, now=None):
    """The pairs that wait, group by group."""
    with app.app_context():
        found = queue.board(actor(by), sort=Sort.CERTAINTY, page=1, now=now or clock.now())
        return [[pair.public_id for pair in group.pairs] for group in found.groups]


def merges(app):
    """Every merge as (name that stays, name that went, reason, choices, whether it was taken back)."""
    with app.app_context():
        found = []
        for merge in db.session.scalars(select(Merge).order_by(Merge.id)):
            keep, lose = (db.session.get_one(Company, company_id) for company_id in (merge.keep_id, *merge.lose_ids))
            found.append((keep.name, lose.name, merge.reason, merge.choices, merge.undone_at is not None))
        db.session.remove()
        return found
