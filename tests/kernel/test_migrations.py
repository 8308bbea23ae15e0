"""M10: changing a parent table on SQLite keeps its children; without the cure they go, and the migration "succeeds"."""

import shutil
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
import pytest

from tests.kernel import toys

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
MAKE = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "toy1", "{head}"
def upgrade():
    op.create_table("toy_parent", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20)))
    op.create_table(
        "toy_child", sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("toy_parent.id", ondelete="CASCADE", name="fk_toy"), nullable=False),
    )
    op.execute("INSERT INTO toy_parent VALUES (1, 'one')")
    for number in range(1000):
        op.execute(f"INSERT INTO toy_child VALUES ({{number}}, 1)")
def downgrade():
    op.drop_table("toy_child")
    op.drop_table("toy_parent")
"""
CHANGE = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "toy2", "toy1"
def upgrade():
    with op.batch_alter_table("toy_parent") as table:
        table.alter_column("name", type_=sa.String(80))
def downgrade():
    pass
"""
LOSE = """
from alembic import op
revision, down_revision = "toy3", "toy2"
def upgrade():
    op.execute("DELETE FROM toy_child WHERE id < 3")
def downgrade():
    pass
"""
_KEYS_OFF = 'raw.execute("PRAGMA foreign_keys=OFF")'
_GATE = "check_nothing_lost(connection, before)"


def copy_of(tmp_path, *, cure=True, gate=True):
    """Our migrations with three toys on top, with or without what env.py does."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    env = (folder / "env.py").read_text("utf-8")
    assert _KEYS_OFF in env
    assert _GATE in env.split("def run()")[1]
    if not cure:
        env = env.replace(_KEYS_OFF, "pass")
    if not gate:
        env = env.replace(f"            {_GATE}\n", "            pass\n")
    (folder / "env.py").write_text(env, "utf-8")
    head = (MIGRATIONS / "HEAD").read_text("utf-8").strip()
    for name, text in (("toy1", MAKE.format(head=head)), ("toy2", CHANGE), ("toy3", LOSE)):
        (folder / "versions" / f"{name}.py").write_text(text, "utf-8")
    return str(folder)


def children(app):
    return toys.run(app, "SELECT count(*) FROM toy_child")[0][0]


def upgrade(app, folder, revision):
    with app.app_context():
        flask_migrate.upgrade(directory=folder, revision=revision)


@contextmanager
def refused(caplog):
    with pytest.raises(SystemExit):
        yield
    assert "rows lost" in caplog.text


def test_children_stay(app, tmp_path):
    folder = copy_of(tmp_path)
    upgrade(app, folder, "toy1")
    upgrade(app, folder, "toy2")
    assert children(app) == 1000


@pytest.mark.only_on("sqlite")
@pytest.mark.full
def test_without_the_cure_they_are_gone(app, tmp_path):
    folder = copy_of(tmp_path, cure=False, gate=False)
    upgrade(app, folder, "toy1")
    upgrade(app, folder, "toy2")
    assert children(app) == 0


@pytest.mark.only_on("sqlite")
@pytest.mark.full
def test_without_the_cure_the_gate_stops_it(app, tmp_path, caplog):
    folder = copy_of(tmp_path, cure=False)
    upgrade(app, folder, "toy1")
    with refused(caplog):
        upgrade(app, folder, "toy2")
    assert children(app) == 1000, "a refused migration wrote something"


def test_a_migration_that_deletes_is_stopped_whole(app, tmp_path, caplog):
    folder = copy_of(tmp_path)
    upgrade(app, folder, "toy1")
    with refused(caplog):
        upgrade(app, folder, "toy3")
    assert children(app) == 1000
    assert toys.run(app, "SELECT version_num FROM alembic_version") == [("toy1",)]
