"""What may be typed of an event, when a lead may be put to one, how someone stands to one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from crm.events.rules import (
    MOST_DAYS,
    DatesBackwards,
    DayUnlikely,
    EventAmbiguous,
    EventKind,
    EventUnknown,
    EventWithdrawn,
    KnownEvent,
    LinkRole,
    NewEvent,
    NotSigned,
    NotYet,
    TooLong,
    check,
    check_link,
    event_number,
    key_of,
    meant,
    number_in,
    towards_event,
)
from crm.policy import rules as policy
from crm.policy.rules import Actor, Role

TODAY = date(2026, 11, 16)
FAIR = NewEvent("Fair", EventKind.FAIR, date(2026, 9, 8), date(2026, 9, 11), "DE", "Munich", 1)


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [
        (date(2026, 9, 8), date(2026, 9, 7), DatesBackwards),
        (date(2026, 1, 1), date(2026, 1, 1) + timedelta(days=MOST_DAYS), TooLong),
        (date(1999, 12, 31), date(1999, 12, 31), DayUnlikely),
        (TODAY + timedelta(days=731), TODAY + timedelta(days=731), DayUnlikely),
    ],
)
def test_days_that_make_no_sense(first, last, refused):
    with pytest.raises(refused):
        check(replace(FAIR, first_on=first, last_on=last), TODAY)


def test_days_that_do():
    for first, days in ((TODAY, 1), (TODAY, MOST_DAYS), (date(2000, 1, 1), 2), (TODAY + timedelta(days=730), 1)):
        check(replace(FAIR, first_on=first, last_on=first + timedelta(days=days - 1)), TODAY)


@pytest.mark.parametrize(
    ("role", "ahead", "signed", "withdrawn", "refused"),
    [
        (LinkRole.SOURCE, 0, False, False, None), (LinkRole.SOURCE, 30, False, False, None),
        (LinkRole.SOURCE, 31, False, False, NotYet), (LinkRole.SIGNED, 0, True, False, None),
        (LinkRole.SIGNED, 1, True, False, NotYet), (LinkRole.SIGNED, 0, False, False, NotSigned),
        (LinkRole.SOURCE, 0, True, True, EventWithdrawn),
    ],
)  # fmt: skip
def test_when_a_lead_may_be_put_to_one(role, ahead, signed, withdrawn, refused):
    day = TODAY + timedelta(days=ahead)
    if refused is None:
        check_link(role, day, signed=signed, withdrawn=withdrawn, today=TODAY)
        return
    with pytest.raises(refused):
        check_link(role, day, signed=signed, withdrawn=withdrawn, today=TODAY)


@pytest.mark.parametrize(
    ("role", "path", "may"),
    [
        (Role.COORDINATOR, "/1/4/", True), (Role.DISTRICT_MANAGER, "/1/4/", True), (Role.DISTRICT_MANAGER, "/1/4/9/", True),
        (Role.DISTRICT_MANAGER, "/1/5/", False), (Role.DISTRICT_MANAGER, "/1/", False), (Role.OFFICER, "/1/4/", False),
        (Role.LEADER, "/1/4/", False),
    ],
)  # fmt: skip
def test_who_may_change_one(role, path, may):
    who = Actor(1, "p", "u", "n", role, 4, "/1/4/")
    stands = towards_event(who, path)
    assert policy.can(stands, "event", "edit") is may
    assert policy.can(stands, "event", "read")


def _known(*events):
    found = {}
    for event in events:
        found.setdefault(key_of(event.name), []).append(event)
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Harbour Fair", 1), ("  harbour　FAIR ", 1), ("进博会", EventAmbiguous), ("2025-11-05 进博会", 2), ("2026-11-05　进博会", 3),
        ("进博会（2025-11-05）", 2), ("进博会 (2026/11/5)", 3), ("2024-11-05 进博会", EventUnknown), ("2025-02-30 进博会", EventUnknown),
        ("Harbour", EventUnknown), ("Harbour Fair 2026", EventUnknown), ("BBBBBBBBBBBBBBBBBBBBBB", 2), ("", EventUnknown),
    ],
)  # fmt: skip
def test_a_written_name_means_one_event_or_none(text, found):
    known = _known(
        KnownEvent(1, "A" * 22, "Harbour Fair", date(2026, 9, 8)),
        KnownEvent(2, "B" * 22, "进博会", date(2025, 11, 5)),
        KnownEvent(3, "C" * 22, "进博会", date(2026, 11, 5)),
    )
    if isinstance(found, int):
        assert meant(text, known).id == found
    else:
        with pytest.raises(found):
            meant(text, known)


@pytest.mark.parametrize("text", [" sz-hd-2026-0007 ", "ＳＺ-HD-2026-0007", "SZ-HD-2026-12345"])
def test_a_search_may_be_an_events_number(text):
    assert number_in(text) in (event_number("SZ", 2026, 7), "SZ-HD-2026-12345")


@pytest.mark.parametrize("text", ["", "SZ-2026-00417", "SZ-HD-2026-7", "SZ-HD-2026-0007 Siemens", "HD"])
def test_what_is_no_events_number(text):
    assert number_in(text) is None
