"""Supervised tasks of the demo: one late, one that waits to be closed, one with a wish for more time, one closed; a liaison, sponsors."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.core import clock
from crm.core.db import db
from crm.deputies import services as deputies
from crm.leads.models import Lead
from crm.leads.rules.lead import Stage, Status
from crm.policy.rules import Actor
from crm.supervision import services
from crm.supervision.rules import NewInstruction, Said, Way
from crm.units import queries as units

_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
CITY = "SZ"


def make_supervision(now: datetime, *, root: str) -> int:
    """By the services that make them; how many tasks. Call inside a unit of work. `root`: the folder of all files."""
    leader, city = _actor("leader"), _actor("coordinator")
    today = clock.city_day(now)
    services.delegate(leader.user_id, "coordinator", today, today + timedelta(days=180), actor=leader, now=now)
    _hand_on(today, now)
    leads = _leads()
    for lead in leads[:5]:
        services.add_sponsor(lead.public_id, leader.user_id, today - timedelta(days=60), actor=city, now=now)
    return _tasks(leads, leader, city, root, now)


def _hand_on(today: date, now: datetime) -> None:
    """A desk that will be handed on: an officer's leave in three weeks."""
    ours, theirs = accounts.by_username("officer.nanshan"), accounts.by_username("manager.nanshan")
    assert ours is not None
    assert theirs is not None
    first = today + timedelta(days=21)
    deputies.hand_desk(ours, theirs, first, first + timedelta(days=6), "年休假", actor=ours.as_actor(), now=now)


def _tasks(leads: list[Lead], leader: Actor, city: Actor, root: str, now: datetime) -> int:
    ours, theirs = _actor("manager.nanshan"), _actor("manager.baoan")
    late = _give(
        "请住建、供电部门到现场办公，两周内拿出双回路供电方案。",
        Way.MEETING,
        leads[0],
        ours,
        leader,
        now - timedelta(days=20),
        12,
    )
    services.feed_back(
        late,
        "供电部门已到现场踏勘，线路走向两个方案待比选。",
        [("踏勘纪要.pdf", _PDF)],
        root=root,
        actor=ours,
        now=now - timedelta(days=9),
    )
    done = _give(
        "对方董事长下月来访，请提前落实会见和园区踏勘安排。", Way.TELEPHONE, leads[1], theirs, city, now - timedelta(days=10), 20
    )
    services.report(
        done,
        "会见方案、踏勘路线和接待单位均已确定，对方已书面确认行程。",
        [("接待方案.pdf", _PDF)],
        root=root,
        actor=theirs,
        now=now - timedelta(days=1),
    )
    more = _give(
        "研究外籍高管子女入学和医疗便利的办法，形成可复制的清单。",
        Way.WRITTEN,
        None,
        ours,
        leader,
        now - timedelta(days=15),
        25,
        theirs,
    )
    later = Said("需与教育、卫健部门会商，拟月底前形成清单。", due_on=clock.city_day(now) + timedelta(days=30))
    services.ask_time(more, later, actor=ours, now=now - timedelta(days=2))
    closed = _give("请核实该项目用能指标，三天内回复企业。", Way.TELEPHONE, leads[2], theirs, city, now - timedelta(days=30), 8)
    services.report(closed, "用能指标已核实并书面回复企业。", [], root=root, actor=theirs, now=now - timedelta(days=26))
    services.close(closed, Said("已办结，请继续跟踪投产时间。", Way.TELEPHONE), actor=leader, now=now - timedelta(days=25))
    return 4


def _give(
    text: str, way: Way, lead: Lead | None, unit: Actor, by: Actor, at: datetime, days: int, helper: Actor | None = None
) -> str:
    on: date = clock.city_day(at)
    new = NewInstruction(
        _actor("leader").user_id, text, way, on, unit.unit_id, (helper.unit_id,) if helper else (), on + timedelta(days=days),
        lead.public_id if lead else None,
    )  # fmt: skip
    return services.give_instruction(new, city=CITY, actor=by, now=at, is_demo=True).public_id


def _leads() -> list[Lead]:
    """Large projects of the two districts in hand, that the leader reads by name."""
    paths = [unit.path for unit in (units.by_code("SZ-NS"), units.by_code("SZ-BA")) if unit]
    stages = (Stage.NEGOTIATING, Stage.SIGNED, Stage.UNDER_CONSTRUCTION)
    query = select(Lead).where(
        Lead.is_demo, Lead.following_unit_path.in_(paths), Lead.stage.in_(stages), Lead.status == Status.ACTIVE,
        Lead.merged_into_id.is_(None), Lead.seal_text.is_(None), Lead.investor_id.is_not(None),
    )  # fmt: skip
    found = list(db.session.scalars(query.order_by(Lead.total_cny.is_(None), Lead.total_cny.desc(), Lead.id).limit(12)))
    return [*found[0::2], *found[1::2]]


def _actor(username: str) -> Actor:
    user = accounts.by_username(username)
    assert user is not None
    return user.as_actor()
