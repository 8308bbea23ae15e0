"""What a merge is: what becomes of every relation, which values are suggested, who decides, what is refused."""

from crm.merging.rules.choices import FIELDS, FOLLOWING, TOGETHER, Candidate, Choice, check_choices, differing, suggest
from crm.merging.rules.consent import (
    ANSWER_WITHIN,
    AskedAlready,
    DecisionReasonNeeded,
    NothingToAsk,
    Reply,
    RequestClosed,
    RequestState,
    outcome,
)
from crm.merging.rules.refusals import (
    AlreadyMerged,
    AlreadyUndone,
    ChoiceUnknown,
    CoordinatorDecides,
    Left,
    MergeReasonNeeded,
    OtherInvestor,
    OtherLead,
    PlaceTaken,
    SealedLead,
    TooMany,
    UndoLaterFirst,
    UndoResult,
    check_group,
)
from crm.merging.rules.relations import RELATIONS, WITHOUT_KEY, Relation, relations_of

MOST_LOSERS = 4

__all__ = [
    "ANSWER_WITHIN", "AskedAlready", "DecisionReasonNeeded", "NothingToAsk", "Reply", "RequestClosed", "RequestState", "outcome",
    "AlreadyMerged", "AlreadyUndone", "Candidate", "Choice", "ChoiceUnknown", "CoordinatorDecides", "FIELDS", "FOLLOWING", "Left",
    "MOST_LOSERS", "MergeReasonNeeded", "OtherInvestor", "OtherLead", "PlaceTaken", "RELATIONS", "Relation", "SealedLead", "TOGETHER", "TooMany", "UndoLaterFirst",
    "UndoResult", "WITHOUT_KEY", "check_choices", "check_group", "differing", "relations_of", "suggest",
]  # fmt: skip
