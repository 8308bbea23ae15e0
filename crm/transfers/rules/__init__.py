"""Transfers: states, settings, what is refused."""

from crm.transfers.rules.refusals import (
    AnswerGone,
    CardClosed,
    CardOpen,
    DeadlinePassed,
    LeadEnded,
    LeadMerged,
    NotYourTurn,
    OwnerUnfit,
    ProposalsOver,
    ReturnTooLate,
    TellsInvestor,
    TransferClosed,
    TransferOpen,
    UnitUnfit,
    WhyNeeded,
)
from crm.transfers.rules.states import (
    LIVE,
    CardState,
    TransferKind,
    TransferMove,
    TransferState,
    Turn,
    is_over,
    moves_inside,
    settings,
)

__all__ = [
    "LIVE", "AnswerGone", "CardClosed", "CardOpen", "CardState", "DeadlinePassed", "LeadEnded", "LeadMerged", "NotYourTurn",
    "OwnerUnfit", "ProposalsOver", "ReturnTooLate", "TellsInvestor", "TransferClosed", "TransferKind", "TransferMove",
    "TransferOpen", "TransferState", "Turn", "UnitUnfit", "WhyNeeded", "is_over", "moves_inside", "settings",
]  # fmt: skip
