"""How migrations run: on their own connection, on SQLite with foreign keys off until all is checked.

SQLite changes a table by building it anew; with foreign keys on, dropping the old parent deletes its children and the
migration "succeeds" (reliability study, M10). So keys are off before the transaction begins, and before it ends every foreign
key is checked and every table must still have its rows.
"""

import sqlite3

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import Connection

from crm.core.db import Base


class MigrationLostRows(RuntimeError):
    """A migration would have lost rows or left dangling references; nothing was written."""


def row_counts(connection: Connection) -> dict[str, int]:
    """Rows of each table."""
    names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
    return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}


def check_nothing_lost(connection: Connection, before: dict[str, int]) -> None:
    """Raise MigrationLostRows when a kept table has fewer rows, or a reference leads nowhere."""
    after = row_counts(connection)
    lost = {name: (n, after[name]) for name, n in before.items() if name in after and after[name] < n}
    if lost and not context.get_x_argument(as_dictionary=True).get("may_delete"):
        raise MigrationLostRows(f"rows lost: {lost}")
    if connection.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if dangling:
            raise MigrationLostRows(f"dangling references: {dangling[:5]}")


def as_plain_type(kind: str, item: object, _autogen: object) -> str | bool:
    """Migrations name plain types: they must run when our own column types have changed or gone."""
    return "sa.DateTime(timezone=True)" if kind == "type" and type(item).__name__ == "UtcDateTime" else False


def run() -> None:
    """Bring the database to the newest version in one transaction."""
    url = context.config.get_main_option("sqlalchemy.url") or current_app.config["SQLALCHEMY_DATABASE_URI"]
    engine = create_engine(url)
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        if isinstance(raw, sqlite3.Connection):
            raw.execute("PRAGMA foreign_keys=OFF")
            connection = connection.execution_options(sqlite_begin="IMMEDIATE")
        # Begun before alembic looks: it leaves an outer transaction alone, and else commits each step on SQLite by itself.
        with connection.begin():
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_as_batch=True,
                compare_type=True,
                render_item=as_plain_type,
            )
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL lock_timeout = '4s'"))
                connection.execute(text("SET LOCAL statement_timeout = '300s'"))
            before = row_counts(connection)
            context.run_migrations()
            check_nothing_lost(connection, before)
    engine.dispose()


run()
