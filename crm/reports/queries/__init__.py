"""What a leader is shown, and what a project's brief says: other rooms' figures, put together."""

from crm.reports.queries.brief import Brief, brief_of
from crm.reports.queries.leader import Changes, Figure, LeaderPage, leader_page, seen_as

__all__ = ["Brief", "Changes", "Figure", "LeaderPage", "brief_of", "leader_page", "seen_as"]
