"""What a password must be, how often one may guess, which roles may meet in one person."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from crm.core.errors import Refusal

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
