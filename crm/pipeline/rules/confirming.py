"""The second pair of eyes: 区级初审, then 市级认定. Who may do what with a milestone now."""

from enum import StrEnum

from crm.pipeline.rules.milestones import (
    WAITING,
    MilestoneMoved,
    MilestoneState,
    NoConfirmation,
    OwnMilestone,
)


class Act(StrEnum):
    """初审, 认定, 退回."""

    REVIEW = "review"
    CONFIRM = "confirm"
    RETURN = "return"


def check_act(act: Act, state: MilestoneState, *, confirmed_kind: bool, own: bool, unreviewed_too: bool = False) -> None:
    """Raise unless the act is the next one. `own`: this person entered it. `unreviewed_too`: there is nobody in the district to
    review it, or they have let their time pass: then the city may decide at once.
    """
    if not confirmed_kind:
        raise NoConfirmation
    if state not in WAITING:
        raise MilestoneMoved
    if act is Act.REVIEW and state is not MilestoneState.REPORTED:
        raise MilestoneMoved
    if act is Act.CONFIRM and state is not MilestoneState.REVIEWED and not unreviewed_too:
        raise NotReviewed
    if own:
        raise OwnMilestone


class NotReviewed(MilestoneMoved):
    """The district has not said its word yet, and still has time to."""

    code = "milestone_not_reviewed"
