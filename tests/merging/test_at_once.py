"""Several people at one moment."""

from sqlalchemy import func, select

from crm.companies.models import Company, CompanyName
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.leads.models import Lead
from crm.leads.rules.lead import Decision, Decisions, HitDecision
from crm.leads.services import log_lead
from crm.merging import services
from crm.merging.models import Merge
from crm.units.models import Unit
from tests.builders import actor, new_lead
from tests.merging.stories import company_of, twins
from tests.races import race


def merge_at_once(app, number, keep, lose):
    with app.app_context():
        who = actor("coordinator")
        db.session.rollback()
        with unit_of_work():
            return services.merge_companies(keep, (lose,), {}, reason="one firm", actor=who, now=clock.now()).public_id


def merge_or_register(app, number, keep, lose):
    """One merges, the others register another project of the firm that goes at this moment."""
    if number == 0:
        return merge_at_once(app, number, keep, lose)
    with app.app_context():
        who = actor("officer.nanshan")
        unit_id = who.unit_id
        db.session.rollback()
        again = Decisions((HitDecision(lose, Decision.ANOTHER_PROJECT, reason="another plant"),))
        with unit_of_work():
            unit = db.session.get_one(Unit, unit_id)
            new = new_lead(investor="凯斯托瓦光学有限公司", title=f"plant {number}")
            return log_lead(new, again, unit=unit, city="SZ", actor=who, now=clock.now(), matched=False).lead.number


def test_nobody_registers_on_a_company_that_is_merged_away_at_this_moment(app):
    with app.app_context():
        one, two = twins()
        keep, lose = company_of(one).public_id, company_of(two).public_id
        db.session.remove()
    answers = race(merge_or_register, 5, app, keep, lose)
    assert not [answer.trace for answer in answers if answer.error]
    with app.app_context():
        leads = db.session.execute(
            select(Lead.project_slot, Company.merged_into_id).join(Company, Company.id == Lead.investor_id)
        )
        assert sorted(leads.all()) == [(slot, None) for slot in range(6)]


def undo_at_once(app, number, merge_id):
    with app.app_context():
        who = actor("coordinator")
        db.session.rollback()
        with unit_of_work():
            return services.undo_merge(merge_id, actor=who, now=clock.now()).moved


def test_two_people_merge_one_pair_at_once(app):
    with app.app_context():
        one, two = twins()
        keep, lose = company_of(one).public_id, company_of(two).public_id
        db.session.remove()
    answers = race(merge_at_once, 4, app, keep, lose)
    assert sorted(answer.error or "" for answer in answers) == ["", "AlreadyMerged", "AlreadyMerged", "AlreadyMerged"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Merge)) == 1
        merge_id = db.session.scalar(select(Merge.public_id))
        names = db.session.scalar(select(func.count()).select_from(CompanyName))
        db.session.remove()
    answers = race(undo_at_once, 3, app, merge_id)
    assert sorted(answer.error or "" for answer in answers) == ["", "AlreadyUndone", "AlreadyUndone"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CompanyName)) == names
        assert not list(db.session.scalars(select(Company).where(Company.merged_into_id.is_not(None))))
