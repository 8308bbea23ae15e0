"""Transfers of the demo: one that waits for an answer, one that was handed over, and two open projects."""

from datetime import datetime, timedelta

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.core import clock
from crm.core.db import db
from crm.credit.rules import ShareModel, usual_terms
from crm.leads.models import Lead
from crm.leads.rules.lead import Stage
from crm.policy.rules import Actor
from crm.transfers import services
from crm.transfers.services import NewAnswer, NewCard, NewOffer
from crm.units import queries as units

_CARDS = (
    (
        "外资先进制造企业拟建中试线，本区暂无合适厂房，建设周期约八个月。",
        "厂房三千平方米以上，层高八米",
        "用电两千千伏安",
        "首年八十人",
    ),
    ("外资研发机构拟设应用实验室，需靠近医院和高校。", "实验用房一千五百平方米", None, "科研人员四十人"),
)


def make_transfers(now: datetime) -> int:
    """By the services that make them, where both districts have enough in talks. Call inside a unit of work; how many transfers
    and cards.
    """
    nanshan, baoan = _talks_of("officer.nanshan"), _talks_of("officer.baoan")
    if len(nanshan) < 2 or len(baoan) < 2:
        return 0
    at_nanshan, at_baoan = _actor("manager.nanshan"), _actor("manager.baoan")
    to_baoan, to_nanshan = units.by_id(at_baoan.unit_id), units.by_id(at_nanshan.unit_id)
    offer = NewOffer(to_baoan, "本区无同等层高的现成厂房", usual_terms(ShareModel.EVEN), shows_names=True)
    services.offer_transfer(nanshan[0].public_id, offer, actor=at_nanshan, now=now - timedelta(days=1))
    offer = NewOffer(to_nanshan, "项目以研发为主，更宜落在南山", usual_terms(ShareModel.INTRODUCER))
    done = services.offer_transfer(baoan[0].public_id, offer, actor=at_baoan, now=now - timedelta(days=6))
    services.accept(done.public_id, actor=at_nanshan, now=now - timedelta(days=4))
    services.take_over(done.public_id, _actor("officer.nanshan").user_id, actor=at_nanshan, now=now - timedelta(days=3))
    for (text, site, energy, people), lead, who in zip(_CARDS, (nanshan[1], baoan[1]), (at_nanshan, at_baoan), strict=True):
        card = NewCard(text, usual_terms(ShareModel.BOTH), site, energy, people)
        made = services.put_in_pool(lead.public_id, card, actor=who, now=now - timedelta(days=2))
        if who is at_nanshan:
            ready = clock.city_day(now) + timedelta(days=60)
            proposal = NewAnswer("福海片区标准厂房二层", ready, "以已发布的区级产业用房办法为准", "可先租后建")
            services.answer_card(made.public_id, proposal, actor=_actor("officer.baoan"), now=now - timedelta(days=1))
    return 4


def _actor(username: str) -> Actor:
    user = accounts.by_username(username)
    assert user is not None
    return user.as_actor()


def _talks_of(username: str) -> list[Lead]:
    """Two leads in talks of an officer, those that nobody has touched for longest."""
    mine = (Lead.owner_id == _actor(username).user_id) & (Lead.stage == Stage.NEGOTIATING) & Lead.is_demo
    return list(db.session.scalars(select(Lead).where(mine).order_by(Lead.touched_at, Lead.id).limit(2)))
