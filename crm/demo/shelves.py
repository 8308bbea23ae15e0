"""Saved views of the demo: one of an officer, one of a district, two of the city; a bulk run that was seen and not done."""

from datetime import datetime

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.bulk import services as bulk
from crm.bulk.rules import Act, Wanted
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.rules.lead import Status
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


def make_run(now: datetime) -> None:
    """What a manager looked at and has not done yet: some of it would be skipped."""
    actor = accounts.actor_named("manager.nanshan")
    followed = Lead.following_unit_path.startswith(actor.unit_path)
    query = select(Lead.id).where(Lead.is_demo, followed, Lead.merged_into_id.is_(None)).order_by(Lead.id)
    ended = db.session.scalars(query.where(Lead.status == Status.ENDED).limit(2))
    ids = [*db.session.scalars(query.where(Lead.status == Status.ACTIVE).limit(6)), *ended]
    bulk.see_run(ids, Act.OWNER, Wanted(owner_id=actor.user_id), over=0, actor=actor, now=now)
