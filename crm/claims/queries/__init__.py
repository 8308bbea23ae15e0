"""Named reads of claims: the rights themselves, their clocks, the rules and special days."""

from crm.claims.queries.claims import live_for, live_for_all, note_days_of, past_of
from crm.claims.queries.clocks import (
    Running,
    amber_or_due,
    clock_before_claim,
    clock_of,
    clocks_of,
    events_of,
    is_amber,
    ran_out,
    running_after,
    told_of,
)
from crm.claims.queries.protection import calendar, force_on, releases_itself, rules_of, special_days, stored_versions, versions

__all__ = [
    "Running", "amber_or_due", "calendar", "clock_before_claim", "clock_of", "clocks_of", "events_of", "force_on", "is_amber",
    "live_for", "live_for_all", "note_days_of", "past_of", "ran_out", "releases_itself", "rules_of", "running_after", "special_days",
    "stored_versions", "told_of", "versions",
]  # fmt: skip
