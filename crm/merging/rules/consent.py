"""Records of several units: the units concerned agree, or the coordinator decides. What is asked, until when, what follows."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from crm.core.errors import AlreadyDone, Refusal

ANSWER_WITHIN = timedelta(days=7)


class RequestState(StrEnum):
    """Where a request stands: waiting, agreed by all and merged, declined, taken back, or decided otherwise meanwhile."""

    OPEN = "open"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"


class Reply(StrEnum):
    """What somebody may send about a request: a unit's yes or no, the coordinator's decision, the asker's taking back."""

    AGREE = "agree"
    DECLINE = "decline"
    DECIDE = "decide"
    WITHDRAW = "withdraw"


class NothingToAsk(Refusal):
    """Nobody else is concerned: whoever asks may merge by himself."""

    code = "merge_nothing_to_ask"


class AskedAlready(AlreadyDone):
    """Somebody has asked about these records, and the answer is still out."""

    code = "merge_asked_already"


class RequestClosed(Refusal):
    """The request was answered, taken back or overtaken meanwhile."""

    code = "merge_request_closed"
    status = 409


class DecisionReasonNeeded(Refusal):
    """A decision in the place of the units, or a no, says why."""

    code = "merge_decision_reason"


def outcome(answers: Iterable[bool | None]) -> RequestState:
    """What the units' answers come to: one no is enough, a yes is needed of all."""
    listed = list(answers)
    if False in listed:
        return RequestState.DECLINED
    return RequestState.AGREED if listed and all(listed) else RequestState.OPEN
