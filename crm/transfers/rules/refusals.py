"""What is refused about transfers and open projects."""

from crm.core.errors import AlreadyDone, Refusal


class TransferOpen(AlreadyDone):
    """A transfer of this lead waits for its answer, or for the handing over."""

    code = "transfer_open"


class TransferClosed(AlreadyDone):
    """This transfer has come to its end, or has gone on: somebody was faster."""

    code = "transfer_closed"


class DeadlinePassed(AlreadyDone):
    """Nobody answered in time. `facts`: day."""

    code = "transfer_over"


class NotYourTurn(AlreadyDone):
    """The other side is to answer."""

    code = "transfer_turn"


class UnitUnfit(Refusal):
    """The unit follows the lead, or is none that can."""

    code = "transfer_unit"


class OwnerUnfit(Refusal):
    """Whoever is to lead it does not work in the receiving unit."""

    code = "transfer_owner"


class WhyNeeded(Refusal):
    """This needs its reason."""

    code = "transfer_reason"


class LeadMerged(Refusal):
    """The lead was merged into another."""

    code = "transfer_merged"


class LeadEnded(Refusal):
    """The lead has ended."""

    code = "transfer_ended"


class ReturnTooLate(Refusal):
    """It may be given back so many days, and only by the unit that got it. `facts`: days."""

    code = "transfer_return_late"


class TellsInvestor(Refusal):
    """A text that strangers read says who the investor is. `facts`: word, as it stands there; field, where it was typed."""

    code = "transfer_tells"


class CardOpen(AlreadyDone):
    """The lead stands among the open projects."""

    code = "pool_open"


class CardClosed(AlreadyDone):
    """The project is not open any more."""

    code = "pool_closed"


class ProposalsOver(DeadlinePassed):
    """The days for proposals are over. `facts`: day."""

    code = "pool_over"


class AnswerGone(AlreadyDone):
    """The unit has changed its answer in the meantime."""

    code = "pool_answer_gone"
