"""How many projects one table takes, by role, and above how many a job fills it. Numbers in rules.json."""

import json
from functools import cache
from pathlib import Path

from crm.policy.rules import Role


@cache
def _file() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = json.loads((Path(__file__).parent.parent / "data" / "caps.json").read_text("utf-8"))
    return found


def cap_of(role: Role) -> int:
    """The most projects that a person of a role fills into one table; 0 for who fills none."""
    return _file()["most"].get(role.value, 0)


def at_once() -> int:
    """Up to so many projects the person waits for the table; more are filled by a job."""
    return _file()["at_once"]["rows"]


def megabytes() -> int:
    """The largest empty table that is taken."""
    return _file()["table"]["megabytes"]
