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


def test_a_broken_line_ends_the_command(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["match", "score"], input='{"a": "x"}\n')
    assert result.exit_code == 2


def test_the_score_is_a_figure_between_none_and_one() -> None:
    assert 0 < score_of(forms_of("虹技株式会社"), forms_of("Kogi Corporation")) < 1
