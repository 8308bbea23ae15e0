"""What an ordinary page may cost, and that the shortcuts it takes change nothing of what it says."""

import time
from datetime import date
from types import SimpleNamespace

import pytest
from jinja2 import Environment, StrictUndefined, UndefinedError
from markupsafe import Markup, escape
from sqlalchemy import text, update

from crm.accounts.models import User
from crm.claims import queries as claims
from crm.claims.models import SpecialDay
from crm.claims.queries import windows
from crm.clusters import queries as clusters
from crm.core import clock
from crm.core import db as core
from crm.core.db import db, unit_of_work
from crm.units import queries as units
from crm.units.models import Unit
from crm.web.drawing import written
from tests.builders import a_lead

LIST = 9  # statements of a list page: its frame's three, the small tables' one, the page's own
LEAD = 9  # of the page of a lead on which nothing hangs yet


@pytest.mark.parametrize("where", ["", "?stage=all&sort=name", "?stage=all&scope=city&page=2"])
def test_the_list_asks_no_more(signed_in, app, where):
    with app.app_context():
        for number in range(3):
            a_lead(title=f"项目{number}")
    signed_in("coordinator").get(f"/leads{where}", ceiling=LIST)


def test_a_bare_lead_asks_no_more(signed_in, app):
    with app.app_context():
        public_id = a_lead(title="港湾").public_id
    signed_in("coordinator").get(f"/leads/{public_id}", ceiling=LEAD)


def test_small_tables_are_as_new_as_the_request(signed_in, app):
    """What they say is worked out once, but what they say is read each time: another process may have changed it."""
    page = signed_in("coordinator")
    for name in ("南山之一", "南山之二"):
        with app.app_context(), unit_of_work() as session:
            session.execute(update(Unit).where(Unit.code == "SZ-NS").values(short_zh=name))
        assert name in page.get("/leads").text
    with app.app_context(), unit_of_work():
        assert units.labels()[units.by_code("SZ-NS").id].short_zh == "南山之二"


def test_small_tables_read_as_their_rows(app):
    """Days, truth, order and what is nested come back through the text as the tables hold them."""
    with app.app_context(), unit_of_work() as session:
        session.add(SpecialDay(day=date(2026, 10, 10), is_worked=True, note="调休", added_by_id=1, added_at=clock.now()))
    with app.app_context():
        assert list(units.labels()) == [unit.id for unit in sorted(units.tree(), key=lambda unit: unit.id)]
        assert [label.zh for label in clusters.labels().values()] == [row.zh for row in clusters.everything()]
        assert [id_ for id_, label in clusters.labels().items() if label.is_current] == [row.id for row in clusters.current()]
        assert claims.calendar().worked == {date(2026, 10, 10)}
        assert claims.versions()
        assert claims.versions()[0].settings.check() is None
        assert windows.any_yet() is False


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in rows %}[{{ a.n }}{% for b in a.more %}{{ loop.index }}{{ b }}{% else %}-{% endfor %}]{% else %}none{% endfor %}",
        "{% for n in range(3) if n %}{{ n }}{% endfor %}{% set t %}{% for a in rows %}{{ a.n }}{% endfor %}{% endset %}{{ t }}",
        "{% macro m(x) %}{% for a in rows %}{{ a.n }}{{ x.n }}{% endfor %}{% endmacro %}{{ m(rows[0]) }}",
        "{% for a in rows recursive %}{{ a.n }}{% if a.sub is defined %}{{ loop(a.sub) }}{% endif %}{% endfor %}",
        "{% block c scoped %}{% for a in rows %}{% set k = a.n %}{{ k }}{{ a['n'] }}{{ text.upper() }}{% endfor %}{% endblock %}",
        "{% set s = namespace(n=0) %}{% for a in rows %}{% set s.n = s.n + 1 %}{{ s.n }}{% endfor %}{{ s.n }}",
    ],
)
def test_pages_are_drawn_as_jinja_draws_them(app, source):
    plain = Environment(autoescape=True, undefined=StrictUndefined)
    facts = {"rows": [{"n": "<1>", "more": "ab", "sub": [{"n": "s"}]}, SimpleNamespace(n=2, more="")], "text": "t<"}
    with app.test_request_context():
        assert app.jinja_env.from_string(source).render(**facts) == plain.from_string(source).render(**facts)


def test_what_a_thing_has_not_still_fails(app):
    with app.test_request_context(), pytest.raises(UndefinedError, match="absent"):
        app.jinja_env.from_string("{{ thing.absent }}").render(thing=SimpleNamespace(n=1))


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
