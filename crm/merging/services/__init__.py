"""Named writes of merges, one verb a file: merge_companies, merge_leads, merge_contacts, undo_merge; the journal they all keep."""

from crm.merging.services.companies import merge_companies
from crm.merging.services.contacts import merge_contacts
from crm.merging.services.followers import Follower, follow
from crm.merging.services.leads import merge_leads
from crm.merging.services.undo import undo_merge

__all__ = ["Follower", "follow", "merge_companies", "merge_contacts", "merge_leads", "undo_merge"]
