"""Matters: levels and states, where one stands by its events, what is refused."""

from crm.matters.rules.ladder import (
    EventKind,
    Happened,
    Level,
    MatterState,
    NewMatter,
    Now,
    above,
    read,
    settings,
)
from crm.matters.rules.refusals import (
    LeadUnfit,
    MatterMoved,
    NoLevelAbove,
    PersonUnfit,
    TextNeeded,
)

__all__ = [
    "EventKind", "Happened", "LeadUnfit", "Level", "MatterMoved", "MatterState", "NewMatter", "NoLevelAbove", "Now",
    "PersonUnfit", "TextNeeded", "above", "read", "settings",
]  # fmt: skip
