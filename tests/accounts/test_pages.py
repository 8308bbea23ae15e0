"""Accounts through the browser: one's own password, administration, sessions that end, guesses that run out."""

import re

import pytest
from sqlalchemy import select

from crm.accounts.models import Guess, User
from crm.accounts.rules import GUESSES, WINDOW
from crm.core.db import db, unit_of_work
from crm.leads.models import Lead
from crm.notifications.models import Notification
from crm.policy.rules import Role
from tests.builders import PASSWORD, a_lead, a_person, someone
from tests.pages import PageClient

NEW = "seven wet umbrellas"


def change(browser, old=PASSWORD, new=NEW, again=None, status=303):
    data = {"old": old, "password": new, "again": again or new}
    return browser.get("/account/password").submit("/account/password", data, status=status)


def sign_in(app, password, username="officer.nanshan", status=303):
    return PageClient(app).get("/account/sign-in").submit("/sign-in", {"username": username, "password": password}, status=status)


class TestOwnPassword:
    """Changing it."""

    def test_the_new_one_is_the_only_one(self, app, signed_in):
        change(signed_in("officer.nanshan"))
        sign_in(app, PASSWORD, status=422)
        sign_in(app, NEW)

    @pytest.mark.only_on("sqlite")
    @pytest.mark.parametrize(("new", "words"), [
        ("short", "至少10个字符"), ("x" * 129, ""), ("1234567890", "太常见"), ("aaaaaaaaaaaa", "太常见"), ("my officer.nanshan", "姓名或用户名"),
        ("ＯＦＦＩＣＥＲ．ＮＡＮＳＨＡＮ！", "姓名或用户名"), ("", "请填写新密码"),
    ])  # fmt: skip
    def test_a_bad_one_is_refused_in_words(self, app, signed_in, new, words):
        page = change(signed_in("officer.nanshan"), new=new, status=422)
        assert words in page.main
        assert new == "" or new not in page.html, "a password comes back on no page"
        sign_in(app, PASSWORD)

    @pytest.mark.only_on("sqlite")
    def test_two_that_differ_and_a_wrong_old_one(self, app, signed_in):
        browser = signed_in("officer.nanshan")
        assert "两次输入不一致" in change(browser, again="seven wet umbrella", status=422).main
        assert "现在的密码不对" in change(browser, old="wrong password!", status=422).main
        sign_in(app, PASSWORD)

    @pytest.mark.only_on("sqlite")
    def test_any_sign_may_stand_in_it(self, app, signed_in):
        odd = " 雨伞 ☂ ﬁ\u00a0è  x "
        change(signed_in("officer.nanshan"), new=odd)
        sign_in(app, odd)
        sign_in(app, odd.strip(), status=422)

    def test_guessing_the_old_one_runs_out(self, app, signed_in, clock_at):
        start = clock_at("2026-06-18 09:00")
        browser = signed_in("officer.nanshan")
        for _ in range(GUESSES):
            change(browser, old="wrong password!", status=422)
        page = change(browser, status=429)
        assert "尝试次数过多" in page.main
        sign_in(app, PASSWORD, status=429)
        clock_at(start + WINDOW * 1.1)
        change(browser)
        with app.app_context():
            assert db.session.scalar(select(Guess.spent).where(Guess.key == "name:officer.nanshan")) is None


def the_user(username):
    return f"/account/users/{someone(username).public_id}"


