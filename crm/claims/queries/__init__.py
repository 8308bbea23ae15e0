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
from crm.claims.queries.windows import (
    all_windows,
    conflicts_of,
    decided_for,
    open_window,
    unended_window,
    unsettled_of_leads,
)

__all__ = [
    "Running", "Story", "all_windows", "amber_or_due", "assess_due", "calendar", "clock_of", "clocks_of", "conflicts_of", "decided_for", "force_on",
    "is_amber", "live_for", "live_for_all", "named", "open_window", "past_of", "ran_out", "rules_of", "running_after",
    "special_days", "story_of", "told_of", "unended_window", "unsettled_of_leads", "versions",
]  # fmt: skip
