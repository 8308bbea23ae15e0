"""Named writes of imports: taking a workbook in and judging it whole, then applying it in chunks."""

from crm.exchange.services.apply import CHUNK, NotJudged, apply_chunk, decide_duplicates, finish_import, make_ready
from crm.exchange.services.judge import (
    judge_rows,
    read_table,
    refuse_import,
    rows_for_store,
    start_import,
    store_judgement,
    subject_of,
)

__all__ = [
    "CHUNK", "NotJudged", "apply_chunk", "decide_duplicates", "finish_import", "judge_rows", "make_ready", "read_table", "refuse_import",
    "rows_for_store", "start_import", "store_judgement", "subject_of",
]  # fmt: skip
