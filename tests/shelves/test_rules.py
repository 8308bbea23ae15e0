"""What of an address a view keeps; every parameter that the list reads is known."""

import re
from pathlib import Path

import pytest

import crm.desk.forms
from crm.desk.forms import makes_sense
from crm.shelves.rules import PARAMETERS, PASSING, Reach, StateTooLong, shelf_of, split, state_of


def test_equal_questions_are_equal_texts():
    a = state_of([("stage", "all"), ("col", "unit"), ("col", "days"), ("page", "3"), ("view", "x"), ("q", " ")])
    assert a == state_of([("col", "days"), ("col", "unit"), ("stage", "all")]) == "stage=all&col=days&col=unit"


def test_what_is_not_the_lists_is_not_kept():
    assert state_of([("evil", "1"), ("csrf_token", "x"), ("at", "board")]) == ""


def test_every_parameter_of_the_list_is_known():
    text = Path(crm.desk.forms.__file__).read_text("utf-8")
    read = set(re.findall(r"(?:args|asked)(?:\.get|\.getlist)?[(\[]\"(\w+)\"", text))
    assert read == set(PARAMETERS) | set(PASSING) - {"view"}


def test_a_state_has_an_end():
    with pytest.raises(StateTooLong):
        state_of([("q", "x" * 2001)])


def test_what_is_no_more_is_told_apart():
    good, gone = split("stage=all&unit=9&unit=3", {"unit=9": False})
    assert (good, gone) == ([("stage", "all"), ("unit", "3")], ["unit"])


@pytest.mark.parametrize(
    ("name", "value", "good"),
    [("stage", "all", True), ("stage", "won", False), ("band", "lt1", True), ("band", "x", False), ("from", "2026-02-30", False),
     ("unit", "x", False), ("cluster", "none", True), ("country", "de", False), ("idle", "0", False), ("sort", "name", True),
     ("col", "colour", False), ("q", "anything", True)],
)  # fmt: skip
def test_values_that_say_something(name, value, good):
    assert makes_sense(name, value) is good


def test_shelves():
    assert [shelf_of(reach, user_id=5, unit_id=4) for reach in Reach] == ["user:5", "unit:4", "city"]