class TestAdministration:
    """What the administrators do on the page."""

    def test_a_new_person(self, app, signed_in):
        browser = signed_in("sysadmin")
        data = {"username": "Lin.Wei", "name": "林薇", "role": "officer", "unit": "SZ-BA"}
        page = browser.get("/account/users").submit("/account/users", data, status=200)
        path = "/account/set-password/" + re.findall(r"/account/set-password/([\w-]+)", page.html)[0]
        PageClient(app).get(path).submit("/set-password/", {"password": NEW, "again": NEW})
        sign_in(app, NEW, "lin.wei")
        assert "/set-password/" not in browser.get("/account/users").html
        again = browser.get("/account/users").submit("/account/users", data, status=422)
        assert "lin.wei" in again.main

    @pytest.mark.only_on("sqlite")
    def test_people_made_one_after_another(self, signed_in):
        """The link says whose it is, and the form is empty for the next colleague of the same unit."""
        browser = signed_in("sysadmin")
        data = {"username": "lin.wei", "name": "林薇", "role": "district_manager", "unit": "SZ-BA"}
        page = browser.get("/account/users").submit("/account/users", data, status=200)
        assert "林薇（lin.wei）的一次性链接" in page.main
        form = page.root.first("form", action="/account/users")
        assert [field.get("value", "") for field in form.all("input") if field.get("name") in ("username", "name")] == ["", ""]
        assert [one["value"] for one in form.all("option") if "selected" in one.attrs] == ["district_manager", "SZ-BA"]

    @pytest.mark.only_on("sqlite")
    @pytest.mark.parametrize("end", ["used", "newer", "closed", "unknown"])
    def test_a_dead_link_says_so_before_a_password_is_thought_of(self, app, signed_in, end):
        admin, page = signed_in("sysadmin"), the_user("officer.nanshan")
        found = admin.get(page).submit("/reset", status=200)
        path = "/account/set-password/" + re.findall(r"/account/set-password/([\w-]+)", found.html)[0]
        visitor = PageClient(app)
        opened = visitor.get(path)
        assert "officer.nanshan" in opened.main
        assert opened.root.first("form", action="/account/language/en")
        if end == "used":
            opened.submit("/set-password/", {"password": NEW, "again": NEW})
        elif end == "newer":
            admin.get(page).submit("/reset", status=200)
        elif end == "closed":
            admin.get(f"{page}/disable").submit("/disable")
        else:
            path += "x"
        dead = visitor.get(path, status=404)
        assert "请系统管理员再发一条" in dead.main
        assert 'name="password"' not in dead.html
        late = visitor.post(path, {"password": NEW, "again": NEW}, status=404)
        assert "请系统管理员再发一条" in late.main

    def test_another_name_and_another_unit(self, app, signed_in):
        """Nobody is disabled and made anew for a typing error or a move: what they registered stays theirs."""
        mover, admin, page = signed_in("officer.nanshan"), signed_in("sysadmin"), the_user("officer.nanshan")
        with app.app_context():
            lead = a_lead()
            lead_id, other = lead.id, someone("manager.nanshan").id
            name = someone().name
        admin.get(page).submit("/change", {"name": "李敏敏", "unit": "SZ-NS"})
        assert someone().name == "李敏敏"
        mover.get("/")
        refused = admin.get(page).submit("/change", {"name": name, "unit": "SZ-BA"}, status=422)
        assert "名下还有 1 条" in refused.main
        assert (someone().name, someone().unit.code) == ("李敏敏", "SZ-NS"), "nothing of it, or all of it"
        assert "请填写姓名" in admin.get(page).submit("/change", {"name": " ", "unit": "SZ-BA"}, status=422).main
        with app.app_context(), unit_of_work():
            db.session.get_one(Lead, lead_id).owner_id = other
        admin.get(page).submit("/change", {"name": name, "unit": "SZ-BA"})
        assert (someone().name, someone().unit.code) == (name, "SZ-BA")
        assert "sign-in" in mover.get("/", status=303).location
        sign_in(app, PASSWORD)
        signed_in("secadmin").post(f"{page}/change", {"name": "x", "unit": "SZ-NS"}, status=403)

    def test_the_last_administrator_stays(self, app, signed_in):
        """Nobody could open an account again but from the command line of the machine."""
        admin, page = signed_in("sysadmin"), the_user("sysadmin")
        assert "最后一位" in admin.get(f"{page}/disable").submit("/disable", status=422).main
        assert "最后一位" in signed_in("secadmin").get(page).submit("/role", {"role": "officer"}, status=422).main
        assert (someone("sysadmin").role, someone("sysadmin").disabled_at) == ("system_admin", None)
        with app.app_context(), unit_of_work():
            a_person("second.admin", Role.SYSTEM_ADMIN, "SZ-TCJ")
        admin.get(f"{page}/disable").submit("/disable")
        assert someone("sysadmin").disabled_at is not None

    @pytest.mark.only_on("sqlite")
    @pytest.mark.parametrize("changed", [{"username": "a b"}, {"username": "x" * 61}, {"name": ""}, {"name": "林" * 61}, {"unit": "SZ-??"},
                                         {"role": "emperor"}])  # fmt: skip
    def test_a_bad_one_is_refused(self, app, signed_in, changed):
        data = {"username": "lin.wei", "name": "林薇", "role": "officer", "unit": "SZ-BA"} | changed
        browser = signed_in("sysadmin")
        browser.get("/account/users")
        browser.post("/account/users", data, status=422)
        with app.app_context():
            assert db.session.scalar(select(User.id).where(User.username == "lin.wei")) is None

    def test_a_disabled_persons_sessions_end_at_once(self, app, signed_in):
        browser, other = signed_in("officer.nanshan"), signed_in("officer.nanshan")
        admin = signed_in("sysadmin")
        page = the_user("officer.nanshan")
        admin.get(f"{page}/disable").submit("/disable")
        for each in (browser, other):
            assert "sign-in" in each.get("/", status=303).location
        assert "用户名或密码不对" in sign_in(app, PASSWORD, status=422).main
        admin.get(page).submit("/enable")
        browser.get("/", status=303)
        sign_in(app, PASSWORD)

    def test_what_stays_with_a_closed_account_is_said_before_and_told(self, app, signed_in):
        """Its leads were found by nobody who did not look for them."""
        a_lead(title="归我的")
        owner, page = someone("officer.nanshan"), the_user("officer.nanshan")
        asked = signed_in("sysadmin").get(f"{page}/disable")
        assert "负责的线索和项目" in asked.main
        assert someone("manager.nanshan").name in asked.main, "who is told stands there"
        assert "归我的" not in asked.main, "an administrator sees no business"
        assert someone("officer.nanshan").disabled_at is None, "it only asked"
        asked.submit("/disable")
        with app.app_context():
            told = db.session.scalars(select(Notification).where(Notification.code == "account.closed")).all()
            assert [(one.user_id, one.facts["leads"]) for one in told] == [(someone("manager.nanshan").id, 1)]
            message = told[0].public_id
        browser = signed_in("manager.nanshan")
        assert f"{owner.name} 的账号已停用，名下线索 1 条" in browser.get("/messages/").main
        lists = browser.post(f"/messages/{message}").follow()
        assert "归我的" in lists.main
        signed_in("sysadmin").get(f"{page}/disable", status=303)

    def test_a_closed_account_without_a_manager_above_is_told_to_the_coordinators(self, app, signed_in):
        a_lead(by="manager.nanshan")
        signed_in("secadmin").get(f"{the_user('manager.nanshan')}/disable").submit("/disable")
        with app.app_context():
            told = db.session.scalars(select(Notification.user_id).where(Notification.code == "account.closed")).all()
            assert told == [someone("coordinator").id]
        page = signed_in("sysadmin").get(f"{the_user('leader')}/disable")
        assert "没有线索和未办结的事项" in page.main
        page.submit("/disable")
        with app.app_context():
            told = db.session.scalars(select(Notification.user_id).where(Notification.code == "account.closed")).all()
            assert len(told) == 1, "nothing stays with it: nobody is disturbed"

    def test_another_role_ends_the_sessions_and_nobody_grants_to_himself(self, app, signed_in):
        browser, admin = signed_in("officer.nanshan"), signed_in("secadmin")
        admin.get(the_user("officer.nanshan")).submit("/role", {"role": "district_manager"})
        browser.get("/", status=303)
        assert someone("officer.nanshan").role == "district_manager"
        admin.get("/account/users")
        admin.post(f"{the_user('secadmin')}/role", {"role": "system_admin"}, status=422)
        assert someone("secadmin").role == "security_admin"

    @pytest.mark.only_on("sqlite")
    @pytest.mark.parametrize(("username", "act"), [
        ("sysadmin", "role"), ("secadmin", "reset"), ("secadmin", "enable"), ("auditor", "disable"), ("coordinator", "disable"),
        ("manager.nanshan", "reset"),
    ])  # fmt: skip
    def test_the_administrators_stay_apart(self, signed_in, username, act):
        before = someone("officer.nanshan")
        signed_in(username).post(f"{the_user('officer.nanshan')}/{act}", {"role": "leader"}, status=403)
        after = someone("officer.nanshan")
        assert (after.role, after.disabled_at, after.password_hash) == (before.role, before.disabled_at, before.password_hash)


class TestOwnAccount:
    """我的账号: who I am, the language, the way out, and on a phone the way to every room."""

    def test_it_says_who_i_am(self, signed_in):
        page = signed_in("officer.nanshan").get("/account/password")
        text = page.text
        assert "officer.nanshan" in text
        assert "专员" in text
        rooms = {a["href"] for a in page.root.first("main").all("a")}
        assert {"/", "/leads", "/returns/"} <= rooms

    def test_another_language_keeps_the_page(self, signed_in):
        page = signed_in("officer.nanshan").get("/leads?stage=signed")
        answer = page.submit("/account/language/en", status=303)
        assert answer.location == "/leads?stage=signed"

    def test_a_head_outside_a_district_is_no_district_manager(self, app, signed_in):
        with app.app_context(), unit_of_work():
            a_person("head.works", Role.DISTRICT_MANAGER, "SZ-HQ")
        assert "单位负责人" in signed_in("head.works").get("/account/password").text
        assert "区负责人" in signed_in("manager.nanshan").get("/account/password").text
