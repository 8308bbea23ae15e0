"""流转: offers and answers, handing over in one transaction, the coordinator's word, returns, moves inside the city."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from crm.claims import queries as claims
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, Moved, NotFound
from crm.credit.rules import FULL, ShareModel, Terms, TermsUnfit, years_after
from crm.leads.models import FieldChange, Lead
from crm.leads.queries import access
from crm.leads.rules.lead import Stage, Status
from crm.pipeline.models import StageChange
from crm.policy.rules import Role
from crm.sharing.models import LeadSeal, LeadShare
from crm.tasks import queries as tasks
from crm.transfers import jobs, queries, services
from crm.transfers.models import Transfer
from crm.transfers.rules import (
    CardOpen,
    DeadlinePassed,
    LeadEnded,
    LeadMerged,
    NotYourTurn,
    OwnerUnfit,
    TellsInvestor,
    TransferClosed,
    TransferOpen,
    UnitUnfit,
    WhyNeeded,
    settings,
)
from crm.transfers.services import NewOffer
from tests.builders import a_lead, a_unit, actor, an_officer, someone
from tests.claims.stories import claimed
from tests.transfers.stories import card_of, does, fresh, handed_over, merged_into, offered, shares, state, told
from tests.web.shared_city import seal, share


def change(lead, **values):
    with unit_of_work():
        row = db.session.get_one(Lead, lead.id)
        for name, value in values.items():
            setattr(row, name, value)


def test_an_offer_and_its_handing_over(app):
    with app.app_context():
        lead = a_lead(next_step="call them", next_due=clock.today() + timedelta(days=3))
        share(lead.public_id)
        before = db.session.scalar(select(func.count()).select_from(StageChange))
        public_id = offered(lead, by="officer.nanshan")
        assert told("transfer.offered") == ["manager.baoan"]
        assert fresh(lead).following_unit.code == "SZ-NS", "nothing has changed yet"
        does(services.accept, public_id)
        assert told("transfer.accepted") == ["manager.nanshan", "officer.nanshan"]
        assert fresh(lead).following_unit.code == "SZ-NS"
        does(services.take_over, public_id, someone("officer.baoan").id)
        row = fresh(lead)
        assert (row.following_unit.code, row.following_unit_path, row.owner.username) == (
            "SZ-BA", a_unit("SZ-BA").path, "officer.baoan",
        )  # fmt: skip
        assert tasks.open_for(lead.id).assignee_id == someone("officer.baoan").id
        assert shares(lead) == {"SZ-NS": 5000, "SZ-BA": 5000}
        assert shares(lead, years_after(clock.today(), 5)) == {"SZ-BA": FULL}
        assert db.session.scalar(select(LeadShare.ended_at)) is not None, "what follows it needs no share of it"
        assert db.session.scalar(select(func.count()).select_from(StageChange)) == before
        changed = {change.field: (change.old, change.new) for change in db.session.scalars(select(FieldChange))}
        assert set(changed) == {"following_unit", "owner"}
        assert row.registered_by_id == someone("officer.nanshan").id
        assert row.registered_unit.code == "SZ-NS"
        assert "reporter" in queries.stands(actor("officer.nanshan"), queries.by_public_id(public_id), row).principals
        assert access.visible_lead(lead.public_id, actor=actor("officer.baoan"))
        with pytest.raises(NotFound):
            access.visible_lead(lead.public_id, actor=actor("officer.nanshan"))
        assert told("transfer.handed_over") == ["manager.nanshan", "officer.nanshan"]
        assert told("transfer.yours") == ["officer.baoan"]


def test_the_first_report_stays_with_the_first_reporter(app):
    with app.app_context():
        lead = claimed(clock.now() - timedelta(days=5))
        claim = claims.live_for(lead.id)
        handed_over(lead)
        after = claims.live_for(lead.id)
        assert (after.id, after.unit_id, after.user_id) == (claim.id, a_unit("SZ-NS").id, someone("officer.nanshan").id)


def test_who_may_offer_and_to_whom(app):
    with app.app_context():
        lead = a_lead()
        colleague = an_officer("SZ-NS").username
        with pytest.raises(Forbidden):
            offered(lead, by=colleague)
        with pytest.raises(NotFound):
            offered(lead, by="manager.baoan")
        with pytest.raises(UnitUnfit):
            offered(lead, "SZ-NS")
        with pytest.raises(WhyNeeded):
            offered(lead, reason="  ")
        with pytest.raises(TermsUnfit):
            offered(lead, terms=Terms(ShareModel.INTRODUCER, 9000))
        offered(lead)
        with pytest.raises(TransferOpen):
            offered(lead, "SZ-LG")
        with pytest.raises(TransferOpen):
            card_of(lead)
        assert db.session.scalar(select(func.count()).select_from(Transfer)) == 1


def test_an_offer_without_names_must_not_tell_them(app):
    with app.app_context():
        lead = a_lead("Zephyrine Optics GmbH")
        with pytest.raises(TellsInvestor) as refused:
            offered(lead, reason="No plant for ZEPHYRINE here")
        assert refused.value.facts["word"] == "ZEPHYRINE"
        offered(lead, reason="No plant for Zephyrine here", names=True)


def test_who_sees_what_of_an_offer(app):
    with app.app_context():
        lead, host = a_lead(), actor("manager.baoan")
        public_id = offered(lead)
        found = queries.visible_transfer(public_id, actor=host)
        assert (found.names, found.detail, found.mine) == (False, False, True)
        assert not queries.visible_transfer(public_id, actor=actor("officer.baoan")).mine
        stranger = an_officer("SZ-LG", Role.DISTRICT_MANAGER)
        with pytest.raises(NotFound):
            queries.visible_transfer(public_id, actor=stranger)
        with pytest.raises(NotFound):
            access.visible_lead(lead.public_id, actor=host)
        does(services.withdraw, public_id, by="manager.nanshan")
        named = offered(lead, names=True)
        assert queries.visible_transfer(named, actor=host).names
        does(services.decline, named, "no room")
        assert not queries.visible_transfer(named, actor=host).names, "the names were for the answer"
        assert told("transfer.declined") == ["manager.nanshan", "officer.nanshan"]


def test_a_code_named_lead_is_an_anonymous_card_whatever_the_offerer_says(app):
    with app.app_context():
        lead = a_lead()
        seal(lead.public_id, "Lynx")
        public_id, host = offered(lead), actor("manager.baoan")
        assert not queries.visible_transfer(public_id, actor=host).names
        for stranger in (an_officer("SZ-NS"), actor("officer.baoan")):  # colleagues who have nothing to do with it
            with pytest.raises(NotFound):
                queries.visible_transfer(public_id, actor=stranger)
        does(services.withdraw, public_id, by="manager.nanshan")
        with pytest.raises(TellsInvestor):
            offered(lead, names=True, reason="no plant for Lynx")
        public_id = offered(lead, names=True)
        assert not queries.visible_transfer(public_id, actor=host).names
        does(services.accept, public_id)
        does(services.take_over, public_id, someone("officer.baoan").id)
        assert db.session.scalar(select(LeadSeal.unit_id)) == a_unit("SZ-BA").id
        assert fresh(lead).sealed


def test_terms_go_to_and_fro(app):
    with app.app_context():
        lead = a_lead()
        public_id, other = offered(lead), Terms(ShareModel.INTRODUCER, 2000)
        with pytest.raises(TermsUnfit):
            does(services.counter, public_id, Terms(ShareModel.EVEN, 100), "too much")
        with pytest.raises(WhyNeeded):
            does(services.counter, public_id, other, "")
        does(services.counter, public_id, other, "we build the road")
        assert told("transfer.countered") == ["manager.nanshan", "officer.nanshan"]
        with pytest.raises(NotYourTurn):
            does(services.accept, public_id)
        with pytest.raises(NotYourTurn):
            does(services.decline, public_id, "changed our mind")
        does(services.counter, public_id, Terms(ShareModel.INTRODUCER, 3000), "meet us", by="officer.nanshan")
        does(services.accept, public_id)
        does(services.take_over, public_id, someone("officer.baoan").id)
        assert shares(lead) == {"SZ-NS": 3000, "SZ-BA": 7000}
        kinds = [row.move for row in queries.moves_of(queries.by_public_id(public_id).id)]
        assert kinds == ["offered", "countered", "countered", "accepted", "handed_over"]


def test_only_the_receiving_side_answers(app):
    with app.app_context():
        public_id = offered(a_lead())
        for name, refusal in (
            ("officer.baoan", Forbidden),
            ("manager.nanshan", NotYourTurn),
            ("leader", NotFound),
            ("auditor", NotFound),
        ):
            with pytest.raises(refusal):
                does(services.accept, public_id, by=name)
        with pytest.raises(Forbidden):
            does(services.withdraw, public_id)
        does(services.accept, public_id, by="coordinator")
        with pytest.raises(TransferClosed):
            does(services.accept, public_id)
        with pytest.raises(TransferClosed):
            does(services.withdraw, public_id, by="manager.nanshan")
        with pytest.raises(OwnerUnfit):
            does(services.take_over, public_id, someone("officer.nanshan").id)
        with pytest.raises(OwnerUnfit):
            does(services.take_over, public_id, 999_999)
        with pytest.raises(WhyNeeded):
            does(services.decline, public_id, " ")
        does(services.decline, public_id, "the plant burnt down")
        assert state(public_id) == "declined"
        with pytest.raises(TransferClosed):
            does(services.take_over, public_id, someone("officer.baoan").id)


def test_it_lapses_by_itself(app, clock_at):
    clock_at("2026-06-18 09:00")  # a Thursday before a holiday of one day
    with app.app_context():
        lead = a_lead()
        public_id = offered(lead)
        due = queries.by_public_id(public_id).answer_by
        assert due == claims.calendar().after(date(2026, 6, 18), settings()["answer_working_days"], working=True)
        clock_at(f"{due} 23:30")
        assert queries.visible_transfer(public_id, actor=actor("manager.baoan")).mine
        assert jobs.lapse_now() == 0
        clock_at(f"{due + timedelta(days=1)} 00:30")
        assert not queries.visible_transfer(public_id, actor=actor("manager.baoan")).mine
        with pytest.raises(DeadlinePassed):
            does(services.accept, public_id)
        assert jobs.lapse_now() == 1
        assert jobs.lapse_now() == 0
        assert state(public_id) == "lapsed"
        assert told("transfer.lapsed") == ["manager.baoan", "manager.nanshan"]
        with pytest.raises(TransferClosed):
            does(services.accept, public_id)


def test_a_new_offer_need_not_wait_for_the_night(app, clock_at):
    clock_at("2026-06-18 09:00")
    with app.app_context():
        lead = a_lead()
        first = offered(lead)
        clock_at("2026-07-18 09:00")
        offered(lead, "SZ-LG")
        assert state(first) == "lapsed"


def test_the_coordinator_assigns_at_once(app):
    with app.app_context():
        lead = a_lead()

        def assign(by="coordinator", owner=None, reason="the cluster is there", to="SZ-BA"):
            with unit_of_work():
                new = NewOffer(a_unit(to), reason, Terms(ShareModel.AGREED, 0))
                return services.assign(lead.public_id, new, owner, actor=actor(by), now=clock.now()).public_id

        with pytest.raises(Forbidden):
            assign("manager.nanshan")
        with pytest.raises(WhyNeeded):
            assign(reason="")
        with pytest.raises(OwnerUnfit):
            assign(owner=someone("officer.nanshan").id)
        public_id = assign()
        row = fresh(lead)
        assert (row.following_unit.code, row.owner_id) == ("SZ-BA", None)
        assert shares(lead) == {"SZ-BA": FULL}
        assert told("transfer.assigned") == ["manager.baoan", "manager.nanshan", "officer.nanshan"]
        assert queries.visible_transfer(public_id, actor=actor("manager.baoan")).takes
        does(services.take_over, public_id, someone("officer.baoan").id)
        assert fresh(lead).owner.username == "officer.baoan"
        with pytest.raises(TransferClosed):
            does(services.take_over, public_id, someone("officer.baoan").id)


def test_what_is_not_to_change_hands(app):
    with app.app_context():
        lead = a_lead()
        public_id = offered(lead)
        change(lead, status=Status.ENDED)
        with pytest.raises(LeadEnded):
            does(services.accept, public_id)
        with pytest.raises(LeadEnded):
            offered(lead)
        change(lead, status=Status.ACTIVE)
        merged_into(lead, a_lead("Kestovar Robotics GmbH", by="officer.nanshan"))
        with pytest.raises(LeadMerged):
            does(services.accept, public_id)
        with pytest.raises(Moved):
            offered(lead)
        assert not queries.waiting_for(actor("manager.baoan"))
        does(services.decline, public_id, "it is no more")
        assert state(public_id) == "declined"


def test_what_was_agreed_about_an_ended_lead_can_be_closed(app):
    with app.app_context():
        agreed, asked = a_lead(), a_lead()
        one, other = offered(agreed), offered(asked)
        does(services.accept, one)
        for lead in (agreed, asked):
            change(lead, status=Status.ENDED)
        with pytest.raises(LeadEnded):
            does(services.take_over, one, someone("officer.baoan").id)
        does(services.decline, one, "it has ended")
        does(services.withdraw, other, by="manager.nanshan")
        assert (state(one), state(other)) == ("declined", "withdrawn")


def test_the_night_goes_by_leads(app, clock_at):
    """Rooms that lock several leads do it in the order of their ids: no two wait for each other."""
    clock_at("2026-06-18 09:00")
    with app.app_context():
        first, second = a_lead(), a_lead()
        offered(second)
        offered(first)
        found = queries.lapsed(date(2026, 8, 1), size=5)
        assert [row.lead_id for row in found] == [first.id, second.id]
        assert len(queries.lapsed(date(2026, 8, 1), size=1)) == 1


def test_a_move_inside_the_city(app):
    with app.app_context():
        signed = a_lead("Kestovar Robotics GmbH", by="officer.nanshan")
        change(signed, stage=Stage.SIGNED)
        lead = a_lead(by="officer.nanshan")
        change(lead, investor_id=signed.investor_id, project_slot=1)
        public_id = handed_over(lead)
        assert fresh(lead).city_move_on == clock.today()
        assert queries.by_public_id(public_id).city_move
        assert told("transfer.city_move") == ["manager.nanshan"]
        does(services.return_lead, public_id, "not here", by="manager.baoan")
        assert fresh(lead).city_move_on is None
        assert not queries.by_public_id(public_id).city_move
        other = a_lead(by="officer.nanshan")
        handed_over(other)
        assert fresh(other).city_move_on is None


def test_a_signed_project_that_changes_hands_is_a_move(app):
    with app.app_context():
        lead = a_lead()
        change(lead, stage=Stage.SIGNED)
        handed_over(lead)
        assert fresh(lead).city_move_on == clock.today()


def test_the_checklist_is_what_there_is(app):
    with app.app_context():
        lead = claimed(clock.now() - timedelta(days=5))
        share(lead.public_id, unit="SZ-LG")
        items = {item.what: item for item in queries.checklist(fresh(lead), now=clock.now())}
        assert items["shares"].count == 1
        assert items["claim"].count == 1
        assert items["claim"].on
        assert items["step"].count == 0
        assert items["credit"].count == 1


def test_an_open_card_stands_in_the_way(app):
    with app.app_context():
        lead = a_lead()
        card_of(lead)
        with pytest.raises(CardOpen):
            offered(lead)


def test_nothing_is_handed_over_in_half(app, monkeypatch):
    """When the last step fails, nothing of the others is stored."""
    from crm.transfers.services import move

    with app.app_context():
        lead = a_lead()
        public_id = offered(lead)
        does(services.accept, public_id)

        def fails(*_args, **_named):
            raise RuntimeError

        monkeypatch.setattr(move, "note", fails)
        with pytest.raises(RuntimeError):
            does(services.take_over, public_id, someone("officer.baoan").id)
        assert fresh(lead).following_unit.code == "SZ-NS"
        assert shares(lead) == {"SZ-NS": FULL}
        assert state(public_id) == "accepted"


def test_who_answers_when_it_is_not_theirs_any_more_is_told_so(app):
    """Not that they had no right: their page was drawn when they had one."""
    with app.app_context():
        public_id = offered(a_lead())
        does(services.counter, public_id, Terms(ShareModel.EVEN, 5000, 3), "three years", by="manager.baoan")
        with pytest.raises(NotYourTurn):
            does(services.decline, public_id, "no site after all", by="manager.baoan")
        does(services.decline, public_id, "not so", by="manager.nanshan")
        for by in ("manager.baoan", "manager.nanshan"):
            with pytest.raises(TransferClosed):
                does(services.accept, public_id, by=by)
        with pytest.raises(NotFound):
            does(services.accept, public_id, by="officer.baoan")
