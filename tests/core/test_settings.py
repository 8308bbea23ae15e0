"""Settings that cannot be read stop the start with a sentence and code 2; nothing is guessed."""

import runpy

import pytest
from flask import Flask

from crm.jobs import jobs
from devtools.steps import ROOT


@pytest.mark.parametrize(("name", "typed", "said"), [
    ("PROXY_HOPS", "one", "PROXY_HOPS must be a number, it is 'one'"),
    ("CHECK_SECONDS", "3s", "CHECK_SECONDS must be a number, it is '3s'"),
    ("DATABASE_URL", "mysql://root:secret@here/board", "begins with sqlite:/// or postgresql://, not with 'mysql'"),
    ("DATABASE_URL", "board.sqlite", "begins with sqlite:/// or postgresql://"),
    ("LOG_LEVEL", "loud", "LOG_LEVEL is one of"),
])  # fmt: skip
def test_what_cannot_be_read(monkeypatch, capsys, name, typed, said):
    monkeypatch.setenv(name, typed)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "config.py"))
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert said in told
    assert "secret" not in told


def test_what_can(monkeypatch):
    for name, typed in {"PROXY_HOPS": " 2 ", "CHECK_SECONDS": "0.5", "LOG_LEVEL": "debug", "IDLE_DAYS": ""}.items():
        monkeypatch.setenv(name, typed)
    monkeypatch.setenv("DATABASE_URL", "postgres://board@here/board")
    config = runpy.run_path(str(ROOT / "config.py"))["Config"]
    assert (config.PROXY_HOPS, config.CHECK_SECONDS, config.IDLE_DAYS, config.LOG_LEVEL) == (2, 0.5, 30, "DEBUG")
    assert config.SQLALCHEMY_DATABASE_URI == "postgresql+psycopg://board@here/board"


def test_a_server_that_is_not_there(capsys):
    app = Flask("nobody")
    app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql+psycopg://board:secret@127.0.0.1:1/board"
    with pytest.raises(SystemExit) as ended:
        jobs.make_queue(app)
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert "PostgreSQL does not answer" in told
    assert "secret" not in told
