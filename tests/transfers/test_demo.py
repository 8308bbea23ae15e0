"""The demo's transfers go as they came."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.demo.removal import remove_demo
from crm.leads.models import Lead
from crm.notifications.models import Notification
from tests.builders import a_lead
from tests.transfers.stories import card_of, offered

pytestmark = pytest.mark.only_on("sqlite")


def test_messages_about_demo_transfers_and_cards_go_too(app):
    with app.app_context():
        kept = a_lead()
        offered(kept)
        count = select(func.count()).where(Notification.subject_type.in_(("transfer", "pool")))
        before = db.session.scalar(count)
        for make in (offered, card_of):
            lead = a_lead()
            make(lead)
            with unit_of_work():
                db.session.get_one(Lead, lead.id).is_demo = True
        assert db.session.scalar(count) > before
        remove_demo(clock.now() + timedelta(days=1))
        assert db.session.scalar(count) == before > 0
