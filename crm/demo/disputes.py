"""Disputes and matters of the demo: two disputes, one open and one under review; three matters, one of them late enough to have gone up."""

from datetime import datetime, timedelta

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.claims.models import Claim
from crm.core import clock
from crm.core.db import db
from crm.disputes import services as disputes
from crm.disputes.rules import How, NewDecision
from crm.leads.models import Lead, SecondReport
from crm.leads.rules.lead import Stage
from crm.matters import services as matters
from crm.matters.rules import Level, NewMatter
from crm.policy.rules import Actor
from crm.units import queries as units


def make_disputes(now: datetime) -> int:
    """By the services that make them, where there is enough in talks. Call inside a unit of work; how many disputes and matters."""
    talks = _talks_of("officer.nanshan")
    if len(talks) < 2:
        return 0
    first, second = talks
    ours, theirs, city = _actor("officer.nanshan"), _actor("officer.baoan"), _actor("coordinator")
    at = now - timedelta(days=8)
    for lead in (first, second):
        _report(lead, theirs, at)
    made = disputes.open_dispute(
        first.public_id, "我区先登记并多次会见对方，宝安其后又登记同一企业，请协调由我区继续跟进。", actor=ours,
        now=now - timedelta(days=3),
    )  # fmt: skip
    disputes.state(
        made.public_id,
        "我区驻外联络点更早与其亚太负责人接触，当时未及登记，可补交会谈纪要。",
        actor=theirs,
        now=now - timedelta(days=1),
    )
    done = disputes.open_dispute(
        second.public_id, "两区分别与同一企业洽谈，请明确主办和协办。", actor=city, now=now - timedelta(days=5)
    )  # fmt: skip
    to, other = units.by_id(ours.unit_id), units.by_id(theirs.unit_id)
    new = NewDecision(
        to.id, ours.user_id, {to.id: 7_000, other.id: 3_000}, "南山登记在先且有持续进展，宝安提供了场地方案，由南山主办、宝安协办。",
        "分管副市长（电话）", clock.city_day(now - timedelta(days=1)), How.TELEPHONE, (other.id,),
    )  # fmt: skip
    disputes.decide(done.public_id, new, actor=city, now=now - timedelta(hours=20))
    disputes.ask_review(
        done.public_id,
        "我区提供的场地方案是落户的前提，请复核业绩归属。",
        actor=_actor("manager.baoan"),
        now=now - timedelta(hours=2),
    )
    return 2 + _matters(now, first, second)


def _matters(now: datetime, first: Lead, second: Lead) -> int:
    ours, manager, city = _actor("officer.nanshan"), _actor("manager.nanshan"), _actor("coordinator")
    new = NewMatter("对方要求年内完成双回路供电，区里无法单独确定时间，请协调供电方案。", Level.CITY)
    late = matters.raise_matter(first.public_id, new, actor=ours, now=now - timedelta(days=12))
    matters.lift(late.public_id, "涉及跨区线路和重大项目用能，超出市级部门权限。", actor=city, now=now - timedelta(days=2))
    new = NewMatter("外籍管理人员子女入学，需区教育部门确认学位。", Level.DISTRICT, user_id=manager.user_id)
    done = matters.raise_matter(first.public_id, new, actor=ours, now=now - timedelta(days=6))
    matters.answer(
        done.public_id, "已与教育部门对接，可安排片区内公办学位，需在三月前提交材料。", actor=manager, now=now - timedelta(days=1)
    )
    new = NewMatter("拟租厂房消防验收未完成，请街道协助明确整改期限。", Level.DISTRICT)
    matters.raise_matter(second.public_id, new, actor=ours, now=now - timedelta(days=1))
    return 3


def _report(lead: Lead, actor: Actor, at: datetime) -> None:
    typed = {"investor": lead.display_name or lead.title, "title": lead.title}
    db.session.add(
        SecondReport(
            lead_id=lead.id, unit_id=actor.unit_id, reported_by_id=actor.user_id, reported_at=at, typed=typed,
            wants_coordination=True,
        )
    )  # fmt: skip
    db.session.flush()


def _actor(username: str) -> Actor:
    user = accounts.by_username(username)
    assert user is not None
    return user.as_actor()


def _talks_of(username: str) -> list[Lead]:
    """Two leads in talks of an officer, first those with a first report, whose clock rests meanwhile, then those that somebody
    touched last: transfers took the others.
    """
    mine = (Lead.owner_id == _actor(username).user_id) & (Lead.stage == Stage.NEGOTIATING) & Lead.is_demo
    query = select(Lead).where(
        mine, Lead.registered_by_id == _actor(username).user_id, Lead.registered_at < clock.now() - timedelta(days=40)
    )
    claimed = select(Claim.id).where(Claim.lead_id == Lead.id).exists()
    return list(db.session.scalars(query.order_by(claimed.desc(), Lead.touched_at.desc(), Lead.id).limit(2)))
