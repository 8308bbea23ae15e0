"""M7: a guess is spent before the password is looked at; parallel guesses do not slip past the limit."""

import pytest

from crm.accounts import services
from crm.accounts.rules import GUESSES, WINDOW
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Throttled
from tests.builders import PASSWORD
from tests.kernel import toys
from tests.races import race, values


def check_then_count(app, number, tries):
    """As it is usually written: read the counter, check the password, write it back."""
    import time

    evaluated = 0
    connection = toys.connect(app, timeout=15)
    for _ in range(tries):
        spent = connection.execute("SELECT n FROM toy WHERE id = 1").fetchone()[0]
        if spent >= GUESSES:
            connection.rollback()
            continue
        evaluated += 1
        time.sleep(0.003)
        connection.execute(f"UPDATE toy SET n = {spent + 1} WHERE id = 1")
        connection.commit()
    connection.close()
    return evaluated


@pytest.mark.full
def test_without_the_cure_more_guesses_are_evaluated(app):
    toys.make(app)
    assert sum(values(race(check_then_count, 8, app, 12))) > GUESSES


def guess(app, number, tries):
    evaluated = 0
    with app.app_context():
        for _ in range(tries):
            try:
                with unit_of_work():
                    services.reserve_guess("Officer.Nanshan ", f"10.0.0.{number}", now=clock.now())
                evaluated += 1
            except Throttled:
                pass
    return evaluated


def test_exactly_ten_are_evaluated(app):
    assert sum(values(race(guess, 16, app, 12))) == GUESSES


def sign_in(client, password, username="officer.nanshan", status=422):
    return client.get("/account/sign-in").submit("/sign-in", {"username": username, "password": password}, status=status)


def test_through_the_door(client, signed_in, clock_at):
    start = clock_at("2026-06-18 09:00")
    for _ in range(GUESSES):
        sign_in(client, "wrong password!")
    page = sign_in(client, PASSWORD, status=429)
    assert "officer.nanshan" in page.html, "what was typed is gone"
    clock_at(start + WINDOW * 0.9)
    sign_in(client, PASSWORD, status=429)
    clock_at(start + WINDOW * 1.1)
    assert sign_in(client, PASSWORD, status=303).location == "/"


def test_another_address_and_another_name_are_not_hindered(client):
    for _ in range(GUESSES):
        sign_in(client, "wrong password!")
    assert sign_in(client, PASSWORD, username="officer.baoan", status=303)


def test_a_right_password_gives_the_guesses_back(app):
    from tests.pages import PageClient

    for _ in range(3):
        browser = PageClient(app)
        for _ in range(GUESSES - 1):
            sign_in(browser, "wrong password!")
        sign_in(browser, PASSWORD, status=303)


def test_one_address_may_not_try_every_name(client):
    outcomes = [sign_in(client, "wrong password!", username=f"somebody.{n}", status=(422, 429)).status for n in range(70)]
    assert outcomes.count(422) == 60


def test_an_unknown_name_gets_the_same_answer(client):
    known, unknown = sign_in(client, "wrong password!"), sign_in(client, "wrong password!", username="nobody.here")
    assert known.problems() == unknown.problems()
