"""What is refused when an edition is frozen or exported."""

from crm.core.errors import AlreadyDone, Refusal


class EditionThere(AlreadyDone):
    """The period has its edition. `facts`: number."""

    code = "edition_there"


class PeriodNotOpen(Refusal):
    """Only the present period, or the one before, when no later one has its edition."""

    code = "edition_period"


class NothingToFreeze(Refusal):
    """The list is empty, and so was the last edition."""

    code = "edition_empty"
