"""First report: under which rules it is granted."""

import json
from functools import cache
from pathlib import Path

from crm.core.errors import AlreadyDone


class AlreadyClaimed(AlreadyDone):
    """The lead has a live first report."""

    code = "already_claimed"


@cache
def rules() -> dict[str, object]:
    """The protection rules in force (data file beside this one; `version`, `valid_from`, days as settings)."""
    loaded: dict[str, object] = json.loads((Path(__file__).parent / "rules.json").read_text("utf-8"))
    return loaded


def version() -> str:
    """The version a decision taken now is stored with."""
    return str(rules()["version"])


def claim_number(city: str, year: int, serial: int) -> str:
    """SB-2026-0147 in the city's own letters: SZ-SB-2026-0147."""
    return f"{city}-SB-{year}-{serial:04d}"
