"""Named writes of merges, one verb a file: merge_companies, merge_leads, merge_contacts, undo_merge, ask_to_merge and
answer_request; the journal they all keep.
"""

from crm.merging.services.ask import VERBS, answer_request, ask_to_merge
from crm.merging.services.companies import merge_companies
from crm.merging.services.contacts import merge_contacts
from crm.merging.services.followers import Follower, follow
from crm.merging.services.leads import merge_leads
from crm.merging.services.undo import undo_merge

__all__ = [
    "Follower", "VERBS", "answer_request", "ask_to_merge", "follow", "merge_companies", "merge_contacts", "merge_leads", "undo_merge",
]  # fmt: skip
