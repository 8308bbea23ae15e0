"""Named reads of supervised tasks, delegations and sponsoring leaders."""

from crm.supervision.queries.instructions import (
    Seen,
    by_public_id,
    events_of,
    file_of,
    heard,
    of_lead,
    open_of,
    stands,
    to_watch,
    visible_instruction,
    waiting,
    waiting_for,
)
from crm.supervision.queries.listing import TABS, Asked, Page, page_of, tab_of
from crm.supervision.queries.people import (
    acts_for,
    delegates_of,
    delegation,
    delegations,
    delegations_over,
    in_whose_name,
    leader_named,
    leader_names,
    leaders,
    pages_of,
    sponsor,
    sponsored_by,
    sponsored_ids,
    sponsors_named,
    sponsors_of,
    towards_leader,
)

__all__ = [
    "TABS", "Asked", "Page", "Seen", "acts_for", "by_public_id", "delegates_of", "delegation", "delegations", "delegations_over",
    "events_of", "file_of", "heard", "in_whose_name", "leader_named", "leader_names", "leaders", "of_lead", "open_of", "page_of", "pages_of", "sponsor", "sponsored_by", "sponsored_ids",
    "sponsors_named", "sponsors_of", "stands", "tab_of", "to_watch", "towards_leader", "visible_instruction", "waiting", "waiting_for",
]  # fmt: skip
