"""Pairs in, verdicts with their reasons in both languages out."""

import json

import pytest
from flask import Flask

from crm.matching.rules.normalise import forms_of
from crm.matching.rules.scorecard import score_of


@pytest.mark.parametrize("names", [("Siemens AG", "西门子(中国)有限公司"), ("博世", "Robert Bosch GmbH")])
def test_each_line_is_answered_with_reasons_in_both_languages(app: Flask, names: tuple[str, str]) -> None:
    line = json.dumps({"a": names[0], "b": names[1], "a_country": None}, ensure_ascii=False)
    result = app.test_cli_runner().invoke(args=["match", "score"], input=f"{line}\n\n{line}\n")
    assert result.exit_code == 0
    answers = [json.loads(answer) for answer in result.output.splitlines()]
    assert answers[0] == answers[1]
    assert set(answers[0]) == {"score", "verdict", "reasons"}
    assert all(set(reason) == {"code", "zh", "en"} and reason["zh"] and reason["en"] for reason in answers[0]["reasons"])
    assert any(reason["zh"] != reason["en"] for reason in answers[0]["reasons"])


@pytest.mark.parametrize(
    "line",
    [
        '{"a": "x"}', '{"a": ["x"], "b": "y"}', '{"a": true, "b": "y"}', "[]", "null", '"x"', "{", "9" * 5000,
        '{"a":' + "[" * 100_000 + "]" * 100_000 + ', "b": "x"}', '{"a": "x", "b": "y", "a_country": ["DE"]}',
        '{"a": "x", "b": "y", "b_country": 49}', '{"a": "博世", "b": "x"}'.encode("gb18030"),
    ],
    ids=range(12),
)  # fmt: skip
def test_a_broken_line_ends_the_command(app: Flask, line: str | bytes) -> None:
    sound = b'{"a": "x", "b": "x"}\n'
    broken = line if isinstance(line, bytes) else line.encode()
    result = app.test_cli_runner().invoke(args=["match", "score"], input=sound + broken + b"\n")
    assert result.exit_code == 2
    assert "line" in result.stderr and "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ('{"a": null, "b": null}', "different"), ('{"a": "", "b": ""}', "different"), ('{"a": "😀", "b": "🎉"}', "different"),
        ('{"a": "\\ud800", "b": "\\udfff"}', "different"), ('{"a": 360, "b": "360"}', "same"),
        ('{"a": "Bosch", "b": "博世", "a_country": "de", "b_country": "DE"}', "same"),
        ('\ufeff{"a": "x", "b": "x"}', "same"), ('{"a": "x", "b": "x"}\r', "same"),
    ],
    ids=range(8),
)  # fmt: skip
def test_an_odd_line_is_answered_like_any_other(app: Flask, line: str, verdict: str) -> None:
    result = app.test_cli_runner().invoke(args=["match", "score"], input=f"{line}\n")
    assert result.exit_code == 0
    (answer,) = (json.loads(one) for one in result.output.splitlines())
    assert answer["verdict"] == verdict


def test_the_score_is_a_figure_between_none_and_one() -> None:
    assert 0 < score_of(forms_of("虹技株式会社"), forms_of("Kogi Corporation")) < 1
