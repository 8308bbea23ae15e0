"""Accounts on the command line: exit codes, what stands on standard output, one-time links, who may."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, func, select

from crm.accounts.models import User
from crm.accounts.rules import LINK_LIVES
from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.targets.models import Target
from crm.units.models import Unit
from tests.builders import PASSWORD, someone
from tests.pages import PageClient

NEW = "seven wet umbrellas"


def flask(app: Flask, *words: str) -> Result:
    """Run `flask accounts …`."""
    return app.test_cli_runner().invoke(args=["accounts", *words])


def said(result: Result) -> dict:
    """What a run with --json says on standard output, and nothing besides."""
    return json.loads(result.stdout)


def sign_in(app: Flask, username: str, password: str, status: int = 303) -> PageClient:
    browser = PageClient(app)
    browser.get("/account/sign-in").submit("/sign-in", {"username": username, "password": password}, status=status)
    return browser


def use(app: Flask, link: str, password: str = NEW, status: int = 303) -> None:
    path = urlsplit(link).path
    browser = PageClient(app)
    browser.get(path, status=404 if status == 404 else 200)
    browser.post(path, {"password": password, "again": password}, status=status)


def without_administrators(app: Flask) -> None:
    with app.app_context(), unit_of_work():
        someone("sysadmin").disabled_at = clock.now()


def test_the_first_administrator(app):
    without_administrators(app)
    result = flask(app, "create-admin", "--username", "First.Admin", "--name", "方一舟", "--json")
    assert result.exit_code == 0
    assert result.stderr == ""
    link = said(result)["link"]
    assert link.startswith(f"{app.config['PUBLIC_URL']}/account/set-password/")
    sign_in(app, "first.admin", NEW, status=422)
    use(app, link)
    browser = sign_in(app, "first.admin", NEW)
    assert "first.admin" in browser.get("/account/users").html
    with app.app_context():
        user = db.session.scalar(select(User).where(User.username == "first.admin"))
        assert (user.role, user.unit.is_coordinating, user.name) == ("system_admin", True, "方一舟")


def test_a_link_works_once_and_for_two_days(app, clock_at):
    start = clock_at("2026-06-18 09:00")
    links = [said(flask(app, "reset", "officer.baoan", "--as", "sysadmin", "--json"))["link"] for _ in range(2)]
    use(app, links[0], status=404)
    use(app, links[1])
    use(app, links[1], "eight wet umbrellas", status=404)
    sign_in(app, "officer.baoan", NEW)
    late = said(flask(app, "reset", "officer.baoan", "--as", "sysadmin", "--json"))["link"]
    clock_at(start + LINK_LIVES + timedelta(minutes=1))
    use(app, late, status=404)
    sign_in(app, "officer.baoan", NEW, status=422)


def test_later_administrators_are_made_by_one(app):
    refused = flask(app, "create-admin", "--username", "second", "--name", "x", "--json")
    assert refused.exit_code == 2
    assert said(refused) == {"error": "needs_actor"}
    assert "--as" in refused.stderr
    for stranger in ("officer.nanshan", "secadmin", "leader"):
        assert flask(app, "create-admin", "--username", "second", "--name", "x", "--as", stranger).exit_code == 2
    assert flask(app, "create-admin", "--username", "second", "--name", "x", "--as", "nobody").exit_code == 2
    with app.app_context():
        assert db.session.scalar(select(User).where(User.username == "second")) is None
    done = flask(app, "create-admin", "--username", "second", "--name", "x", "--as", "sysadmin")
    assert done.exit_code == 0
    assert "/account/set-password/" in done.stdout


def test_a_life(app):
    """Create, list, disable, enable, reset: each is a line of the audit trail in the name of who did it."""
    made = flask(
        app,
        "create",
        "--username",
        "Lin.Wei",
        "--name",
        " 林\u200b薇 ",
        "--role",
        "officer",
        "--unit",
        "sz-ba",
        "--as",
        "sysadmin",
        "--json",
    )
    assert made.exit_code == 0
    use(app, said(made)["link"])
    browser = sign_in(app, "lin.wei", NEW)
    people = {person["username"]: person for person in json.loads(flask(app, "list", "--json").stdout)}
    assert people["lin.wei"] == {"username": "lin.wei", "name": "林薇", "role": "officer", "unit": "SZ-BA", "active": True}
    assert "lin.wei" in flask(app, "list").stdout

    assert flask(app, "disable", "lin.wei", "--as", "secadmin").exit_code == 0
    assert "sign-in" in browser.get("/", status=303).location
    sign_in(app, "lin.wei", NEW, status=422)
    assert flask(app, "enable", "lin.wei", "--as", "sysadmin").exit_code == 0
    assert "sign-in" in browser.get("/", status=303).location, "the old session does not come back to life"
    browser = sign_in(app, "lin.wei", NEW)

    link = said(flask(app, "reset", "lin.wei", "--as", "sysadmin", "--json"))["link"]
    assert "sign-in" in browser.get("/", status=303).location
    sign_in(app, "lin.wei", NEW, status=422)
    use(app, link, "eight wet umbrellas")
    sign_in(app, "lin.wei", "eight wet umbrellas")
    with app.app_context():
        who = {name: someone(name).id for name in ("sysadmin", "secadmin")}
        query = select(AuditLine.action, AuditLine.actor_id).where(AuditLine.action.in_(["account.created", "account.disabled",
                       "account.enabled", "account.reset"])).order_by(AuditLine.seq)  # fmt: skip
        assert db.session.execute(query).all() == [
            ("account.created", who["sysadmin"]), ("account.disabled", who["secadmin"]), ("account.enabled", who["sysadmin"]),
            ("account.reset", who["sysadmin"]),
        ]  # fmt: skip


@pytest.mark.parametrize(("words", "code"), [
    (["disable", "nobody", "--as", "sysadmin"], "unknown_user"),
    (["disable", "officer.nanshan", "--as", "nobody"], "unknown_user"),
    (["disable", "officer.nanshan", "--as", "leader"], "not_found"),
    (["disable", "officer.nanshan", "--as", "auditor"], "forbidden"),
    (["reset", "officer.nanshan", "--as", "secadmin"], "forbidden"),
    (["enable", "officer.nanshan", "--as", "secadmin"], "forbidden"),
    (["enable", "officer.nanshan", "--as", "sysadmin"], "already_done"),
    (["create", "--username", "Leader", "--name", "x", "--role", "officer", "--unit", "SZ-NS", "--as", "sysadmin"], "username_taken"),
    (["create", "--username", "x.y.z", "--name", "x", "--role", "officer", "--unit", "SZ-??", "--as", "sysadmin"], "unknown_unit"),
    (["create", "--username", "x.y.z", "--name", "x", "--role", "officer", "--unit", "SZ-NS", "--as", "officer.nanshan"], "not_found"),
    (["create", "--username", "x" * 61, "--name", "x", "--role", "officer", "--unit", "SZ-NS", "--as", "sysadmin"], "username_form"),
    (["create", "--username", "a b/c", "--name", "x", "--role", "officer", "--unit", "SZ-NS", "--as", "sysadmin"], "username_form"),
    (["create", "--username", "x.y.z", "--name", "林" * 61, "--role", "officer", "--unit", "SZ-NS", "--as", "sysadmin"], "name_form"),
    (["create", "--username", "x.y.z", "--name", "\u200b", "--role", "officer", "--unit", "SZ-NS", "--as", "sysadmin"], "name_form"),
])  # fmt: skip
def test_bad_input_is_exit_2_with_the_reason_on_standard_error(app, words, code):
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(AuditLine))
    result = flask(app, *words, "--json")
    assert result.exit_code == 2
    assert said(result) == {"error": code}
    assert result.stderr.strip()
    assert "Traceback" not in result.stderr
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(AuditLine)) == before
        assert someone("officer.nanshan").is_active


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("words", [
    ["disable", "officer.nanshan"], ["create", "--username", "x"], ["nothing"], ["reset"],
    ["create", "--username", "x.y.z", "--name", "x", "--role", "emperor", "--unit", "SZ-NS", "--as", "sysadmin"],
])  # fmt: skip
def test_a_wrong_call_is_exit_2(app, words):
    result = flask(app, *words)
    assert result.exit_code == 2
    assert "Error" in result.stderr


@pytest.mark.only_on("sqlite")
def test_before_the_reference_data_is_there(app):
    """A database that was migrated and nothing more: no unit to put the administrator in, said in words."""
    with app.app_context(), unit_of_work():
        for table in (Target, User, Unit):
            db.session.execute(delete(table))
    result = flask(app, "create-admin", "--username", "first.admin", "--name", "x")
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr


@pytest.mark.only_on("sqlite")
def test_who_acts_is_still_there(app):
    without_administrators(app)
    assert flask(app, "reset", "officer.nanshan", "--as", "sysadmin").exit_code == 2
    sign_in(app, "officer.nanshan", PASSWORD)
