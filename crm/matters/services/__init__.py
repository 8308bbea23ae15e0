"""Named writes of matters, one verb a function. Each locks the matter first: what two do at once has one winner."""

from crm.matters.services.matters import accept, answer, lift, raise_matter, reopen
from crm.matters.services.watching import look_after

__all__ = ["accept", "answer", "lift", "look_after", "raise_matter", "reopen"]
