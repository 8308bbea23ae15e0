"""A PostgreSQL database that was brought back is the template again; where that cannot be, it says so."""

from collections.abc import Iterator

import psycopg
import pytest

from tests import databases
from tests.pristine import TURNS, Changed, Pristine

pytestmark = pytest.mark.xdist_group("pristine")


@pytest.fixture
def one() -> Iterator[Pristine]:
    """A small database of one table with rows, one without, and a trigger that forbids deletions."""
    server = databases.server()
    server.drop("one")
    dsn = server.create("one").replace("+psycopg", "")
    with psycopg.connect(dsn, autocommit=True) as base:
        base.execute("CREATE TABLE unit (id serial PRIMARY KEY, name text)")
        base.execute("CREATE TABLE lead (id serial PRIMARY KEY, unit_id int REFERENCES unit, named text)")
        base.execute("INSERT INTO unit (name) VALUES ('Nanshan'), ('Baoan')")
        base.execute("CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''never''; END'")
        base.execute("CREATE TRIGGER never BEFORE DELETE ON lead FOR EACH ROW EXECUTE FUNCTION never()")
    pristine = Pristine(dsn)
    yield pristine
    pristine.close()
    server.drop("one")


def held(dsn: str) -> list[object]:
    with psycopg.connect(dsn) as base:
        return [
            base.execute("SELECT id, name FROM unit ORDER BY id").fetchall(),
            base.execute("SELECT id, unit_id, named FROM lead ORDER BY id").fetchall(),
            base.execute("SELECT nextval('unit_id_seq'), nextval('lead_id_seq')").fetchall(),
        ]


AT_FIRST = [[(1, "Nanshan"), (2, "Baoan")], [], [(3, 1)]]


@pytest.mark.parametrize(
    "what",
    [
        "INSERT INTO lead (unit_id, named) VALUES (1, 'a'), (2, 'b')",
        "UPDATE unit SET name = 'Futian' WHERE id = 1",
        "DELETE FROM unit WHERE id = 2",
        "DELETE FROM unit WHERE id = 2; INSERT INTO unit (name) VALUES ('Futian')",
        "TRUNCATE unit, lead RESTART IDENTITY",
        "SELECT nextval('lead_id_seq')",
        "INSERT INTO unit (id, name) VALUES (77, 'by hand')",
    ],
)
def test_it_is_the_template_again(one: Pristine, what: str) -> None:
    dsn = one.base.info.dsn
    for _twice in range(2):
        with psycopg.connect(dsn, autocommit=True) as base:
            base.execute(what)
        one.back()
        assert held(dsn) == AT_FIRST
        one.back()


@pytest.mark.parametrize(
    "what",
    [
        "ALTER TABLE lead ADD COLUMN more text",
        "ALTER TABLE lead ALTER COLUMN named SET NOT NULL",
        "DROP TRIGGER never ON lead",
        "ALTER TABLE lead DISABLE TRIGGER never",
        "ALTER TABLE lead DROP CONSTRAINT lead_unit_id_fkey",
        "CREATE INDEX named ON lead (named)",
        "CREATE TABLE other (id int)",
        "CREATE OR REPLACE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    ],
)
def test_another_shape_asks_for_a_new_copy(one: Pristine, what: str) -> None:
    one.base.execute(what)
    with pytest.raises(Changed):
        one.back()


def test_whoever_is_still_connected_is_sent_away(one: Pristine) -> None:
    other = psycopg.connect(one.base.info.dsn)
    other.execute("INSERT INTO unit (name) VALUES ('never committed')")
    one.back()
    with pytest.raises(psycopg.OperationalError):
        other.execute("SELECT 1")
    assert held(one.base.info.dsn) == AT_FIRST


def test_after_many_turns_it_is_made_anew(one: Pristine) -> None:
    one.turns = TURNS
    with pytest.raises(Changed):
        one.back()


def test_a_connection_that_is_gone_asks_for_a_new_copy(one: Pristine) -> None:
    one.close()
    with pytest.raises(Changed):
        one.back()
