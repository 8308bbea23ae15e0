"""Named reads of claims: the rights themselves, their clocks, the rules and special days."""

from crm.claims.queries.claims import live_for, live_for_all, past_of
from crm.claims.queries.clocks import (
    Running,
    Story,
    amber_or_due,
    clock_of,
    clocks_of,
    is_amber,
    ran_out,
    running_after,
    story_of,
    told_of,
)
from crm.claims.queries.protection import assess_due, calendar, force_on, named, rules_of, special_days, versions

__all__ = [
    "Running", "Story", "amber_or_due", "assess_due", "calendar", "clock_of", "clocks_of", "force_on", "is_amber", "live_for",
    "live_for_all", "named", "past_of", "ran_out", "rules_of", "running_after", "special_days", "story_of", "told_of", "versions",
]  # fmt: skip
