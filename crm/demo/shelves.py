"""Saved views of the demo: one of an officer, one of a district, two of the city."""

from datetime import datetime

from crm.accounts import queries as accounts
from crm.shelves import services
from crm.shelves.rules import Place, Reach
from crm.shelves.services import NewView

_VIEWS = (
    ("officer.nanshan", NewView("我的逾期下一步", Reach.MINE, "stage=all&scope=mine&overdue=yes&sort=next_due&dir=desc")),
    ("manager.nanshan", NewView("本区在谈按停留", Reach.UNIT, "stage=negotiating&scope=unit&sort=stage_days&dir=desc")),
    ("coordinator", NewView("全市签约按集群", Reach.CITY, "stage=signed&scope=city&group=cluster")),
    ("coordinator", NewView("长期无进展看板", Reach.CITY, "scope=city&idle=30", Place.BOARD)),
)


def make_views(now: datetime) -> int:
    """By the service that keeps them. Call inside a unit of work; how many."""
    for username, new in _VIEWS:
        services.keep_view(new, actor=accounts.actor_named(username), now=now)
    return len(_VIEWS)
