"""Supervised tasks: where one stands by its events, what a leader may have said how, what is refused."""

from crm.supervision.rules.course import (
    Deed,
    Happened,
    InstructionState,
    NewInstruction,
    Now,
    Said,
    Way,
    read,
    settings,
)
from crm.supervision.rules.refusals import (
    DayUnfit,
    DelegateUnfit,
    DelegationThere,
    FeedbackNeeded,
    InstructionMoved,
    LeaderUnfit,
    NoTimeAsked,
    SponsorThere,
    TaskLeadUnfit,
    TimeAsked,
    UnitUnfit,
    WayNeeded,
    WordsNeeded,
)

__all__ = [
    "DayUnfit", "Deed", "DelegateUnfit", "DelegationThere", "FeedbackNeeded", "Happened", "InstructionMoved", "InstructionState",
    "LeaderUnfit", "NewInstruction", "NoTimeAsked", "Now", "Said", "SponsorThere", "TaskLeadUnfit", "TimeAsked", "UnitUnfit",
    "Way", "WayNeeded", "WordsNeeded", "read", "settings",
]  # fmt: skip
