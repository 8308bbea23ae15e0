"""Named writes of transfers and of the pool, one verb a function. Each locks the lead first: what two do at once has one winner."""

from crm.transfers.services.answer import accept, counter, decline, lapse, withdraw
from crm.transfers.services.move import assign, return_lead, take_over
from crm.transfers.services.offer import NewOffer, offer_transfer
from crm.transfers.services.pool import NewAnswer, NewCard, answer_card, assign_card, overtake, put_in_pool, withdraw_card

__all__ = [
    "NewAnswer", "NewCard", "NewOffer", "accept", "answer_card", "assign", "assign_card", "counter", "decline", "lapse",
    "offer_transfer", "overtake", "put_in_pool", "return_lead", "take_over", "withdraw", "withdraw_card",
]  # fmt: skip
