"""Events on both databases: entered once, changed with both in view, counted once each, seen under the reader's own rights."""

from datetime import date

import pytest
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.batches.queries.conversion import conversions_for
from crm.batches.rules.rolling import Window
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound, StaleVersion
from crm.desk.queries.event import asked, asked_signed, outcome_of
from crm.events import queries, services
from crm.events.models import Event, EventLink
from crm.events.rules import (
    DatesBackwards,
    EventInUse,
    EventThere,
    EventUnknown,
    EventWithdrawn,
    LinkMoved,
    LinkRole,
    NotSigned,
    NotYet,
    OrganiserUnfit,
    ReasonMissing,
    key_of,
)
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.queries import listing
from crm.leads.rules.lead import Decisions
from crm.merging import services as merging
from tests.builders import a_lead, a_unit, actor, new_lead
from tests.events.stories import an_event, new, put, signed
from tests.merging.stories import merge, one_firm, undo

YI = 10_000_000_000


@pytest.fixture(autouse=True)
def november(clock_at):
    clock_at("2026-11-16 09:00")


def change(event, typed, *, opened=1, by="coordinator"):
    with unit_of_work():
        return services.change_event(event.public_id, typed, opened=opened, actor=actor(by), now=clock.now())


def withdraw(event, reason="entered twice", by="coordinator"):
    with unit_of_work():
        return services.withdraw_event(event.public_id, reason, actor=actor(by), now=clock.now())


def acts():
    return list(db.session.scalars(select(AuditLine.action).where(AuditLine.action.like("%event%")).order_by(AuditLine.seq)))


def test_entered_changed_withdrawn(desk):
    event = an_event()
    with pytest.raises(EventThere):
        an_event("harbour  FAIR 3rd")
    later = an_event(first=date(2027, 9, 8), last=date(2027, 9, 9))
    with pytest.raises(DatesBackwards):
        an_event("Other", first=date(2026, 9, 8), last=date(2026, 9, 1))
    changed = change(event, new("Harbour Fair", city="Augsburg"))
    assert (changed.city, changed.version, changed.name_key) == ("Augsburg", 2, "harbourfair")
    with pytest.raises(StaleVersion):
        change(event, new("Mine"), opened=1)
    with pytest.raises(EventThere):
        change(event, new("harbour fair 3RD", first=date(2027, 9, 8), last=date(2027, 9, 8)), opened=2)
    with pytest.raises(ReasonMissing):
        withdraw(later, " ")
    withdraw(later)
    with pytest.raises(EventWithdrawn):
        withdraw(later)
    an_event(first=date(2027, 9, 8), last=date(2027, 9, 8))  # its name is free again
    assert acts() == ["event.entered", "event.entered", "event.changed", "event.withdrawn", "event.entered"]


def test_who_may(desk):
    ours = an_event("Bay Ceremony", unit="SZ-NS", by="manager.nanshan")
    for typed, by, refused in (
        (new("a", unit="SZ-TCJ"), "manager.nanshan", OrganiserUnfit), (new("a", unit="SZ-BA"), "manager.nanshan", OrganiserUnfit),
        (new("a", unit="SZ-NS"), "officer.nanshan", Forbidden), (new("a"), "leader", Forbidden), (new("a"), "auditor", NotFound),
    ):  # fmt: skip
        with pytest.raises(refused), unit_of_work():
            services.enter_event(typed, city="SZ", actor=actor(by), now=clock.now())
    with pytest.raises(Forbidden):
        change(ours, new("b", unit="SZ-BA"), by="manager.baoan")
    with pytest.raises(OrganiserUnfit):
        change(ours, new("b", unit="SZ-BA"), by="manager.nanshan")
    assert change(ours, new("b", unit="SZ-NS"), by="manager.nanshan").name == "b"


