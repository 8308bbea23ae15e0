"""What a meeting looks at, and the packs that a person had made."""

from crm.meetings.queries.content import Content, Overdue, content_of
from crm.meetings.queries.funds import Arrived, Funds, funds_of
from crm.meetings.queries.packs import by_id, edition_for, file_of, mine, visible_pack

__all__ = [
    "Arrived", "Content", "Funds", "Overdue", "by_id", "content_of", "edition_for", "file_of", "funds_of", "mine", "visible_pack",
]  # fmt: skip
