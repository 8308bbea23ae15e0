"""What an ordinary page may cost, and that the shortcuts it takes change nothing of what it says."""

import time

import pytest
from markupsafe import Markup, escape
from sqlalchemy import text, update

from crm.accounts.models import User
from crm.core import clock
from crm.core import db as core
from crm.core.db import db, unit_of_work
from crm.web.drawing import written
from tests.builders import a_lead

LIST = 13  # statements of a list page: its frame's two, the small tables' four, the page's own


@pytest.mark.parametrize("where", ["", "?stage=all&sort=name", "?stage=all&scope=city&page=2"])
def test_the_list_asks_no_more(signed_in, app, where):
    with app.app_context():
        for number in range(3):
            a_lead(title=f"项目{number}")
    signed_in("coordinator").get(f"/leads{where}", ceiling=LIST)


def test_rights_that_change_act_on_the_next_request(signed_in, app):
    """Session and person are one statement; nothing of a person is kept for the next."""
    page = signed_in("officer.nanshan")
    assert "待研判" not in page.get("/").text
    with app.app_context(), unit_of_work() as session:
        session.execute(text("UPDATE user_account SET role = 'district_manager' WHERE username = 'officer.nanshan'"))
    assert "待研判" in page.get("/").text
    with app.app_context(), unit_of_work() as session:
        session.execute(update(User).where(User.username == "officer.nanshan").values(disabled_at=clock.now()))
    assert page.get("/leads", status=303).location.startswith("/account/sign-in")


class Drawn:
    """Something that draws itself."""

    def __repr__(self) -> str:
        return "something drawn"

    def __html__(self) -> str:
        return "<b>drawn</b>"


@pytest.mark.parametrize(
    "value", ["", "plain", "<a href='x'>&\"</a>", Markup("<i>&amp;</i>"), 12, None, 1.5, Drawn(), ["<"], "中文<"], ids=repr
)
def test_what_is_written_is_escaped(value):
    assert written(value) == str(escape(value))


@pytest.mark.only_on("postgres")
def test_reading_holds_no_transaction(app):
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        driver = db.session.connection().connection.driver_connection
        assert driver.autocommit
        assert driver.info.transaction_status == 0
        with unit_of_work() as session:
            writing = session.connection().connection.driver_connection
            session.execute(text("SELECT 1"))
            assert not writing.autocommit
            assert writing.info.transaction_status == 2
        assert db.session.connection().connection.driver_connection.autocommit


@pytest.mark.only_on("postgres")
@pytest.mark.parametrize("trusted", [30.0, -1.0])
def test_a_server_that_went_away_is_noticed(app, signed_in, monkeypatch, trusted):
    """Every connection is cut; the next request meets a new one, whether it listens or asks."""
    monkeypatch.setattr(core, "_TRUSTED_SECONDS", trusted)
    page = signed_in("coordinator")
    page.get("/leads")
    with app.app_context():
        cut = (
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        other = db.engine.raw_connection().driver_connection
        other.execute(cut)
        other.close()
    time.sleep(0.05)  # until the farewell has come
    page.get("/leads")
