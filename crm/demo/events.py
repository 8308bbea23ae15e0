"""Events of the demo, all invented: fairs, roadshows, signing ceremonies of a year and a half, with the leads of those days."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from crm.accounts import queries as accounts
from crm.core import clock
from crm.core.db import db
from crm.events import services
from crm.events.models import Event, EventLink
from crm.events.rules import EventKind, LinkRole, NewEvent
from crm.leads.models import Lead
from crm.leads.rules.lead import SIGNED_STAGES, Stage
from crm.pipeline.models import StageChange
from crm.units import queries as units

MOST = 12


@dataclass(frozen=True, slots=True)
class _Shape:
    """An invented event: how many days ago it began, how long it lasted, and how far around it leads were met or signed."""

    name: str
    kind: EventKind
    ago: int
    days: int
    country: str
    city: str
    unit: str
    reach: int = 20


_SHAPES = (
    _Shape("深圳全球招商大会签约仪式（示例）", EventKind.CEREMONY, 345, 1, "CN", "深圳", "SZ-TCJ", 45),
    _Shape("国际半导体展深圳推介（示例）", EventKind.FAIR, 250, 4, "DE", "慕尼黑", "SZ-TCJ"),
    _Shape("南山外资企业签约会（示例）", EventKind.CEREMONY, 200, 1, "CN", "深圳", "SZ-NS", 60),
    _Shape("宝安智能制造对接洽谈会（示例）", EventKind.MATCHMAKING, 170, 2, "CN", "深圳", "SZ-BA", 30),
    _Shape("日本关西招商推介会（示例）", EventKind.ROADSHOW, 130, 2, "JP", "大阪", "SZ-TCJ"),
    _Shape("粤港生物医药论坛（示例）", EventKind.FORUM, 95, 1, "HK", "中国香港", "SZ-TCJ"),
    _Shape("三季度重点外资项目集中签约（示例）", EventKind.CEREMONY, 70, 1, "CN", "深圳", "SZ-TCJ", 50),
    _Shape("新加坡招商出访（示例）", EventKind.TRIP, 30, 5, "SG", "新加坡", "SZ-TCJ"),
    _Shape("宝安年末招商推介会（示例）", EventKind.ROADSHOW, -20, 1, "CN", "深圳", "SZ-BA"),
)


def make_events(now: datetime) -> int:
    """Events and what came of them; how many leads were put to one. Call inside a unit of work, after leads and their stages."""
    coordinator, made = accounts.by_username("coordinator"), 0
    assert coordinator is not None
    actor = coordinator.as_actor()
    for shape in _SHAPES:
        first = clock.city_day(now) - timedelta(days=shape.ago)
        last = first + timedelta(days=shape.days - 1)
        unit = units.by_code(shape.unit)
        assert unit is not None
        before = min(clock.start_of(first) - timedelta(days=14), now)
        new = NewEvent(shape.name, shape.kind, first, last, shape.country, shape.city, unit.id)
        event = services.enter_event(new, city="SZ", actor=actor, now=before, is_demo=True)
        if shape.ago > 0:
            path = unit.path if shape.unit != "SZ-TCJ" else None
            made += _came(event, shape, path, now) + _signed(event, shape, path, now)
    db.session.flush()
    return made


def _came(event: Event, shape: _Shape, path: str | None, now: datetime) -> int:
    """Leads of the days of the event and after; at a ceremony little is new."""
    if shape.kind is EventKind.CEREMONY:
        return 0
    free = ~select(EventLink.id).where(EventLink.lead_id == Lead.id, EventLink.role == LinkRole.SOURCE).exists()
    query = select(Lead).where(
        Lead.is_demo, Lead.merged_into_id.is_(None), free, Lead.registered_at >= clock.start_of(event.first_on),
        Lead.registered_at < clock.start_of(event.last_on, days=shape.reach),
    )  # fmt: skip
    query = query if path is None else query.where(Lead.following_unit_path.startswith(path))
    found = list(db.session.scalars(query.order_by(Lead.registered_at, Lead.id).limit(MOST)))
    for lead in found:
        lead.source = "fair" if shape.kind in (EventKind.FAIR, EventKind.FORUM) else lead.source
        _put(event, lead, LinkRole.SOURCE, lead.registered_at, now)
    return len(found)


def _signed(event: Event, shape: _Shape, path: str | None, now: datetime) -> int:
    """Projects signed about its days: at a ceremony most of those, elsewhere a few."""
    on = (
        select(StageChange.lead_id, func.max(StageChange.on_date).label("on"))
        .where(StageChange.to_stage == Stage.SIGNED).group_by(StageChange.lead_id).subquery()
    )  # fmt: skip
    reach = timedelta(days=shape.reach if shape.kind is EventKind.CEREMONY else 7)
    free = ~select(EventLink.id).where(EventLink.lead_id == Lead.id, EventLink.role == LinkRole.SIGNED).exists()
    query = select(Lead, on.c.on).join(on, on.c.lead_id == Lead.id).where(
        Lead.is_demo, Lead.merged_into_id.is_(None), Lead.stage.in_(sorted(SIGNED_STAGES)), Lead.admitted_at.is_not(None), free,
        on.c.on >= event.first_on, on.c.on <= event.last_on + reach,
    )  # fmt: skip
    query = query if path is None else query.where(Lead.following_unit_path.startswith(path))
    most = MOST if shape.kind is EventKind.CEREMONY else 2
    found = db.session.execute(query.order_by(on.c.on, Lead.id).limit(most)).all()
    for lead, day in found:
        _put(event, lead, LinkRole.SIGNED, clock.start_of(max(day, event.last_on), days=1), now)
    return len(found)


def _put(event: Event, lead: Lead, role: LinkRole, at: datetime, now: datetime) -> None:
    """Straight as a row: the service looks at today."""
    db.session.add(EventLink(event_id=event.id, lead_id=lead.id, role=role, by_id=event.made_by_id, at=min(at, now)))
