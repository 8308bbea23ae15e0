"""Twenty at once: extending and releasing one claim has one winner, whichever comes first."""

from sqlalchemy import func, select

from crm.claims import queries, rules
from crm.claims.models import ClaimEvent
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.leads import jobs as watch
from crm.leads import services as leads
from crm.notifications.models import Notification
from tests.builders import actor
from tests.claims.stories import at, claimed
from tests.claims.test_services import START, notice
from tests.races import race, values

NOW = "2026-11-23 09:00"
REFUSED = (rules.ExtensionsUsedUp, rules.NoLiveClaim, rules.NotRunOut)


def act(app, number: int, public_id: str) -> str:
    """Half of them extend, half release; who is refused says so."""
    with app.app_context():
        verb, by = (leads.extend_claim, "manager.nanshan") if number % 2 else (leads.release_claim, "coordinator")
        who = actor(by)
        try:
            with unit_of_work():
                verb(public_id, "now", actor=who, now=at(NOW))
        except REFUSED:
            return "refused"
        return verb.__name__


def pass_over(app, _number: int) -> int:
    with app.app_context(), clock.fixed(at(NOW)):
        return watch.watch_now()["due"]


def test_one_winner(app):
    for _round in range(2):
        with app.app_context():
            lead = claimed(START)
            notice(lead, at("2026-11-16 09:00"))
            lead_id, public_id = lead.id, lead.public_id
            db.session.remove()
        answers = values(race(act, 20, app, public_id))
        winners = [answer for answer in answers if answer != "refused"]
        assert len(winners) == 1, answers
        with app.app_context():
            assert (queries.live_for(lead_id) is None) == (winners == ["release_claim"])
            acts = select(ClaimEvent.kind).where(ClaimEvent.lead_id == lead_id, ClaimEvent.kind.in_(("extended", "released")))
            assert len(list(db.session.scalars(acts))) == 1
            db.session.remove()


def test_passes_at_once_tell_once(app):
    with app.app_context():
        for _number in range(4):
            claimed(START)
        db.session.remove()
    assert sorted(values(race(pass_over, 4, app))) == [0, 0, 0, 4]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Notification).where(Notification.code == "claim.due")) == 8
