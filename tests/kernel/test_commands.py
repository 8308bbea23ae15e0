"""The command line's door: what is no text, what cannot be written and what nothing can be learned from is exit code 2."""

import json
import os
import shutil
from pathlib import Path

import pytest

from crm.exchange import cli as imports
from tests.desk.commands import flask

DATA = Path(__file__).resolve().parents[1] / "data"
BROKEN = os.fsdecode(b"officer\xff")


@pytest.mark.parametrize("words", [
    ["accounts", "reset", "leader", "--as", BROKEN], ["accounts", "disable", BROKEN, "--as", "secadmin"],
    ["leads", "import", DATA / "empty.xlsx", "--as", BROKEN], ["review", "sweep", "--as", BROKEN],
    ["match", "brands", "add", BROKEN, "--source", "x", "--as", "sysadmin"],
])  # fmt: skip
def test_what_is_not_utf8(app, words):
    result = flask(app, *words)
    assert result.exit_code == 2
    assert "is not UTF-8" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_named_on_a_chinese_windows(app, tmp_path):
    file = tmp_path / os.fsdecode("名单.xlsx".encode("gb18030"))
    shutil.copy(DATA / "empty.xlsx", file)
    assert imports._name_of(file) == "名单.xlsx"
    result = flask(app, "leads", "import", file, "--as", "coordinator", "--unit", "SZ-NS", "--json")
    assert json.loads(result.stdout)["error"] != "file_ending"


def test_a_report_that_cannot_be_written_is_said_before_anything_is_imported(app, tmp_path):
    words = ["leads", "import", DATA / "district_a_leads.xlsx", "--as", "coordinator", "--unit", "SZ-NS"]
    result = flask(app, *words, "--report", tmp_path / "no" / "report.json")
    assert result.exit_code == 2
    assert "--report" in result.stderr
    assert not list((tmp_path).iterdir())


def test_refusals_are_json_where_json_was_asked_for(app, tmp_path):
    wrong = tmp_path / "formula.txt"
    wrong.write_bytes("考核".encode("gb18030"))
    asked = {
        "not_utf8": ["assessment", "load", wrong, "--as", "coordinator"],
        "unknown_user": ["datasets", "export", tmp_path / "there", "--as", "nobody"],
        "folder": ["datasets", "export", wrong / "there", "--as", "coordinator"],
    }
    for code, words in asked.items():
        result = flask(app, *words, "--json")
        assert result.exit_code == 2, words
        assert json.loads(result.stdout)["error"] == code


@pytest.mark.only_on("sqlite")
def test_names_by_half_a_character_are_refused(app):
    words = ["match", "load", "-"]
    result = app.test_cli_runner().invoke(args=words, input='{"id": "\\ud800", "name": "x"}\n')
    assert result.exit_code == 2
    assert "line 1" in result.stderr


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("pairs", ["", '{"a": "x", "b": "y", "slice": "s", "entity": "e", "same": 1}\n'])
def test_nothing_is_learned_from_nothing(app, tmp_path, pairs):
    (tmp_path / "pairs.jsonl").write_text(pairs)
    result = flask(app, "match", "train", tmp_path / "pairs.jsonl", "--to", tmp_path / "model")
    assert result.exit_code == 2
    assert "are needed" in result.stderr
    assert not (tmp_path / "model").exists()
