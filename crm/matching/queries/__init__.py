"""Reading the index: what it keeps (entries), whom it brings up beside a name (asking), what a search may mean (searching)."""

from crm.matching.queries.asking import Hit, candidates, judged, judged_each, nearest, nearest_each
from crm.matching.queries.entries import (
    BULK,
    REFERENCE,
    by_reference,
    for_readers,
    highest,
    office_brands,
    office_brands_with,
    references_of,
    stored_entries,
    stored_subjects,
)
from crm.matching.queries.searching import named_with, search_condition
from crm.matching.rules import Judgement, Subject, Verdict

__all__ = [
    "BULK", "REFERENCE", "Hit", "Judgement", "Subject", "Verdict", "by_reference", "candidates", "for_readers", "highest", "judged", "judged_each",
    "named_with", "nearest", "nearest_each", "office_brands", "office_brands_with", "references_of", "search_condition",
    "stored_entries", "stored_subjects",
]  # fmt: skip
