"""Why a table cannot be filled."""

from crm.core.errors import AlreadyDone, Refusal


class NotXlsx(Refusal):
    """Only an xlsx workbook can be given back as it was."""

    code = "filling_not_xlsx"


class TableTooLarge(Refusal):
    """An empty table is small. `facts`: megabytes."""

    code = "filling_too_large"


class NoHeader(Refusal):
    """No row names enough columns that we know; the person may say which row it is."""

    code = "filling_no_header"


class RowNotThere(Refusal):
    """The row that somebody said is the heading holds nothing. `facts`: row."""

    code = "filling_row_not_there"


class NotEmpty(Refusal):
    """The table holds data already. `facts`: row."""

    code = "filling_not_empty"


class NothingMapped(Refusal):
    """No column got a field."""

    code = "filling_nothing_mapped"


class NoAddress(Refusal):
    """What was pasted is no address of the list."""

    code = "filling_no_address"


class NothingFound(Refusal):
    """The condition finds no project whose name this person may read."""

    code = "filling_nothing_found"


class IsRunning(AlreadyDone):
    """It is being filled right now."""

    code = "filling_running"
