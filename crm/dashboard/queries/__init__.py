"""Named reads of dashboards."""

from crm.dashboard.queries.board import Bar, Board, Told, Turned, board_for, reader_of, unproven
from crm.dashboard.queries.counts import Counts, counts_of
from crm.dashboard.queries.spans import Response

__all__ = ["Bar", "Board", "Counts", "Response", "Told", "Turned", "board_for", "counts_of", "reader_of", "unproven"]
