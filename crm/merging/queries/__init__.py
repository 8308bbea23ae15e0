"""Named reads of merges: the group of records, the comparison and the effect, what was merged, what units are asked about."""

from crm.merging.queries import consents
from crm.merging.queries.groups import (
    MODELS,
    POINTERS,
    Group,
    Record,
    check_one,
    group,
    investors_of,
    leads_by_number,
    merge_of,
    oldest_first,
    require_decision,
    table_of,
    typed,
)
from crm.merging.queries.left import LeftOver, left_of
from crm.merging.queries.past import (
    contacts_joined_since,
    group_of,
    later_lines,
    later_merges,
    lines_of,
    merges_about,
    merges_alike,
    moved_of,
    readable_leads,
    visible_merge,
)
from crm.merging.queries.preview import Preview, Row, compared, comparison, preview

__all__ = [
    "Group", "MODELS", "POINTERS", "Preview", "Record", "Row", "check_one", "compared", "comparison", "contacts_joined_since", "group", "group_of",
    "investors_of", "later_lines", "leads_by_number", "lines_of", "merge_of", "merges_about", "merges_alike", "moved_of", "oldest_first",
    "preview", "readable_leads", "consents", "require_decision", "table_of", "typed", "visible_merge", "LeftOver", "left_of", "later_merges",
]  # fmt: skip
