"""What is suggested and what is refused, without a database."""

from datetime import date

import pytest

from crm.merging.rules import Candidate, ChoiceUnknown, TooMany, check_choices, check_group, differing, suggest


def of(field, *values):
    found = suggest(field, [Candidate(name, value) for name, value in zip("abcde", values, strict=False)])
    return found.public_id, found.why


@pytest.mark.parametrize(("field", "values", "suggested"), [
    ("website", (("x",), ("y",)), ("a", "kept")),
    ("website", ((None,), ("y",)), ("b", "filled")),
    ("website", (("",), (None,)), ("a", "kept")),
    ("total", ((1, "CNY", 1, False, None), (2, "CNY", 2, True, None)), ("b", "verified")),
    ("total", ((1, "CNY", 1, True, None), (2, "CNY", 2, True, None)), ("a", "kept")),
    ("total", ((None, None, None, False, None), (2, "CNY", 2, False, None), (3, "CNY", 3, True, None)), ("c", "verified")),
    ("stage", (("negotiating", None), ("signed", None)), ("b", "further")),
    ("stage", (("signed", None), ("lead", None)), ("a", "kept")),
    ("assessment", (("more_needed", None, None), ("admitted", 1, 1)), ("b", "admitted")),
    ("first_talks_on", ((date(2026, 5, 2),), (date(2026, 5, 1),)), ("b", "earliest")),
    ("first_talks_on", ((None,), (date(2026, 5, 1),)), ("b", "filled")),
])  # fmt: skip
def test_the_suggestion_and_its_reason(field, values, suggested):
    assert of(field, *values) == suggested


def test_only_what_a_person_sees_differs():
    def differ(field, *values):
        return differing(field, [Candidate(str(n), value) for n, value in enumerate(values)])

    assert not differ("stage", ("lead", date(2026, 5, 1)), ("lead", date(2026, 5, 2)))
    assert differ("total", (1, "CNY", 1, True, None), (1, "CNY", 1, False, None))
    assert differ("title", ("a",), ("b",))


def test_a_group_is_two_to_five():
    check_group("a", ["b"])
    check_group("a", list("bcde"))
    for lose in ([], ["a"], ["b", "b"], list("bcdef")):
        with pytest.raises(TooMany):
            check_group("a", lose)


def test_choices_are_of_the_group_and_of_the_fields():
    check_choices("lead", {"title": "a"}, ["a", "b"])
    for kind, choices in (("lead", {"title": "c"}), ("lead", {"version": "a"}), ("contact", {"stage": "a"})):
        with pytest.raises(ChoiceUnknown):
            check_choices(kind, choices, ["a", "b"])
