"""Named reads of targets: those in force, their versions, what has come of each; what counts for whom."""

from crm.targets.queries.credited import CENTS, Part, Piece, Wanted, parts_of
from crm.targets.queries.fed import Fed, Monthly, monthly, newest_month, two_years, utilised_share
from crm.targets.queries.figures import figures_of, standing_of
from crm.targets.queries.targets import (
    Present,
    Row,
    Story,
    by_public_id,
    figure,
    in_force,
    of_key,
    rows,
    story,
    versions_of,
)

__all__ = [
    "CENTS", "Fed", "Monthly", "Part", "Piece", "Present", "Row", "Story", "Wanted", "by_public_id", "figure", "figures_of", "in_force", "monthly", "newest_month", "standing_of",
    "of_key", "parts_of", "rows", "story", "two_years", "utilised_share", "versions_of",
]  # fmt: skip
