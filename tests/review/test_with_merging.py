"""`same` and the room that merges: the firm is one, and taking it back, here or on the merge's own page, makes two of it again."""

from sqlalchemy import func, select

from crm.companies.models import Company
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.merging import services as merging
from crm.merging.models import Merge
from crm.review.models import ReviewDecision, ReviewPair
from tests.builders import actor
from tests.review.stories import EARLIER, LATER, company, contents, only, say, undo, waiting


def standing(app):
    """How many companies are there that are not merged into another."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Company).where(Company.merged_into_id.is_(None)))


def take_apart(app, by="coordinator"):
    """Undo the newest merge on its own page, as it were."""
    with app.app_context():
        made, who = db.session.scalars(select(Merge.public_id).order_by(Merge.id.desc())).first(), actor(by)
        db.session.rollback()
        with unit_of_work():
            merging.undo_merge(made, actor=who, now=clock.now())


def put_together(app, keep, lose, by="coordinator"):
    """Merge past the review."""
    with app.app_context():
        who = actor(by)
        db.session.rollback()
        with unit_of_work():
            merging.merge_companies(keep, (lose,), {}, reason="one firm", actor=who, now=clock.now())


def test_one_firm_and_two_again(app, between):
    before, firms = contents(app), standing(app)
    say(app, between, "same")
    assert (standing(app), waiting(app)) == (firms - 1, [])
    assert undo(app) == between
    assert (standing(app), waiting(app), contents(app)) == (firms, [[between]], before)


def test_a_merge_taken_back_on_its_own_page_opens_the_pair_that_it_decided(app, between):
    before, firms = contents(app), standing(app)
    say(app, between, "same")
    take_apart(app)
    assert (standing(app), waiting(app), contents(app)) == (firms, [[between]], before)
    with app.app_context():
        assert db.session.scalars(select(ReviewDecision)).one().undone_at is not None, "U offers it no more"


def test_a_pair_that_another_decision_closed_stays_closed(app, between):
    say(app, between, "same")
    with app.app_context(), unit_of_work():
        pair, said = db.session.scalars(select(ReviewPair)).one(), db.session.scalars(select(ReviewDecision)).one()
        other = ReviewDecision(
            a_id=pair.a_id, b_id=pair.b_id, answer="related", reason="no", before=said.before, decided_at=clock.now(),
            decided_by_id=said.decided_by_id,
        )  # fmt: skip
        db.session.add(other)
        db.session.flush()
        pair.decision_id = other.id
    take_apart(app)
    assert waiting(app) == []


def test_what_was_decided_before_a_merge_elsewhere_stays_decided(app, between):
    say(app, between, "related")
    put_together(app, company(app, EARLIER), company(app, LATER))
    take_apart(app)
    assert waiting(app) == []


def test_a_pair_merged_elsewhere_waits_again_after_a_sweep_too(app, between, swept):
    put_together(app, company(app, EARLIER), company(app, LATER))
    assert waiting(app) == []
    swept()
    assert contents(app) == []
    take_apart(app)
    assert waiting(app) == [[only(app)]]
