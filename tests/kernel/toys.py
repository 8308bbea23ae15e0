"""A table without any of the product's cures, reached by the drivers as they come: what the faults are shown on."""

import sqlite3
from typing import Any

import psycopg
from flask import Flask


def connect(app: Flask, *, timeout: float = 5.0) -> Any:
    """A connection with the driver's own habits, to the test's database."""
    url: str = app.config["SQLALCHEMY_DATABASE_URI"]
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=timeout)
        connection.execute("PRAGMA synchronous=OFF")
        return connection
    return psycopg.connect(url.replace("+psycopg", ""))


def run(app: Flask, *statements: str) -> list[Any]:
    """Run statements and commit; rows of the last one, if it has any."""
    connection = connect(app)
    try:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
        connection.commit()
        return rows
    finally:
        connection.close()


def make(app: Flask) -> None:
    """The toy: one row, counting from 0."""
    run(app, "CREATE TABLE toy (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)", "INSERT INTO toy VALUES (1, 0)")


def count(app: Flask) -> int:
    """Where the toy stands."""
    found: int = run(app, "SELECT n FROM toy WHERE id = 1")[0][0]
    return found
