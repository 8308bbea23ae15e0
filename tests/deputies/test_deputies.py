"""Somebody does a colleague's desk: who may, for how long, what they may then, what the trail says, and that it ends by itself."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from crm.accounts import services as accounts
from crm.accounts.rules import read_desks, write_desks
from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.deputies import queries, services
from crm.deputies.models import Deputy
from crm.deputies.rules import DeputyDays, DeputyEnded, DeputyState, DeputyThere, DeputyUnfit, state_of
from crm.leads.models import Lead
from crm.leads.queries import access, listing
from crm.leads.rules.lead import Stage
from crm.leads.rules.listing import Question, Scope
from crm.notifications import services as notifications
from crm.notifications.models import Notification
from crm.policy import rules as policy
from crm.policy.rules import Role
from crm.visits import services as visits
from crm.visits.rules import Kind, NewProgress
from tests.builders import a_lead, a_person, a_unit, actor, someone
from tests.web.shared_city import seal

DAY = date(2026, 6, 18)
only = pytest.mark.only_on("sqlite")

days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(st.lists(st.tuples(st.integers(1, 99), days, days), max_size=4), days)
def test_what_a_row_says_of_desks(desks, today):
    expected = {who for who, first, last in desks if first <= today <= last}
    assert read_desks(write_desks(desks), today) == expected


def test_where_it_stands():
    def state(on, ended=False):
        return state_of(DAY, DAY + timedelta(days=3), ended=ended, today=on)

    assert state(DAY - timedelta(days=1)) is DeputyState.COMING
    assert state(DAY) is state(DAY + timedelta(days=3)) is DeputyState.NOW
    assert state(DAY + timedelta(days=4)) is DeputyState.OVER
    assert state(DAY, ended=True) is DeputyState.ENDED


def hand(whose="officer.nanshan", to="colleague.nanshan", first=None, days=7, by=None):
    first = first or clock.today()
    with unit_of_work():
        return services.hand_desk(
            someone(whose), someone(to), first, first + timedelta(days=days), "leave", actor=actor(by or whose), now=clock.now()
        ).public_id


@pytest.fixture
def pair(app, clock_at):
    """Two officers of Nanshan."""
    clock_at("2026-06-18 09:00")
    with app.app_context():
        a_person("colleague.nanshan", Role.OFFICER, "SZ-NS")
        yield
        db.session.remove()


def test_what_a_deputy_may(pair):
    lead = a_lead(by="officer.nanshan")
    assert "delegate" not in policy.towards_lead(actor("colleague.nanshan"), lead).principals
    hand()
    stands = policy.towards_lead(actor("colleague.nanshan"), lead)
    assert {"delegate", "unit"} <= stands.principals
    for record, action in (("lead", "edit"), ("lead", "move_stage"), ("contact", "reveal"), ("milestone", "enter")):
        assert policy.can(stands, record, action), action
    for record, action in (("lead", "assign"), ("transfer", "offer"), ("pool", "put"), ("seal", "ask"), ("lead", "assess")):
        assert not policy.can(stands, record, action), action
    assert policy.towards_lead(actor("officer.nanshan"), lead).principals >= {"owner"}, "who is away stays the owner"


def test_the_acts_are_theirs_with_a_note_for_whom(pair):
    lead = a_lead(by="officer.nanshan")
    own = a_lead("Vestrumar SA", by="colleague.nanshan")
    hand()
    who = actor("colleague.nanshan")
    for one in (lead, own):
        with unit_of_work():
            new = NewProgress(kind=Kind.TALKS, on=clock.today(), text="talked", whom="CFO")
            visits.log_progress(one.public_id, new, actor=who, now=clock.now())
    lines = db.session.scalars(select(AuditLine).where(AuditLine.actor_id == who.user_id, AuditLine.subject_type == "lead")).all()
    noted = {(line.subject_id, (line.payload.facts or {}).get("deputy_for")) for line in lines}
    assert noted >= {(lead.id, someone("officer.nanshan").name), (own.id, None)}
    assert (lead.id, None) not in noted


def test_it_ends_by_itself(pair, clock_at):
    lead = a_lead(by="officer.nanshan")
    hand(days=2)
    clock_at("2026-06-20 23:00")
    assert actor("colleague.nanshan").desks == {someone("officer.nanshan").id}
    clock_at("2026-06-21 00:30")
    assert actor("colleague.nanshan").desks == frozenset()
    assert "delegate" not in policy.towards_lead(actor("colleague.nanshan"), lead).principals


def test_a_coming_one_gives_nothing_yet(pair):
    hand(first=clock.today() + timedelta(days=1))
    assert actor("colleague.nanshan").desks == frozenset()


def test_a_sealed_lead_of_the_desk_is_read_and_no_other(pair):
    lead, other = a_lead(by="officer.nanshan"), a_lead("Vestrumar SA", by="manager.nanshan")
    seal(lead.public_id, "Heron")
    seal(other.public_id, "Ibis", by="manager.nanshan")

    def mine():
        db.session.expire_all()
        return {row.public_id for row in listing.page_of(Question(stage=None, scope=Scope.MINE), actor("colleague.nanshan"))}

    assert mine() == set()
    with pytest.raises(NotFound):
        access.visible_lead(lead.public_id, actor=actor("colleague.nanshan"))
    hand()
    ids = lead.public_id, other.public_id
    db.session.remove()
    assert mine() == {ids[0]}
    assert access.visible_lead(ids[0], actor=actor("colleague.nanshan")).public_id == ids[0]
    with pytest.raises(NotFound):
        access.visible_lead(ids[1], actor=actor("colleague.nanshan"))


def test_messages_about_the_desk_go_to_both(pair):
    lead = a_lead(by="officer.nanshan")
    hand()
    whose = someone("officer.nanshan").id
    before = max(db.session.scalars(select(Notification.id)), default=0)
    with unit_of_work():
        facts = {"number": lead.number, "name": "x", "stage": Stage.SIGNED.value}
        notifications.notify(
            [whose], "lead.stage_moved", subject=("lead", lead.public_id), facts=facts, actor=None, now=clock.now()
        )
        notifications.notify([whose], "import.done", subject=None, facts={"file": "x"}, actor=None, now=clock.now())
    told = db.session.execute(select(Notification.code, Notification.user_id).where(Notification.id > before)).all()
    assert sorted(code for code, _user in told) == ["import.done", "lead.stage_moved", "lead.stage_moved"]


def test_who_hands_a_desk_on(pair):
    hand(by="manager.nanshan")
    for whose, to, by, refusal in (
        ("officer.nanshan", "officer.baoan", None, DeputyUnfit),
        ("officer.nanshan", "officer.nanshan", None, DeputyUnfit),
        ("colleague.nanshan", "officer.nanshan", "officer.nanshan", NotFound),
        ("officer.nanshan", "colleague.nanshan", "manager.baoan", NotFound),
        ("officer.nanshan", "colleague.nanshan", "coordinator", NotFound),
        ("leader", "coordinator", "leader", NotFound),
    ):
        with pytest.raises((refusal, Forbidden)):
            hand(whose, to, by=by)


@only
@pytest.mark.parametrize(("begins", "lasts"), [(-1, 3), (93, 3), (0, 93), (0, -1)])
def test_days_that_cannot_be(pair, begins, lasts):
    with pytest.raises(DeputyDays):
        hand(first=clock.today() + timedelta(days=begins), days=lasts)


def test_one_deputy_a_day_and_an_end_before_its_day(pair):
    public_id = hand()
    with pytest.raises(DeputyThere):
        hand(first=clock.today() + timedelta(days=7))
    for by in ("officer.baoan", "coordinator"):
        with pytest.raises(NotFound), unit_of_work():
            services.end_deputy(public_id, actor=actor(by), now=clock.now())
    with unit_of_work():
        services.end_deputy(public_id, actor=actor("colleague.nanshan"), now=clock.now())
    assert actor("colleague.nanshan").desks == frozenset()
    with pytest.raises(DeputyEnded), unit_of_work():
        services.end_deputy(public_id, actor=actor(), now=clock.now())
    hand(first=clock.today() + timedelta(days=7))
    assert [state_of(r.from_on, r.until_on, ended=bool(r.ended_at), today=clock.today()) for r in queries.seen_by(actor())] == [
        DeputyState.COMING, DeputyState.ENDED,
    ]  # fmt: skip


@pytest.mark.parametrize("mover", ["officer.nanshan", "colleague.nanshan"])
def test_whoever_goes_to_another_unit_does_no_desk_of_the_old_one(pair, mover):
    hand()
    hand(first=clock.today() + timedelta(days=20))
    with unit_of_work():
        accounts.change_user(someone(mover), name="林薇", unit=a_unit("SZ-BA"), actor=actor("sysadmin"), now=clock.now())
    assert actor("colleague.nanshan").desks == frozenset()
    assert all(row.ended_at for row in db.session.scalars(select(Deputy)))


@only
class TestOnThePage:
    """工作代理."""

    @pytest.fixture
    def page(self, app, clock_at, signed_in):
        clock_at("2026-06-18 09:00")
        with app.app_context():
            a_person("colleague.nanshan", Role.OFFICER, "SZ-NS")
            self.lead = a_lead(by="officer.nanshan").public_id
        return signed_in("officer.nanshan").get("/desk-deputies/")

    def typed(self, app, **changed):
        with app.app_context():
            ids = {name: someone(f"{name}.nanshan").public_id for name in ("officer", "colleague")}
        return {
            "whose": ids["officer"],
            "to": ids["colleague"],
            "first": "2026-06-18",
            "last": "2026-06-30",
            "note": "休假",
        } | changed

    def test_from_the_form_to_the_colleagues_home(self, app, signed_in, page):
        assert "没有工作代理" in page.main
        done = page.submit("/desk-deputies/", self.typed(app)).follow()
        assert "代理中" in done.main
        home = signed_in("colleague.nanshan").get("/")
        assert "您正在代理" in home.main
        assert self.lead in home.html
        listed = signed_in("colleague.nanshan").get("/desk-deputies/")
        assert "休假" in listed.main
        assert "没有工作代理" in signed_in("officer.baoan").get("/desk-deputies/").main
        ended = listed.submit("/end", {}).follow()
        assert "已提前结束" in ended.main
        assert "desk.handed" in {line.action for line in self.lines(app)}

    def lines(self, app):
        with app.app_context():
            return list(db.session.scalars(select(AuditLine)))

    def test_bad_input_is_said_at_its_place(self, app, page):
        for changed, words in (
            ({"to": ""}, "请选择"),
            ({"last": "2026-06-17"}, "起始日最早为今天"),
            ({"first": "soon"}, "请填写日期"),
            ({"to": "no such"}, "Not a valid choice"),
        ):
            refused = page.submit("/desk-deputies/", self.typed(app, **changed), status=422)
            assert "休假" in refused.html
            assert words in refused.html or "ob-alert" in refused.html
        with app.app_context():
            assert db.session.scalar(select(Deputy)) is None

    def test_the_doors_of_others(self, signed_in, page):
        for username in ("coordinator", "leader", "auditor", "sysadmin"):
            signed_in(username).get("/desk-deputies/", status=403)
        signed_in("officer.baoan").post("/desk-deputies/" + "A" * 22 + "/end", {}, status=404)


@only
def test_the_trail_says_for_whom(app, signed_in, clock_at):
    clock_at("2026-06-18 09:00")
    with app.app_context():
        a_person("colleague.nanshan", Role.OFFICER, "SZ-NS")
        lead = a_lead(by="officer.nanshan")
        hand()
        with unit_of_work():
            new = NewProgress(kind=Kind.TALKS, on=clock.today(), text="talked", whom="CFO")
            visits.log_progress(lead.public_id, new, actor=actor("colleague.nanshan"), now=clock.now())
        name = someone("officer.nanshan").name
        assert db.session.get_one(Lead, lead.id).owner_id == someone("officer.nanshan").id
        db.session.remove()
    assert f"代{name}" in signed_in("auditor").get("/audit/").main
