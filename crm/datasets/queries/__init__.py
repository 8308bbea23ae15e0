"""Named reads of dataset runs, and of the rows of the files."""

from crm.datasets.queries.rows import PORTION, event_rows, lead_ids, lead_rows, numbers_in_sight, target_rows, utilised_rows
from crm.datasets.queries.runs import file_of, mine, visible_run

__all__ = [
    "PORTION", "event_rows", "file_of", "lead_ids", "lead_rows", "mine", "numbers_in_sight", "target_rows", "utilised_rows", "visible_run",
]  # fmt: skip
