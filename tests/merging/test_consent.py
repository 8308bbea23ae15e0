"""A merge that concerns two units: they agree, or the coordinator decides with a reason."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.leads.models import Lead
from crm.merging import rules, services
from crm.merging.models import Merge, MergeRequest
from crm.merging.queries import consents
from crm.merging.rules import Reply, RequestState, outcome
from crm.notifications.models import Notification
from tests.builders import a_company, a_lead, actor, someone
from tests.merging.stories import REASON, company_of, merge, one_firm, twins


def ask(keep, *lose, by="coordinator", kind="company", reason=REASON, choices=None):
    who = actor(by)
    with unit_of_work():
        return services.ask_to_merge(
            kind, keep.public_id, tuple(one.public_id for one in lose), choices or {}, reason=reason, actor=who, now=clock.now()
        )


def answer(request, reply, by, reason=""):
    who = actor(by)
    with unit_of_work():
        return services.answer_request(request.public_id, Reply(reply), reason=reason, actor=who, now=clock.now())


def signed_elsewhere():
    """A firm of Nanshan's, and the same with a lead of Bao'an that is signed, so that Nanshan reads its name."""
    one, two = twins(other="officer.baoan")
    with unit_of_work():
        db.session.get_one(Lead, two.id).stage = "signed"
    return company_of(one), company_of(two)


def told(username):
    query = select(Notification).where(Notification.user_id == someone(username).id, Notification.code.like("merge.%"))
    return [(n.code, n.facts["name"]) for n in db.session.scalars(query.order_by(Notification.id))]


@pytest.mark.parametrize(("answers", "state"), [
    ([], "open"), ([None], "open"), ([True, None], "open"), ([True, True], "agreed"), ([False, None], "declined"),
])  # fmt: skip
def test_one_no_is_enough_and_a_yes_is_needed_of_all(answers, state):
    assert outcome(answers) is RequestState(state)


class TestAsking:
    """Who is asked, and by which name."""

    def test_a_manager_asks_the_other_unit(self, desk):
        keep, lose = signed_elsewhere()
        request = ask(keep, lose, by="manager.nanshan")
        assert [consent.unit_id for consent in request.consents] == [someone("manager.baoan").unit_id]
        assert request.due_at - request.asked_at == rules.ANSWER_WITHIN
        assert told("manager.baoan") == [("merge.asked", lose.name)]
        assert told("manager.nanshan") == []
        assert told("coordinator") == [("merge.asked_city", keep.name)]

    def test_the_coordinator_asks_both(self, desk):
        one, two = twins(other="officer.baoan")
        request = ask(company_of(one), company_of(two))
        assert len(request.consents) == 2
        assert told("manager.nanshan") == [("merge.asked", company_of(one).name)]
        assert told("manager.baoan") == [("merge.asked", company_of(two).name)]

    def test_an_officer_asks_his_own_manager(self, desk):
        one, two = one_firm()
        request = ask(one, two, by="officer.nanshan", kind="lead")
        answer(request, "agree", "manager.nanshan")
        db.session.expire_all()
        assert two.merged_into_id == one.id

    def test_what_is_refused(self, desk):
        one, two = twins()
        keep, lose = company_of(one), company_of(two)
        with pytest.raises(rules.NothingToAsk):
            ask(keep, lose, by="manager.nanshan")
        with pytest.raises(rules.CoordinatorDecides):
            ask(a_company(), a_company())
        with pytest.raises(NotFound):
            ask(keep, lose, by="manager.baoan")
        with pytest.raises(rules.MergeReasonNeeded):
            ask(keep, lose, by="officer.nanshan", reason=" ")
        with pytest.raises(rules.ChoiceUnknown):
            ask(keep, lose, by="officer.nanshan", choices={"name": "A" * 22})
        ask(keep, lose, by="officer.nanshan")
        with pytest.raises(rules.AskedAlready):
            ask(lose, keep, by="officer.nanshan")
        with pytest.raises((Forbidden, NotFound)):
            ask(keep, lose, by="leader")


class TestAnswering:
    """One click, a no with its reason, the coordinator at any time."""

    def test_the_last_yes_merges_as_it_was_chosen(self, desk):
        keep, lose = signed_elsewhere()
        request = ask(keep, lose, by="manager.nanshan", choices={"name": lose.public_id})
        answer(request, "agree", "manager.baoan")
        db.session.expire_all()
        merged = db.session.scalars(select(Merge)).one()
        assert (request.state, request.merge_public_id) == ("agreed", merged.public_id)
        assert (merged.reason, merged.decided_by_id) == (REASON, someone("manager.nanshan").id)
        assert keep.name == "凯斯托瓦光学有限公司"
        assert ("merge.request_closed", keep.name) in told("manager.nanshan")
        unread = select(Notification).where(Notification.code == "merge.asked", Notification.read_at.is_(None))
        assert not list(db.session.scalars(unread))

    def test_all_have_to_agree(self, desk):
        one, two = twins(other="officer.baoan")
        request = ask(company_of(one), company_of(two))
        answer(request, "agree", "manager.baoan")
        assert request.state == "open"
        answer(request, "agree", "manager.nanshan")
        assert request.state == "agreed"

    def test_a_no_ends_it_and_says_why(self, desk):
        keep, lose = signed_elsewhere()
        request = ask(keep, lose, by="manager.nanshan")
        with pytest.raises(rules.DecisionReasonNeeded):
            answer(request, "decline", "manager.baoan")
        answer(request, "decline", "manager.baoan", "two firms")
        assert (request.state, request.closing_reason) == ("declined", "two firms")
        assert not list(db.session.scalars(select(Merge)))
        with pytest.raises(rules.RequestClosed):
            answer(request, "agree", "manager.baoan")

    def test_the_coordinator_decides_with_a_reason(self, desk):
        keep, lose = signed_elsewhere()
        request = ask(keep, lose, by="manager.nanshan")
        for reply in ("decide", "decline"):
            with pytest.raises(rules.DecisionReasonNeeded):
                answer(request, reply, "coordinator")
        answer(request, "decide", "coordinator", "the register says so")
        merged = db.session.scalars(select(Merge)).one()
        assert (request.state, merged.reason) == ("decided", "the register says so")
        assert merged.decided_by_id == someone("coordinator").id

    def test_who_asked_may_take_it_back_and_nobody_else(self, desk):
        keep, lose = signed_elsewhere()
        request = ask(keep, lose, by="manager.nanshan")
        for reply, by in (("withdraw", "manager.baoan"), ("agree", "manager.nanshan"), ("decide", "manager.baoan")):
            with pytest.raises(Forbidden):
                answer(request, reply, by, "x")
        for by in ("officer.baoan", "leader", "auditor", "officer.nanshan"):
            with pytest.raises(NotFound):
                answer(request, "agree", by)
        answer(request, "withdraw", "manager.nanshan")
        assert request.state == "withdrawn"

    def test_a_unit_that_came_in_since_is_asked_too(self, desk):
        one, two = twins()
        keep, lose = company_of(one), company_of(two)
        request = ask(keep, lose, by="officer.nanshan")
        late = a_lead("Late GmbH", by="officer.baoan")
        with unit_of_work():
            lead = db.session.get_one(Lead, late.id)
            lead.investor_id, lead.project_slot, lead.stage = keep.id, 7, "signed"
        answer(request, "agree", "manager.nanshan")
        assert (request.state, len(request.consents)) == ("open", 2)
        answer(request, "agree", "manager.baoan")
        assert request.state == "agreed"

    def test_what_is_merged_another_way_is_over(self, desk):
        keep, lose = signed_elsewhere()
        request = ask(keep, lose, by="manager.nanshan")
        done = merge(keep, lose)
        db.session.expire_all()
        assert (request.state, request.merge_public_id) == ("decided", done.public_id)

    def test_leads_are_merged_by_agreement_too(self, desk):
        one, two = one_firm(other="officer.baoan")
        request = ask(one, two, kind="lead")
        answer(request, "agree", "manager.baoan")
        answer(request, "agree", "manager.nanshan")
        db.session.expire_all()
        assert (request.state, two.merged_into_id) == ("agreed", one.id)
        assert ("merge.request_closed", one.number) in told("coordinator")
        assert ("merge.request_closed", two.number) in told("manager.baoan")

    def test_leads_merged_the_other_way_round_are_over(self, desk):
        one, two = one_firm(other="officer.baoan")
        request = ask(one, two, kind="lead")
        done = merge(two, one, verb=services.merge_leads)
        db.session.expire_all()
        assert (request.state, request.merge_public_id) == ("decided", done.public_id)

    def test_a_lead_merged_into_another_stays_hidden_from_the_unit_that_was_asked(self, desk):
        one, two = one_firm(other="officer.baoan")
        third = a_lead("Quillhaven Optik GmbH")
        merge(company_of(one), company_of(third))
        request = ask(one, two, kind="lead")
        merge(third, one, verb=services.merge_leads)
        db.session.expire_all()
        assert consents.asked(request, actor=actor("manager.baoan")).seen == {two.id}

    def test_a_company_merged_into_another_stays_hidden_from_the_unit_that_was_asked(self, desk):
        one, two = twins(other="officer.baoan")
        hidden, own, third = company_of(one), company_of(two), company_of(a_lead("Quillhaven Optik GmbH"))
        request = ask(hidden, own)
        merge(third, hidden)
        db.session.expire_all()
        assert consents.asked(request, actor=actor("manager.baoan")).seen == {own.id}

    def test_the_day_goes_by(self, desk):
        keep, lose = signed_elsewhere()
        request = ask(keep, lose, by="manager.nanshan")
        assert not consents.is_late(request, clock.now())
        assert consents.is_late(request, clock.now() + rules.ANSWER_WITHIN + timedelta(hours=1))


class TestPages:
    """From the merge page to the inbox and back."""

    def test_leads_that_became_one_stay_in_the_list(self, app, signed_in):
        with app.app_context():
            one, two = one_firm(other="officer.baoan")
            request = ask(one, two, kind="lead")
            for username in ("manager.nanshan", "manager.baoan"):
                answer(request, "agree", username)
            numbers = {"coordinator": one.number, "manager.nanshan": one.number, "manager.baoan": two.number}
            path = f"/merges/requests/{request.public_id}"
            db.session.remove()
        for username, number in numbers.items():
            browser = signed_in(username)
            assert number in browser.get("/merges/requests").text
            assert number in browser.get(path).text
        page = signed_in("manager.baoan").get(path)
        assert "lens works" not in page.text and numbers["manager.nanshan"] not in page.text

    @pytest.fixture
    def firms(self, app):
        with app.app_context():
            found = [company.public_id for company in signed_elsewhere()]
            db.session.remove()
        return found

    def made(self, app):
        with app.app_context():
            found = db.session.scalars(select(MergeRequest.public_id)).first()
            db.session.remove()
        return found

    def asked_by(self, browser, firms, **more):
        page = browser.get("/merges/new", query_string={"kind": "company", "keep": firms[0], "lose": firms[1]})
        once = page.root.all("input", name="once")[0].get("value")
        return {"kind": "company", "keep": firms[0], "lose": firms[1], "once": once, **more}

    def test_asked_on_the_merge_page_answered_in_the_inbox(self, app, signed_in, firms):
        browser = signed_in("manager.nanshan")
        form = self.asked_by(browser, firms, reason=REASON)
        on = browser.post("/merges/requests", form).location
        assert browser.post("/merges/requests", form).location == on
        page = browser.get(on)
        assert "等待答复" in page.text
        assert "另一单位" in page.text or "宝安" in page.text
        other = signed_in("manager.baoan")
        inbox = other.get("/messages/")
        assert "提请归并" in inbox.text
        done = inbox.submit(f"/merges/requests/{self.made(app)}", {"reply": "agree"}, ceiling=200).follow()
        assert "各单位同意，已归并" in done.text
        assert not [b for b in other.get("/messages/").root.all("button") if b.text == "同意归并"]
        assert other.get("/merges/requests").text.count("已归并")

    def test_what_the_asked_unit_may_not_see_is_not_told(self, app, signed_in, firms):
        browser = signed_in("manager.nanshan")
        browser.post("/merges/requests", self.asked_by(browser, firms, reason=REASON))
        page = signed_in("manager.baoan").get(f"/merges/requests/{self.made(app)}")
        assert "凯斯托瓦光学有限公司" in page.text
        assert "Kestovar" not in page.html
        assert "已登记 · 按权限不显示" in page.text
        assert "归入保留的一条" not in page.text

    def test_who_refused_is_not_named_where_the_unit_is_not(self, app, signed_in):
        with app.app_context():
            one, two = twins(other="officer.baoan")
            firms = [company_of(lead).public_id for lead in (one, two)]
            db.session.remove()
        city = signed_in("coordinator")
        city.post("/merges/requests", self.asked_by(city, firms, reason=REASON))
        path = f"/merges/requests/{self.made(app)}"
        agreed = signed_in("manager.nanshan").post(path, {"reply": "agree"}).follow()
        assert "已同意，等待其他单位答复" in agreed.text
        signed_in("manager.baoan").post(path, {"reply": "decline", "reason": "two firms"})
        told = signed_in("manager.nanshan").get(path)
        assert "two firms" in told.text
        assert "测试manager.baoan" not in told.html
        assert "测试manager.baoan" in city.get(path).text

    def test_a_missing_reason_is_asked_for(self, app, signed_in, firms):
        browser = signed_in("manager.nanshan")
        page = browser.post("/merges/requests", self.asked_by(browser, firms), status=422)
        assert "请写明归并理由" in page.text
        assert self.made(app) is None

    def test_the_coordinators_page(self, app, signed_in, firms):
        browser = signed_in("manager.nanshan")
        browser.post("/merges/requests", self.asked_by(browser, firms, reason=REASON))
        city = signed_in("coordinator")
        path = f"/merges/requests/{self.made(app)}"
        page = city.get(path)
        assert "归入保留的一条" in page.text
        assert "请写明理由" in city.post(path, {"reply": "decide"}, status=422).text
        assert "归并征询 1" in city.get("/review/").text
        city.post(path, {"reply": "decide", "reason": "the register"}, ceiling=200)
        assert "已另行处理" in city.get("/merges/requests").text

    @pytest.mark.parametrize("data", [{}, {"reply": "perhaps"}, {"reply": "agree", "reason": "x" * 500}])
    def test_bad_answers(self, app, signed_in, firms, data):
        browser = signed_in("manager.nanshan")
        browser.post("/merges/requests", self.asked_by(browser, firms, reason=REASON))
        signed_in("manager.baoan").post(f"/merges/requests/{self.made(app)}", data, status=422)

    def test_strangers_find_nothing(self, app, signed_in, firms):
        browser = signed_in("manager.nanshan")
        browser.post("/merges/requests", self.asked_by(browser, firms, reason=REASON))
        for username in ("officer.baoan", "officer.nanshan"):
            signed_in(username).get(f"/merges/requests/{self.made(app)}", status=404)
            assert "没有归并征询" in signed_in(username).get("/merges/requests").text
        signed_in("leader").get("/merges/requests", status=403)
