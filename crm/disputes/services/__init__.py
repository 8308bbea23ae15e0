"""Named writes of disputes, one verb a function. Each locks the leads first: what two do at once has one winner."""

from crm.disputes.services.decide import ask_review, decide, review
from crm.disputes.services.speak import open_dispute, state, withdraw
from crm.disputes.services.watching import remind

__all__ = ["ask_review", "decide", "open_dispute", "remind", "review", "state", "withdraw"]
