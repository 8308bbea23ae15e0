"""Every error of a table's text by line and column; what two tables say otherwise."""

import json

import pytest

from crm.leads.rules.lead import Stage
from crm.pipeline.rules import BadGates, differences, load, shipped, shipped_text
from crm.pipeline.rules.gate_text import LARGEST, read_text

TEXT = shipped_text()


def faults(text):
    with pytest.raises(BadGates) as refused:
        load(text)
    return [(one.line, one.column, one.place, one.code, one.what) for one in refused.value.faults]


def test_the_reader_agrees_with_json():
    for text in (TEXT, ' [1, -2.5e3, "a\\u4e2d\\"b", null, true, {}, [], {"x": [ ]}] ', '"x"', "7"):
        assert read_text(text).value == json.loads(text)


def test_every_error_has_its_own_line_and_column():
    text = TEXT.replace('"field": "cluster"', '"field": "cloister"', 1).replace(
        '"review_working_days": 3', '"review_working_days": "3"'
    )
    text = text.replace('"sum": "optional"', '"sum": "maybe"', 1).replace(
        '"override": ["coordinator"]', '"override": ["mayor"]', 1
    )
    text = text.replace('"stage_days_near": 14', '"stage_days_near": 14, "moon": 1')
    found = faults(text)
    assert [(place, code, what) for _line, _column, place, code, what in found] == [
        ("kinds.framework.sum", "word", "word 'maybe'"), ("gates[0].override[0]", "word", "principal 'mayor'"),
        ("gates[1].needs[3].field", "word", "field 'cloister'"), ("review_working_days", "days", ""), ("moon", "key", ""),
    ]  # fmt: skip
    lines = text.splitlines()
    for (line, column, *_rest), sign in zip(found, ('"sum"', '"mayor"', '"field"', '"review', '"moon"'), strict=True):
        assert lines[line - 1][column - 1 :].startswith(sign)


@pytest.mark.parametrize(("text", "line", "column", "code"), [
    ("", 1, 1, "json"), ("{", 1, 1, "json"), ('{"a": 1,\n "b" 2}', 2, 6, "json"), ('{"a": 1,\n}', 2, 1, "json"), ('{"a": 1} x', 1, 10, "json"),
    ('{"a": tru}', 1, 7, "json"), ('{"a": 1,\n "a": 2}', 2, 2, "twice"), ("[" * 40, 1, 14, "deep"), ("[]", 1, 1, "object"),
    ("x" * (LARGEST + 1), 1, 1, "large"), ('{"a": "\n"}', 1, 8, "json"), ("\ufeff{}", 1, 1, "json"),
], ids=range(12))  # fmt: skip
def test_a_text_that_is_none(text, line, column, code):
    assert faults(text)[0][:2] + faults(text)[0][3:4] == (line, column, code)


@pytest.mark.parametrize(
    "slip", ['"override_days": ' + "9" * 5000, '"override_days": 30, "source": "\\ud800"', '"source": "\\u0000"']
)
def test_what_python_reads_and_nothing_can_keep(slip):
    """A number of thousands of digits and half a sign were no error of the text but one of the machine."""
    (fault,) = faults(TEXT.replace('"override_days": 30', slip, 1))
    assert fault[3] == "json"


def test_what_only_the_whole_shows():
    raw = json.loads(TEXT)
    raw["gates"].pop()
    raw["paths"]["building"].remove("first_funds")
    found = {what for *_at, what in faults(json.dumps(raw, indent=1))}
    assert "building to operating" in found
    assert "first_funds is not on the path of building" in found


def test_a_name_is_no_novel():
    assert faults(TEXT.replace("2026-11-1", "2" * 21))[0][3:] == ("long", "20")


def test_what_two_tables_say_otherwise():
    assert differences(shipped(), shipped()) == []
    raw = json.loads(TEXT)
    raw["gates"][1]["needs"].append({"field": "park"})
    raw["gates"][1]["needs"].reverse()
    raw["gates"][0]["needs"].reverse()
    raw["kinds"]["registered"]["confirmed"] = False
    raw["override_days"], raw["slip"]["red_days"], raw["stage_days"]["lead"] = 20, 80, 50
    raw["paths"]["acquisition"].remove("framework")
    raw["evidence_types"].remove("webp")
    found = differences(shipped(), load(json.dumps(raw)))
    assert [(one.area, one.about) for one in found] == [
        ("needs", "signed"), ("path", ""), ("kind", "registered"), ("number", "override_days"), ("stage_days", "lead"), ("slip", "red_days"),
        ("evidence", ""),
    ]  # fmt: skip
    assert found[0].types == ("building", "non_building", "expansion", "acquisition")
    assert len(found[0].after) == len(found[0].before) + 1
    assert Stage(found[0].about) is Stage.SIGNED
