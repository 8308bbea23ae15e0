"""The yardstick: a bare Flask page of fifty rows read by sqlite3 and drawn by Jinja, nothing else."""

import sqlite3
import tempfile
from pathlib import Path

from flask import Flask

ROWS = 50
TEMPLATE = (
    "<!doctype html><table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)


def make(folder: Path) -> Flask:
    """An app with one page."""
    file = folder / "bare.sqlite"
    if not file.exists():
        with sqlite3.connect(file) as connection:
            connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT, d TEXT, e TEXT)")
            rows = [tuple(f"{letter}{number}" for letter in "abcde") for number in range(10_000)]
            connection.executemany("INSERT INTO t (a,b,c,d,e) VALUES (?,?,?,?,?)", rows)
    app = Flask("bare")
    template = app.jinja_env.from_string(TEMPLATE)

    @app.get("/")
    def page() -> str:
        connection = sqlite3.connect(file)
        try:
            rows = connection.execute("SELECT a,b,c,d,e FROM t ORDER BY id DESC LIMIT ?", (ROWS,)).fetchall()
        finally:
            connection.close()
        return template.render(rows=rows)

    return app


app = make(Path(tempfile.gettempdir()))
