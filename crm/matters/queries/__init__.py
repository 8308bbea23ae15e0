"""Named reads of matters."""

from crm.matters.queries.matters import (
    TABS,
    Inbox,
    Lift,
    Seen,
    at_top,
    by_public_id,
    events_of,
    heard,
    inbox,
    lifts,
    live,
    of_lead,
    stands,
    to_watch,
    visible_matter,
    waiting,
    waiting_for,
)

__all__ = [
    "TABS", "Inbox", "Lift", "Seen", "at_top", "by_public_id", "events_of", "heard", "inbox", "lifts", "live", "of_lead", "stands",
    "to_watch", "visible_matter", "waiting", "waiting_for",
]  # fmt: skip
