"""Named reads of money."""

from crm.money.queries.ledger import Ledger, Line, is_corrected, ledger_of, line, standing_lines
from crm.money.queries.lines import Opened, opened
from crm.money.queries.official import (
    by_public_id,
    import_of,
    imports,
    left_standing,
    owners_of,
    rows_of_import,
    taken_back,
    unlinked,
)
from crm.money.queries.reconciled import Both, CountryRow, Page, page_of, split_of

__all__ = [
    "Both", "CountryRow", "Ledger", "Line", "Opened", "Page", "by_public_id", "import_of", "imports", "is_corrected", "ledger_of",
    "left_standing", "line", "opened", "owners_of", "page_of", "rows_of_import", "split_of", "standing_lines", "taken_back", "unlinked",
]  # fmt: skip
