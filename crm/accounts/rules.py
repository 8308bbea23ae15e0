"""What a password must be, how often one may guess, which roles may meet in one person, who belongs to a task force how long."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from crm.core.errors import AlreadyDone, Refusal

MIN_LENGTH = 10
MAX_LENGTH = 128
GUESSES = 10
GUESSES_PER_ADDRESS = 60
WINDOW = timedelta(minutes=15)
LINK_LIVES = timedelta(hours=48)
USERNAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{2,59}$"
LONGEST_NAME = 60
DEMO_PASSWORD = "OneBoard-2026!"

# The most guessed ones and our own words; the full breached list is a file an administrator may add.
_COMMON = frozenset(
    [
        "1234567890",
        "0123456789",
        "password12",
        "password123",
        "qwertyuiop",
        "1q2w3e4r5t",
        "qwerty12345",
        "iloveyou12",
        "admin12345",
        "administrator",
        "shenzhen2026",
        "oneboard2026",
        "yipanqi2026",
        "zhaoshang2026",
        "aa12345678",
        "abcd123456",
        "woaini1314",
        "5201314520",
        "1111111111",
        "0000000000",
        "8888888888",
        "6666666666",
        "asdfghjkl1",
        "zxcvbnm123",
        "letmein123",
        "welcome123",
        "changeme123",
    ]
)


class BadPassword(Refusal):
    """The new password cannot be taken; `code` says why."""

    code = "password_short"


class BadIdentity(Refusal):
    """A user name or a person's name cannot be taken; `code` says which."""

    code = "username_form"


def check_identity(username: str, name: str) -> None:
    """Raise BadIdentity unless a new person's user name and name can be stored and typed."""
    if not re.fullmatch(USERNAME, username):
        raise BadIdentity("username_form")
    if not 1 <= len(name) <= LONGEST_NAME:
        raise BadIdentity("name_form", most=LONGEST_NAME)


@dataclass(frozen=True, slots=True)
class Account:
    """What of a person a new password must not repeat."""

    username: str
    name: str


def check_password(password: str, account: Account) -> None:
    """Raise BadPassword unless the password is long enough and not easily guessed.

    Length and known lists, no composition rules, no forced rotation (ASVS 5.0 6.2.1 to 6.2.12; NIST SP 800-63B-4).
    """
    if len(password) < MIN_LENGTH:
        raise BadPassword("password_short", minimum=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise BadPassword("password_long", maximum=MAX_LENGTH)
    folded = unicodedata.normalize("NFKC", password).casefold()
    if folded in _COMMON or len(set(folded)) < 4:
        raise BadPassword("password_common")
    names = [part for part in (account.username.casefold(), account.name.casefold()) if len(part) >= 3]
    if any(part in folded for part in names):
        raise BadPassword("password_has_name")


class NoTaskForce(Refusal):
    """The unit is no task force in use, or the person is nobody who works in a unit, or works in this one already."""

    code = "no_task_force"


class MemberAlready(AlreadyDone):
    """They belong to it already; end that first."""

    code = "task_force_member"


class BadLastDay(Refusal):
    """The last day is before today or more than two years away. `facts`: first, last."""

    code = "task_force_until"


MOST_DAYS = 731


def check_last_day(until: date, today: date) -> None:
    """Raise BadLastDay unless the day is one of the next two years."""
    last = today + timedelta(days=MOST_DAYS)
    if not today <= until <= last:
        raise BadLastDay(first=today.isoformat(), last=last.isoformat())


def write_memberships(memberships: Iterable[tuple[int, date]]) -> str | None:
    """Task forces and last days in one word, as a person's row keeps them; None for none."""
    return " ".join(f"{unit_id}:{until.isoformat()}" for unit_id, until in sorted(memberships)) or None


def write_desks(desks: Iterable[tuple[int, date, date]]) -> str | None:
    """Whose desks somebody does, from when until when, in one word, as their row keeps them; None for none."""
    return " ".join(f"{user_id}:{first.isoformat()}:{last.isoformat()}" for user_id, first, last in sorted(desks)) or None


def read_desks(text: str | None, today: date) -> frozenset[int]:
    """The people whose desk somebody does today, out of what `write_desks` wrote: it ends by itself."""
    if not text:
        return frozenset()
    parts = (part.split(":") for part in text.split())
    return frozenset(int(who) for who, first, last in parts if first <= today.isoformat() <= last)


def read_memberships(text: str | None, today: date) -> frozenset[int]:
    """The task forces that somebody belongs to today, out of what `write_memberships` wrote."""
    if not text:
        return frozenset()
    parts = (part.split(":") for part in text.split())
    return frozenset(int(unit_id) for unit_id, until in parts if date.fromisoformat(until) >= today)