def test_one_event_in_each_role_and_what_is_over_stays(desk):
    fair, talk, coming = an_event(), an_event("Forum"), an_event("Next", first=date(2026, 12, 1), last=date(2026, 12, 1))
    lead = a_lead("Kestovar Robotics GmbH")
    first = put(lead, fair, by="officer.nanshan")
    assert put(lead, fair, was=fair) is not None, "the same again is nothing new"
    with pytest.raises(LinkMoved):
        put(lead, talk)
    with pytest.raises(ReasonMissing):
        put(lead, talk, was=fair)
    put(lead, talk, was=fair, reason="met at the forum")
    put(lead, coming, was=talk, reason="met while the fair is prepared")
    with pytest.raises(NotSigned):
        put(lead, fair, LinkRole.SIGNED)
    db.session.expire_all()
    over = db.session.get_one(EventLink, first.id)
    assert (over.ended_reason, over.event_id) == ("met at the forum", fair.id)
    project = signed("Umbrion Materials AG")
    with pytest.raises(NotYet):
        put(project, coming, LinkRole.SIGNED)
    with pytest.raises(EventInUse):
        withdraw(coming)
    put(lead, None, was=coming, reason="a mistake")
    assert queries.live_of(lead.id) == {}
    withdraw(coming)
    with pytest.raises(EventWithdrawn):
        put(lead, coming)
    with pytest.raises(EventUnknown), unit_of_work():
        leads.put_to_event(lead.public_id, LinkRole.SOURCE, 99, was=None, reason="", actor=actor("coordinator"), now=clock.now())
    for by, refused in (("officer.baoan", NotFound), ("leader", Forbidden), ("auditor", NotFound)):
        with pytest.raises(refused):
            put(lead, fair, by=by)
    assert acts().count("lead.event_put") == 3
    assert acts().count("lead.event_left") == 1


def test_registered_at_an_event(desk):
    fair = an_event()
    with unit_of_work():
        logged = leads.log_lead(
            new_lead(event_id=fair.id), Decisions(), unit=a_unit("SZ-NS"), city="SZ", actor=actor("officer.nanshan"),
            now=clock.now(),
        )  # fmt: skip
    assert queries.live_of(logged.lead.id)[LinkRole.SOURCE].event_id == fair.id
    assert queries.names_of([logged.lead.id]) == {logged.lead.id: {LinkRole.SOURCE: fair.name}}


def test_what_came_of_it_under_each_readers_rights(desk):
    fair = an_event()
    for number in range(3):
        put(a_lead(f"Kestovar {number} Robotics GmbH"), fair)
    hidden = a_lead("Quorvexia Optics GmbH", by="officer.baoan")
    put(hidden, fair)
    done = signed("Umbrion Materials AG", 10, 5000, started=date(2026, 10, 9))
    theirs = signed("Zephyrine Power AG", 7, 3000, by="officer.baoan")
    for project in (done, theirs):
        put(project, fair, LinkRole.SIGNED)
    whole = outcome_of(fair.id, actor("coordinator"))
    assert (whole.all.came, whole.all.signed.count, whole.all.started, whole.all.part, whole.median_days) == (4, 2, 1, 50, 30)
    assert (whole.all.signed.total_cny, whole.all.signed.contracted_usd) == (17 * YI, 8000 * 1_000_000)
    assert {unit: (one.came, one.signed.count) for unit, one in whole.by_unit.items()} == {
        a_unit("SZ-NS").id: (3, 1), a_unit("SZ-BA").id: (1, 1),
    }  # fmt: skip
    assert {(one.signed_on, one.started_on, one.days) for one in whole.signed} == {
        (date(2026, 9, 9), date(2026, 10, 9), 30), (date(2026, 9, 9), None, None),
    }  # fmt: skip
    ours = outcome_of(fair.id, actor("officer.nanshan"))
    assert (ours.all.came, ours.all.signed.count, ours.all.signed.total_cny) == (3, 2, 10 * YI), "signed is known, its sum is not"
    assert hidden.public_id not in {row.public_id for row in ours.came}
    for reader in ("coordinator", "officer.nanshan", "manager.baoan", "leader"):
        seen = outcome_of(fair.id, actor(reader)).all
        assert seen.came == listing.count_of(asked(fair.id, LinkRole.SOURCE), actor(reader)).number
        assert seen.signed.count == listing.count_of(asked_signed(fair.id), actor(reader)).number


