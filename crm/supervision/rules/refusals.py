"""What is refused about supervised tasks, delegations and sponsoring leaders."""

from crm.core.errors import AlreadyDone, Refusal


class InstructionMoved(AlreadyDone):
    """The task has gone on: somebody has reported, returned or closed it."""

    code = "instruction_moved"


class WordsNeeded(Refusal):
    """This needs its words."""

    code = "instruction_words"


class WayNeeded(Refusal):
    """Who acts for a leader says how the leader said it."""

    code = "instruction_way"


class DayUnfit(Refusal):
    """The day lies before today or more than two years ahead, or (asking for more time) not after the present one."""

    code = "instruction_day"


class UnitUnfit(Refusal):
    """A unit is retired or unknown, or is to do it and to help with it."""

    code = "instruction_unit"


class LeaderUnfit(Refusal):
    """The person is no leader who is in office."""

    code = "instruction_leader"


class TaskLeadUnfit(Refusal):
    """The lead was merged into another, or has ended."""

    code = "instruction_lead"


class FeedbackNeeded(Refusal):
    """Nobody has fed anything back: there is nothing to close it on."""

    code = "instruction_feedback"


class TimeAsked(AlreadyDone):
    """More time is asked for already; that waits for an answer."""

    code = "instruction_time_asked"


class NoTimeAsked(AlreadyDone):
    """Nobody asks for more time (any more)."""

    code = "instruction_no_time"


class DelegateUnfit(Refusal):
    """The person cannot act for this leader: disabled, not an officer, manager or coordinator, or the one who would name them."""

    code = "delegation_person"


class DelegationThere(AlreadyDone):
    """The person acts for this leader in those days already."""

    code = "delegation_there"


class SponsorThere(AlreadyDone):
    """The leader sponsors this project already."""

    code = "sponsor_there"
