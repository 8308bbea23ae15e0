"""What no database takes and no door expects, in an address or a form: an answer in words, never a server error."""

import re

import pytest

from tests.house.routes import STORED

DOORS = [line.split()[:2] for line in STORED.read_text("utf-8").splitlines()]
NAMELESS = b"--zz\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--zz--\r\n"
HUGE = "9" * 30


@pytest.mark.parametrize("username", ["coordinator", "sysadmin"])
def test_an_id_with_a_nul_names_nothing(signed_in, username):
    browser = signed_in(username)
    for methods, path in DOORS:
        if "GET" in methods and "<" in path:
            asked = re.sub("<[^>]*>", "a%00", path)
            assert browser.http.get(asked).status_code == 404, path


def test_a_nul_in_a_question_is_left_out(signed_in):
    browser = signed_in("coordinator")
    for asked in ("/leads?q=ab%00c&page=%00", "/money/lines?company=%00", "/meetings/?edition=%00", "/supervision/?q=%00"):
        assert browser.http.get(asked).status_code == 200, asked
    assert 'value="abc"' in browser.http.get("/leads?q=ab%00c").text


@pytest.mark.parametrize(
    "asked", ["/leads?event=", "/events/?unit=", "/supervision/?leader=", "/reports/districts?year=", "/leads/queue?page="]
)
def test_a_number_out_of_all_bounds_is_no_number(signed_in, asked):
    assert signed_in("manager.nanshan" if "queue" in asked else "coordinator").http.get(asked + HUGE).status_code == 200


def test_lines_before_one_out_of_all_bounds(signed_in):
    assert signed_in("auditor").http.get("/audit/?before=" + HUGE).status_code == 200


def test_a_part_without_a_name_is_left_out(app, signed_in):
    for browser in (app.test_client(), signed_in("coordinator").http):
        answer = browser.post("/account/sign-in", data=NAMELESS, content_type="multipart/form-data; boundary=zz")
        assert answer.status_code == 400, "a form without its token"
