"""What is refused about money."""

from crm.core.errors import AlreadyDone, Refusal


class ReceiptFuture(Refusal):
    """The money is said to have arrived on a day that has not come."""

    code = "receipt_future"


class ReceiptTooOld(Refusal):
    """The day is before there was any foreign investment to receive."""

    code = "receipt_too_old"


class NotPositive(Refusal):
    """A sum of nothing, or less."""

    code = "receipt_not_positive"


class ReceiptTooLarge(Refusal):
    """More than has ever arrived at once: a slip of the unit."""

    code = "receipt_too_large"


class ReasonNeeded(Refusal):
    """A correction says why."""

    code = "receipt_reason"


class LineCorrected(AlreadyDone):
    """Another line stands in the place of this one already."""

    code = "receipt_corrected"


class SlipsUnchecked(Refusal):
    """The sum looks like a slip, and nobody has said that it was checked. `facts`: slips."""

    code = "receipt_slips"


class TableUnfit(Refusal):
    """The official table as a whole cannot be taken; `code` says why."""

    code = "utilised_no_table"


class NothingToApply(Refusal):
    """No row of the table can be taken."""

    code = "utilised_nothing"


class AlreadyApplied(AlreadyDone):
    """The table counts already, or was taken back."""

    code = "utilised_state"


class LaterImport(Refusal):
    """A later table replaced rows of this one: that one is taken back first. `facts`: file."""

    code = "utilised_later"
    status = 409


class RatesUnfit(Refusal):
    """A file of rates cannot be taken. `facts`: rows, each with the code of what is wrong."""

    code = "rates_rows"


class CodeUnknown(Refusal):
    """There is no such lead, or it names no investor yet: a credit code cannot be linked through it."""

    code = "utilised_no_lead"
