"""Disputes: states, sides, facts; settings; what is refused."""

from crm.disputes.rules.refusals import (
    DecidedLately,
    DecisionUnfit,
    DisputeClosed,
    FinallyDecided,
    NoHeadquarters,
    NoOtherSide,
    OtherLeadUnfit,
    OwnerUnfit,
    ReviewOver,
    WhyNeeded,
)
from crm.disputes.rules.states import (
    LIVE,
    Basis,
    DisputeMove,
    DisputeState,
    FactKind,
    FactLevel,
    How,
    NewDecision,
    reminder,
    settings,
)

__all__ = [
    "LIVE", "Basis", "DecidedLately", "DecisionUnfit", "DisputeClosed", "DisputeMove", "DisputeState", "FactKind", "FactLevel",
    "FinallyDecided", "How", "NewDecision", "NoHeadquarters", "NoOtherSide", "OtherLeadUnfit", "OwnerUnfit", "ReviewOver", "WhyNeeded", "reminder", "settings",
]  # fmt: skip
