"""Named reads of go-live: what was brought and where it meets, and the list of conflicts as somebody may see it."""

from crm.golive.queries.found import Found, all_found, brought_in, met_now
from crm.golive.queries.shown import Conflict, Side, shown

__all__ = ["Conflict", "Found", "Side", "all_found", "brought_in", "met_now", "shown"]
