"""The pipeline: moving along it, its milestones, the gates between its stages, pausing and ending."""

from crm.leads.rules.lead import ProjectType
from crm.pipeline.rules.gate_table import BadGates, load, shipped
from crm.pipeline.rules.gates import Gate, Gates, LeadState, Missing, Need, Shown, missing
from crm.pipeline.rules.milestones import (
    LIVE,
    WAITING,
    Dated,
    Kind,
    KindThere,
    MilestoneInFuture,
    MilestoneMoved,
    MilestoneState,
    MilestoneTooEarly,
    NewMilestone,
    NoConfirmation,
    NotOnPath,
    OutOfOrder,
    OwnMilestone,
    ProofNeeded,
    SumAbsurd,
    SumNeeded,
    WordsNeeded,
    check_day,
    check_order,
    check_sum,
)
from crm.pipeline.rules.moving import SameStage, StageBeforeLast, StageInFuture, check_move, is_backward

__all__ = [
    "LIVE", "WAITING", "BadGates", "Dated", "Gate", "Gates", "Kind", "KindThere", "LeadState", "MilestoneInFuture",
    "MilestoneMoved", "MilestoneState", "MilestoneTooEarly", "Missing", "Need", "NewMilestone", "NoConfirmation", "NotOnPath",
    "OutOfOrder", "OwnMilestone", "ProjectType", "ProofNeeded", "SameStage", "Shown", "StageBeforeLast", "StageInFuture",
    "SumAbsurd", "SumNeeded", "WordsNeeded", "check_day", "check_move", "check_order", "check_sum", "is_backward", "load",
    "missing", "shipped",
]  # fmt: skip
