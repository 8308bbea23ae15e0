"""A dispute and its leads when leads are merged: it follows the one that stays, and nothing is merged while it is open."""

import pytest

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.desk.queries import lead as desk
from crm.disputes import queries, services
from crm.disputes.rules import DecidedLately
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.rules.lead import LeadDisputed
from crm.merging.services import merge_leads
from tests.builders import actor, new_lead
from tests.disputes.stories import HQ, at_headquarters, does, fresh, opened, ruling, stored
from tests.merging.stories import merge, one_firm, undo

KEEPS = {"unit": "SZ-NS", "owner": "officer.nanshan", "parts": {"SZ-NS": 10_000}}


def a_pair() -> tuple[Lead, Lead, str]:
    """Two leads of a firm, Nanshan's; the second is in dispute with Bao'an, which registered it again."""
    one, two = one_firm()
    with unit_of_work():
        row = db.session.get_one(Lead, two.id)
        leads.report_again(row, new_lead(investor="as typed"), actor=actor("officer.baoan"), now=clock.now(), coordinate=True)
    return one, two, opened(two)


def test_none_of_the_members_is_merged_while_in_dispute(app):
    with app.app_context():
        one, two, public_id = a_pair()
        for keep, lose in ((one, two), (two, one)):
            with pytest.raises(LeadDisputed):
                merge(keep, lose, verb=merge_leads)
        does(services.withdraw, public_id, "settled", by="officer.nanshan")
        done = merge(two, one, verb=merge_leads)
        opened(two)
        with pytest.raises(LeadDisputed):
            undo(done)
        assert fresh(one).merged_into_id == two.id


def test_an_undo_below_one_in_dispute_waits_too(app):
    with app.app_context():
        from tests.builders import a_lead
        from tests.merging.stories import company_of

        one, two, public_id = a_pair()
        three = a_lead("Kestovar Optik Drei GmbH")
        does(services.withdraw, public_id, "settled", by="officer.nanshan")
        merge(company_of(one), company_of(three))
        first = merge(two, one, verb=merge_leads)
        merge(three, two, verb=merge_leads)
        opened(three)
        with pytest.raises(LeadDisputed):
            undo(first)


def test_a_review_goes_to_the_lead_that_stays(app):
    with app.app_context():
        at_headquarters()
        one, two, public_id = a_pair()
        does(services.decide, public_id, ruling(**KEEPS), by="coordinator")
        merge(one, two, verb=merge_leads)
        assert queries.visible_dispute(public_id, actor=actor("officer.nanshan")).leads == [fresh(one)]
        shown = desk._quarrels(fresh(one), actor("officer.nanshan"), desk.what_is_there(fresh(one), actor("officer.nanshan")))[
            "disputes"
        ]
        assert [seen.dispute.public_id for seen in shown] == [public_id], "the lead that stays shows it"
        with pytest.raises(DecidedLately):
            opened(one)
        does(services.ask_review, public_id, "not so", by="manager.baoan")
        assert (fresh(one).disputed_on, fresh(two).disputed_on) == (clock.today(), None)
        assert stored(public_id).lead_id == one.id
        does(services.review, public_id, ruling(), by=HQ)
        assert (fresh(one).following_unit.code, fresh(one).disputed_on) == ("SZ-BA", None)
        assert fresh(two).following_unit.code == "SZ-NS", "what was merged away stays as it was"
