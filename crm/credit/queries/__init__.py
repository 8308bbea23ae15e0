"""Named reads of attribution: shares and lines, and a lead's attribution as its page shows it."""

from crm.credit.queries.attribution import Attribution, Holding, Past, attribution_of
from crm.credit.queries.lines import as_line, line, lines_of, shares, shares_of, shares_on, written_with

__all__ = [
    "Attribution", "Holding", "Past", "as_line", "attribution_of", "line", "lines_of", "shares", "shares_of", "shares_on", "written_with",
]  # fmt: skip