def test_conversion_by_event(desk):
    fair = an_event()
    put(signed("Umbrion Materials AG", started=date(2026, 10, 9)), fair, LinkRole.SIGNED)
    put(signed("Zephyrine Power AG"), fair, LinkRole.SIGNED)
    signed("Kestovar Robotics GmbH", by="officer.baoan")
    turned = conversions_for(actor("coordinator"), Window.TWELVE, keep_seconds=0)
    found = {key: (one.signed, one.started, one.median_days) for key, one in turned.of_events(None, None).items()}
    assert found == {fair.id: (2, 1, 30), 0: (1, 0, None)}
    assert turned.of_events([a_unit("SZ-BA").id], None).keys() == {0}
    assert turned.of_events(None, 12345) == {}
    assert sum(one.signed for one in turned.by_unit.values()) == 3
    assert sum(one.signed for one in turned.of_units(0).values()) == 3


def test_the_list_of_events(desk):
    an_event()
    an_event("香港论坛", city="香港", country="HK", first=date(2025, 5, 1), last=date(2025, 5, 1), unit="SZ-NS")
    gone = an_event("Gone", first=date(2026, 1, 1), last=date(2026, 1, 1))
    withdraw(gone)

    def found(**asks):
        return [event.name for event in queries.page_of(queries.Asked(**asks)).events]

    assert found() == ["Harbour Fair 3rd", "香港论坛"]
    assert found(text="munich FAIR") == found(text="德国") == found(year=2026) == ["Harbour Fair 3rd"]
    assert found(text="论坛 hong kong") == found(unit_path=a_unit("SZ-NS").path) == ["香港论坛"]
    assert found(text="%") == found(text="论坛 德国") == []
    assert queries.page_of(queries.Asked(page=9)).page == 1


def test_a_merge_keeps_one_event_in_each_role(desk):
    fair, talk = an_event(), an_event("Forum")
    keep, lose = one_firm()
    for lead in (keep, lose):
        with unit_of_work():
            db.session.get_one(Lead, lead.id).stage = "signed"
    put(keep, fair)
    put(lose, talk)
    put(lose, talk, LinkRole.SIGNED)
    done = merge(keep, lose, verb=merging.merge_leads)
    live = queries.live_of(keep.id)
    assert {role: link.event_id for role, link in live.items()} == {LinkRole.SOURCE: fair.id, LinkRole.SIGNED: talk.id}
    assert {role: link.event_id for role, link in queries.live_of(lose.id).items()} == {LinkRole.SOURCE: talk.id}
    assert outcome_of(talk.id, actor("coordinator")).all.came == 0, "what was merged away counts no more"
    undo(done)
    assert queries.live_of(lose.id).keys() == {LinkRole.SOURCE, LinkRole.SIGNED}
    assert db.session.scalars(select(Event)).all()


def test_events_are_numbered_by_the_year_of_their_entry(desk, clock_at):
    clock_at("2026-12-31 15:59:59+00:00")
    first, second = an_event("a"), an_event("b")
    clock_at("2026-12-31 16:00:00+00:00")
    third = an_event("c")
    year, series = clock.city_day(first.made_at).year, int(first.number[-4:])
    assert (first.number, second.number) == (f"SZ-HD-{year}-{series:04d}", f"SZ-HD-{year}-{series + 1:04d}")
    assert third.number.startswith(f"SZ-HD-{clock.city_day(third.made_at).year}-")
    assert key_of(first.number) in queries.known()
