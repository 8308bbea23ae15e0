"""A first report of a window that is in dispute afterwards: the clock begins once, rests once, and lists say what it says."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.claims import queries as claims
from crm.claims import services as claim_services
from crm.claims.models import Claim
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.leads import services as leads
from crm.leads.models import Lead
from tests.builders import actor
from tests.claims.stories import clock_of, progress
from tests.golive.stories import START, brought, closed, listed, opened, settled, twin
from tests.long import mostly_full

CLOSED = START + timedelta(days=7)


def disputed(lead, first, last):
    for day, act in ((first, leads.begin_dispute), (last, leads.end_dispute)):
        with clock.fixed(day), unit_of_work():
            act(db.session.get_one(Lead, lead.id), now=day)


def test_days_of_a_dispute_after_the_window_are_given_back(desk):
    opened()
    lead, other = brought(), brought(START + timedelta(hours=4))
    closed(CLOSED)
    disputed(lead, CLOSED + timedelta(days=10), CLOSED + timedelta(days=31))
    now = CLOSED + timedelta(days=32)
    rested, usual = clock_of(lead, now).term, clock_of(other, now).term
    assert abs((rested - usual).days - 21) <= 3, "three weeks later, rolled to a working day"


def test_days_of_a_dispute_before_the_window_ended_are_not(desk):
    opened()
    lead, other = brought(), brought(START + timedelta(hours=4))
    disputed(lead, START + timedelta(days=1), START + timedelta(days=4))
    closed(CLOSED)
    now = CLOSED + timedelta(days=2)
    assert clock_of(lead, now).term == clock_of(other, now).term


@pytest.mark.parametrize(
    "first, last",
    [(START + timedelta(days=2), CLOSED + timedelta(days=9)), (CLOSED + timedelta(days=3), CLOSED + timedelta(days=40))],
)
def test_lists_say_what_the_clock_says(desk, first, last):
    opened()
    lead = brought()
    acts = [(first, leads.begin_dispute), (last, leads.end_dispute)]
    for moment, act in sorted([*acts, (CLOSED, None)], key=lambda one: one[0]):
        if act is None:
            closed(CLOSED)
            continue
        with clock.fixed(moment), unit_of_work():
            act(db.session.get_one(Lead, lead.id), now=moment)
    seen = set()
    for days in range(1, 300, 2):
        now = last + timedelta(days=days)
        state = clock_of(lead, now).state.value
        seen.add(state)
        db.session().info.pop("known", None)
        ran_out = db.session.scalar(select(Claim.id).where(claims.ran_out(now))) is not None
        calls = db.session.scalar(select(Claim.id).where(claims.amber_or_due(now))) is not None
        assert (ran_out, calls) == (state == "due", state in ("due", "amber")), (days, state)
    assert {"running", "amber", "due"} <= seen


@pytest.mark.parametrize("answer", mostly_full([None, "holder", "different"], "holder"))
@pytest.mark.parametrize("moved", mostly_full([False, True], True))
def test_lists_say_what_the_clock_says_of_a_conflict(desk, answer, moved):
    """Day by day, unsettled and settled long after the window."""
    opened()
    first = brought()
    second = twin(first)
    closed(CLOSED)
    decided = CLOSED + timedelta(days=40)
    if moved:
        for lead, by in ((first, "officer.nanshan"), (second, "officer.baoan")):
            progress(lead, CLOSED + timedelta(days=35), by=by)
    seen = set()
    for days in range(200):
        now = CLOSED + timedelta(days=days)
        if now == decided and answer is not None:
            settled(listed()[0], now, side=1 if answer == "holder" else None)
        states = {}
        for lead in (first, second):
            found = clock_of(lead, now)
            if found is not None:
                states[lead.id] = found.state.value
        seen |= set(states.values())
        db.session().info.pop("known", None)
        for condition, wanted in (
            (claims.ran_out(now), {"due", "noticed"}), (claims.amber_or_due(now), {"amber", "due", "noticed"}),
        ):  # fmt: skip
            picked = set(db.session.scalars(select(Claim.lead_id).where(condition)))
            assert picked == {lead_id for lead_id, state in states.items() if state in wanted}, (days, states)
    assert seen == {"provisional"} if answer is None else seen == {"provisional", "running", "amber", "due"}


def test_a_claim_granted_during_a_dispute_is_given_back_the_days_since_then(desk):
    lead = brought(START, granted=False)
    with clock.fixed(START + timedelta(days=10)), unit_of_work():
        leads.begin_dispute(db.session.get_one(Lead, lead.id), now=START + timedelta(days=10))
    granted, over = START + timedelta(days=15), START + timedelta(days=20)
    with unit_of_work():
        who = actor("coordinator")
        facts = {"lead_id": lead.id, "unit_id": lead.registered_unit_id, "user_id": lead.registered_by_id, "evidence_count": 1}
        claim_services.grant_claim(counts_from=granted, city="SZ", actor=who, now=granted, **facts)
    with clock.fixed(over), unit_of_work():
        leads.end_dispute(db.session.get_one(Lead, lead.id), now=over)
    assert clock_of(lead, over).marks.rested == 5
    assert claims.live_for(lead.id).runs_from == over
