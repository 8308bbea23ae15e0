"""Named reads of transfers and open projects."""

from crm.transfers.queries.checklist import Item, checklist
from crm.transfers.queries.pool import (
    Cards,
    SeenCard,
    answer,
    answers_of,
    card,
    cards,
    chosen,
    count_cards,
    names_that_tell,
    open_card,
    visible_card,
)
from crm.transfers.queries.transfers import (
    SIZE,
    Seen,
    Waiting,
    by_public_id,
    inbox,
    lapsed,
    last_of,
    live_for,
    moves_of,
    of_lead,
    stands,
    visible_transfer,
    waiting_for,
)

__all__ = [
    "SIZE", "Cards", "Item", "Seen", "SeenCard", "Waiting", "answer", "answers_of", "by_public_id", "card", "cards",
    "checklist", "chosen", "count_cards", "inbox", "lapsed", "last_of", "live_for", "moves_of", "names_that_tell", "of_lead", "open_card", "stands",
    "visible_card", "visible_transfer", "waiting_for",
]  # fmt: skip
