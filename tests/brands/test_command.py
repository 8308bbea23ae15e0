"""`flask match brands`: the same acts, exit codes, JSON."""

import json

import pytest


@pytest.fixture
def command(app):
    def run(*words: str):
        return app.test_cli_runner().invoke(args=["match", "brands", *words])

    return run


AS = ("--as", "sysadmin", "--json")


def said(result) -> dict:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_add_retire_restore_list(command):
    brand = said(command("add", "青梧", "Valdora", "--source", "官网", *AS))
    assert (brand["source"], [name["name"] for name in brand["names"]]) == ("office", ["青梧", "Valdora"])
    slug = brand["brand"]
    more = said(command("add", "발도라", "--brand", slug, "--source", "来函", "--alone", *AS))
    assert more["names"][-1] == {"name": "발도라", "own": True, "alone": True, "retired": False, "source": "来函"}
    gone = said(command("retire", slug, "--name", "VALDORA", "--reason", "有误", *AS))
    assert [name["retired"] for name in gone["names"]] == [False, True, False]
    assert not said(command("restore", slug, "--name", "valdora", "--reason", "核实", *AS))["names"][1]["retired"]
    assert said(command("retire", "bosch", "--reason", "试", *AS))["retired"]
    listed = [json.loads(line) for line in command("list", "--show", "office", *AS).stdout.splitlines()]
    assert [row["brand"] for row in listed] == [slug, "bosch"]
    found = [json.loads(line)["brand"] for line in command("list", "西门子", *AS).stdout.splitlines()]
    assert found[0] == "siemens"
    assert "(Bosch)" not in command("list", "青梧", "--as", "sysadmin").stdout


@pytest.mark.parametrize(
    "words, code",
    [
        (("add", "博世", "--source", "官网", *AS), "brand_name_taken"), (("add", "。", "--source", "官网", *AS), "brand_name_short"),
        (("add", "青梧", "--source", " ", *AS), "brand_source_missing"), (("add", "", "--source", "官网", *AS), "brand_name_missing"),
        (("add", "青梧", "--brand", "no-such", "--source", "官网", *AS), "not_found"),
        (("add", "青梧", "--source", "官网", "--as", "nobody", "--json"), "unknown_user"),
        (("add", "青梧", "--source", "官网", "--as", "coordinator", "--json"), "forbidden"),
        (("retire", "bosch", "--reason", " ", *AS), "brand_reason_missing"),
        (("retire", "no-such", "--reason", "试", *AS), "brand_unknown"),
        (("retire", "bosch", "--name", "nobody", "--reason", "试", *AS), "brand_unknown"),
        (("restore", "bosch", "--reason", "试", *AS), "already_done"),
        (("list", "--as", "auditor", "--json"), "forbidden"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_on_standard_error(command, words, code):
    result = command(*words)
    assert result.exit_code == 2
    assert json.loads(result.stdout) == {"error": code}
    assert result.stderr.strip()
