"""Whose reading is noted, and from how many questions on the coordinators are told."""

import json
from functools import cache
from pathlib import Path

from crm.policy.rules import Actor, Role


@cache
def settings() -> dict[str, int]:
    """The numbers in force, by name."""
    loaded = json.loads((Path(__file__).parent / "rules.json").read_text("utf-8"))
    return {name: value for name, value in loaded.items() if isinstance(value, int)}


def is_noted(actor: Actor, *, owner_id: int | None, sealed: bool) -> bool:
    """Whether it is noted that somebody read a lead's page: a leader always, anybody else when it goes by a code name; never the
    one who leads it.
    """
    return actor.user_id != owner_id and (sealed or actor.role is Role.LEADER)


def is_alarming(open_probes: int) -> bool:
    """Whether so many leads that somebody may not see were hit in a day, and nothing was registered, that people should know."""
    return open_probes >= settings()["probes_before_alert"]
