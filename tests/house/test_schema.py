"""An empty database brought up by the migrations is the one the models describe, on both databases, down to checks and indexes."""

import re

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from crm.core.db import Base
from tests import databases
from tests.house.source import ROOT

VERSIONS = ROOT / "migrations" / "versions"
# Tables that no model describes, and why.
OWN_TABLES = {"alembic_version": "alembic's own"}


def numbers():
    return sorted(path.name[:4] for path in VERSIONS.glob("*.py"))


def test_numbers_have_no_gap_and_head_names_the_last():
    found = numbers()
    assert found == [f"{n:04d}" for n in range(1, len(found) + 1)]
    assert (ROOT / "migrations" / "HEAD").read_text("utf-8").strip() == found[-1]
    for path in VERSIONS.glob("*.py"):
        revision = re.search(r'^revision(?:: str)? = "(\w+)"', path.read_text("utf-8"), re.M)
        assert revision
        assert revision.group(1) == path.name[:4], path.name
        before = re.search(r'^down_revision(?:: \S+)? = (?:"(\w+)"|None)', path.read_text("utf-8"), re.M)
        assert before
        expected = int(path.name[:4]) - 1
        assert (before.group(1) or "0000") == f"{expected:04d}", path.name


def _compared(kind, engine):
    """What alembic would still change."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return [change for change in compare_metadata(context, Base.metadata)]


def _described(engine):
    """The schema as the database itself tells it, in words that do not depend on how it was written down."""
    if engine.dialect.name == "postgresql":
        return _described_postgres(engine)
    found = {}
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        for kind, name, _table, sql in rows:
            if name in OWN_TABLES:
                continue
            body = re.sub(r"\s+", " ", sql.replace('"', "").replace("(\n", "(")).strip()
            if kind == "table":
                columns = body[body.index("(") + 1 : body.rindex(")")]
                found[name] = sorted(_parts(columns))
            else:
                found[name] = body
    return found


def _parts(text_):
    """Comma-separated parts outside brackets."""
    part, depth, parts = "", 0, []
    for char in text_ + ",":
        if char == "," and depth == 0:
            parts.append(re.sub(r"\s*([(),])\s*", r"\1", part.strip()))
            part = ""
            continue
        depth += (char == "(") - (char == ")")
        part += char
    return parts


def _described_postgres(engine):
    queries = {
        "column": "SELECT table_name || '.' || column_name, concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default)"
        " FROM information_schema.columns WHERE table_schema = 'public'",
        "constraint": "SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace AND contype <> 'n'",
        "index": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }
    found = {}
    with engine.connect() as connection:
        for kind, query in queries.items():
            for name, definition in connection.execute(text(query)):
                if not name.startswith("alembic_version"):
                    found[f"{kind} {name}"] = definition
    return found


@pytest.fixture
def from_models(database_kind, app):
    """A database made by create_all."""
    databases.remove(database_kind, "models")
    if database_kind == "postgres":
        databases.server().create("models")
    engine = create_engine(databases.url_of(database_kind, "models"))
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()
    databases.remove(database_kind, "models")


@pytest.fixture
def from_migrations(app, database_kind):
    engine = create_engine(databases.url_of(database_kind, "board"))
    yield engine
    engine.dispose()


def _differences(one, other):
    return {name: (one.get(name), other.get(name)) for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def test_alembic_sees_nothing_to_do(database_kind, from_migrations):
    assert not _compared(database_kind, from_migrations)


def test_the_databases_say_the_same(from_migrations, from_models):
    assert not _differences(_described(from_migrations), _described(from_models))


def test_the_comparison_can_fail(from_migrations, from_models):
    """A check or a partial index that only one side has is found."""
    with from_models.begin() as connection:
        connection.execute(text("DROP INDEX uq_claim_live_lead"))
        connection.execute(text("CREATE UNIQUE INDEX uq_claim_live_lead ON claim (lead_id)"))
    assert set(_differences(_described(from_migrations), _described(from_models))) in (
        {"uq_claim_live_lead"}, {"index uq_claim_live_lead"},
    )  # fmt: skip


def test_up_down_up(app, from_migrations):
    before = _described(from_migrations)
    with app.app_context():
        from crm.core.db import db, unit_of_work

        with unit_of_work():  # rows stand in the way of going down and up with data; structure is what this is about
            for table in reversed(Base.metadata.sorted_tables):
                db.session.execute(table.delete())
        db.session.remove()
        db.engine.dispose()
        flask_migrate.downgrade(revision="base", x_arg=["may_delete=yes"])
        assert set(inspect(from_migrations).get_table_names()) <= set(OWN_TABLES)
        flask_migrate.upgrade()
    assert _described(from_migrations) == before


def test_reference_data_may_be_loaded_twice(app):
    from sqlalchemy import func, select

    from crm.clusters import services as clusters
    from crm.core.db import db, unit_of_work
    from crm.rates import services as rates
    from crm.units import services as units
    from crm.units.models import Unit

    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Unit))
        with unit_of_work():
            assert [units.load_reference(), clusters.load_reference(), rates.load_reference()] == [0, 0, 0]
        assert db.session.scalar(select(func.count()).select_from(Unit)) == count > 10


def test_every_table_can_be_named_in_a_migration():
    """Every constraint has a name (SQLite's batch mode needs it), every foreign key has an index that serves it."""
    unnamed, slow = [], []
    for table in Base.metadata.tables.values():
        unnamed += [f"{table.name}: {c}" for c in table.constraints if not c.name]
        leading = {tuple(i.columns)[0].name for i in table.indexes} | {
            tuple(c.columns)[0].name for c in table.constraints if type(c).__name__ in ("PrimaryKeyConstraint", "UniqueConstraint")
            if len(c.columns)
        }  # fmt: skip
        slow += [f"{table.name}.{c.name}" for c in table.columns if c.foreign_keys and c.name not in leading]
    assert not unnamed
    quiet = {
        name
        for name in slow
        if name.split(".")[1].endswith(("by_id", "unit_id", "owner_id", "user_id", "assignee_id", "actor_id"))
    }
    assert not set(slow) - quiet - WALKED_RARELY, sorted(set(slow) - quiet - WALKED_RARELY)


# Foreign keys that no page follows backwards; people and units are disabled, never deleted.
WALKED_RARELY = {
    "unit.parent_id", "import_batch.file_id", "import_batch.job_id", "import_batch.result_file_id", "import_row.company_id",
    "import_row.lead_id", "edition_row.cluster_id", "instruction_event.for_id",
}  # fmt: skip
