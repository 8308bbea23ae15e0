"""Loading the demo: accounts with the documented password, leads over units, stages and two years, duplicates to find."""

import random
from datetime import date, datetime, timedelta

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.accounts import services as account_services
from crm.accounts.rules import DEMO_PASSWORD
from crm.clusters import queries as clusters
from crm.companies import services as companies
from crm.companies.models import Company
from crm.companies.rules import NewCompany
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.money import Money
from crm.demo.assessment import make_scores
from crm.demo.claims import make_claims
from crm.demo.disputes import make_disputes
from crm.demo.editions import make_editions
from crm.demo.events import make_events
from crm.demo.expected import make_expected
from crm.demo.fillings import make_fillings
from crm.demo.funds import make_first_funds
from crm.demo.milestones import make_milestones
from crm.demo.money import make_money
from crm.demo.phases import make_phases
from crm.demo.returns import make_returns
from crm.demo.rules import HEADS, Invented, again, amount_wan, invent
from crm.demo.shelves import make_run, make_views
from crm.demo.supervision import make_supervision
from crm.demo.sweep import make_sweep
from crm.demo.targets import make_targets
from crm.demo.transfers import make_transfers
from crm.leads import services as leads
from crm.leads.models import (
    Assessment,
    Lead,
)
from crm.leads.rules.lead import Decisions, NewContact, NewLead, Outcome, Source, Stage
from crm.pipeline.models import StageChange
from crm.policy.rules import Actor, Role
from crm.units import queries as units
from crm.units import services as unit_services
from crm.units.rules import UnitKind
from crm.visits.models import Interaction
from crm.visits.rules import Kind, NewProgress

SEED = 20261123
LEADS = 320
_EVERY = 13  # as often is a firm one that the board has already
PEOPLE = (
    ("officer.nanshan", "林晓岚", Role.OFFICER, "SZ-NS"), ("manager.nanshan", "周启明", Role.DISTRICT_MANAGER, "SZ-NS"),
    ("officer.baoan", "陈嘉树", Role.OFFICER, "SZ-BA"), ("manager.baoan", "许沛然", Role.DISTRICT_MANAGER, "SZ-BA"),
    ("coordinator", "沈知远", Role.COORDINATOR, "SZ-TCJ"), ("leader", "顾明川", Role.LEADER, "SZ-TCJ"),
    ("auditor", "何慎之", Role.AUDITOR, "SZ-TCJ"), ("sysadmin", "方一舟", Role.SYSTEM_ADMIN, "SZ-TCJ"),
    ("secadmin", "叶守拙", Role.SECURITY_ADMIN, "SZ-TCJ"),
    ("headquarters", "江定远", Role.DISTRICT_MANAGER, "SZ-HQ"),
)  # fmt: skip
_NEXT = (
    "复谈技术团队来深安排",
    "提交厂房参数表",
    "研判用地方案",
    "约见财务负责人",
    "核对知识产权归属",
    "安排场地踏勘",
    "回访并写纪要",
    "补报控股方决议",
)
_DONE = (
    "对方介绍了项目规模与时间表，希望了解可选厂房。", "陪同考察园区，对层高与供电提出要求。", "视频会议，对方确认年内立项。", "电话沟通，等待总部批准。",
         "会见对方中国区负责人，同意签署意向。", "对方来访，参观同类企业生产线。")  # fmt: skip


def load_demo(now: datetime, *, root: str) -> str:
    """Make the demo data unless it is there; what was made, in a few words. `root`: the folder of all files."""
    if accounts.has_demo_users():
        db.session.rollback()
        return "already there"
    with unit_of_work():
        make_people(now)
        _task_force(now)
    dice = random.Random(SEED)  # noqa: S311 - invented data wants a seed
    firms = invent(LEADS, SEED)
    for number, place in enumerate(range(_EVERY, LEADS, _EVERY)):
        firms[place] = again(firms[place - _EVERY + 1], number)
    for start in range(0, len(firms), 40):
        with unit_of_work():
            for firm in firms[start : start + 40]:
                _lead(firm, dice, now)
    with unit_of_work():
        _group(now)
        make_claims(now)
    with unit_of_work():
        make_transfers(now)
    with unit_of_work():
        make_disputes(now)
    with unit_of_work():
        make_milestones(now, root=root)
        make_expected(now)
        make_phases(now)
        make_events(now)
    with unit_of_work():
        make_supervision(now, root=root)
    with unit_of_work():
        make_money(now, root)
        make_first_funds(now, root)
    with unit_of_work():
        make_editions(now)
    with unit_of_work():
        make_targets(now)
    with unit_of_work():
        make_returns(now)
    with unit_of_work():
        make_scores(now, root)
    with unit_of_work():
        make_views(now)
        make_run(now)
    make_fillings(now, root)
    make_sweep(now)
    return f"{len(PEOPLE)} accounts, {LEADS} leads"


def _group(now: datetime) -> None:
    """One group on record: the first family of names that both districts have a lead of, under a parent without leads."""
    actor, followed = _actor("coordinator"), select(Lead.investor_id, Lead.following_unit_path).where(Lead.is_demo)
    units_of: dict[int | None, set[str]] = {}
    for company_id, path in db.session.execute(followed):
        units_of.setdefault(company_id, set()).add(path)
    paths = [unit.path for unit in (units.by_code("SZ-NS"), units.by_code("SZ-BA")) if unit]
    for zh, latin in HEADS:
        family = list(
            db.session.scalars(select(Company).where(Company.is_demo, Company.name.startswith(zh)).order_by(Company.id))
        )
        concerned = set().union(*(units_of.get(company.id, set()) for company in family))
        if len(family) >= 3 and all(path in concerned for path in paths):
            new = NewCompany(name=f"{zh}集团控股公司", other_names=(f"{latin} Group Holding",), is_demo=True)
            parent = companies.create_company(new, actor=actor, now=now)
            for company in family[:6]:
                companies.set_parent(company, parent, "示例：集团年报所列子公司", actor=actor, now=now)
            return


def make_people(now: datetime) -> None:
    """The ten demo users with the one documented password. Call inside a unit of work."""
    stored = account_services.hash_password(DEMO_PASSWORD)
    for username, name, role, unit in PEOPLE:
        place = units.by_code(unit)
        assert place is not None
        user, _link = account_services.create_user(username=username, name=name, role=role, unit=place, actor=None, now=now)
        user.password_hash, user.is_demo = stored, True


TASK_FORCE = ("SZ-TF-DEMO", "海洋产业招商专班（示例）", "Marine Industry Task Force (demo)")


def _task_force(now: datetime) -> None:
    """A task force of people of two districts, until the end of next year's first half."""
    code, zh, en = TASK_FORCE
    unit = units.by_code(code)
    if unit is None:
        unit = unit_services.create_unit(
            code=code, zh=zh, en=en, kind=UnitKind.TASK_FORCE, parent=units.coordinating(), actor=_actor("sysadmin"), now=now
        )
    unit.retired_on = None
    until = date(clock.city_day(now).year + 1, 6, 30)
    for username in ("officer.nanshan", "officer.baoan"):
        user = accounts.by_username(username)
        assert user is not None
        account_services.join_task_force(unit, user, until, actor=_actor("coordinator"), now=now)


def _actor(username: str) -> Actor:
    user = accounts.by_username(username)
    assert user is not None
    return user.as_actor()


def _lead(firm: Invented, dice: random.Random, now: datetime) -> None:
    who = dice.choices(("officer.nanshan", "officer.baoan", "coordinator"), (5, 4, 5))[0]
    actor = _actor(who)
    unit = units.by_id(actor.unit_id) if who != "coordinator" else dice.choice(units.areas())
    stage = dice.choices(list(Stage), (22, 38, 16, 14, 10))[0]
    waiting = stage is Stage.LEAD and dice.random() < 0.6  # for its assessment: for days, not for years
    at = now - timedelta(days=dice.randint(0, 8) if waiting else dice.randint(2, 700), hours=dice.randint(0, 9))
    logged = leads.log_lead(
        _typed(firm, dice, at, stage), Decisions(), unit=unit, city="SZ", actor=actor, now=at, matched=False,
        owner_id=actor.user_id if who != "coordinator" else None,
    )  # fmt: skip
    if not waiting:
        _assess(logged.lead, dice, at, now)
    _history(logged.lead, stage, dice, actor, at, now)


def _typed(firm: Invented, dice: random.Random, at: datetime, stage: Stage) -> NewLead:
    cluster = clusters.by_code(firm.cluster)
    total = amount_wan(dice)
    late = dice.random() < 0.15
    due = clock.today() + timedelta(days=-dice.randint(1, 9) if late else dice.randint(0, 20))
    areas = units.areas()
    gap = _gap(firm) if stage in (Stage.LEAD, Stage.NEGOTIATING) else ""
    next_step = None if stage is Stage.OPERATING or gap == "next" else dice.choice(_NEXT)
    return NewLead(
        title=f"{firm.project}", source=dice.choice(list(Source)), investor=firm.names[0], other_names=firm.names[1:],
        country=firm.country, district_ids=tuple(u.id for u in dice.sample(areas, dice.choice([1, 1, 2]))),
        total=Money.of(total * 10_000, "CNY") if gap != "total" else None,
        contracted=Money.of(int(total * dice.uniform(0.3, 0.8) / 7) * 10_000, "USD") if gap != "total" else None,
        cluster_ids=(cluster.id,) if cluster and gap != "cluster" else (), next_step=next_step, next_due=due if next_step else None,
        contacts=(NewContact("示例联系人", "项目负责人", "0755-55500000", None),) if dice.random() < 0.4 else (),
        origin="demo", is_demo=True,
    )  # fmt: skip


def _gap(firm: Invented) -> str:
    """Which fact an early lead lacks, as one in seven does in real lists; always the same for the same firm."""
    fate = random.Random(firm.names[0]).random()  # noqa: S311 - invented data
    return "next" if fate < 0.06 else "total" if fate < 0.11 else "cluster" if fate < 0.14 else ""


def _assess(lead: Lead, dice: random.Random, at: datetime, now: datetime) -> None:
    """Admitted some days after it was registered, straight as a row: the service looks at today only."""
    manager = _actor("manager.nanshan" if lead.following_unit.code == "SZ-NS" else "coordinator")
    day = min(at + timedelta(days=dice.randint(1, 4)), now)
    db.session.add(Assessment(lead_id=lead.id, outcome=Outcome.ADMITTED, assessed_by_id=manager.user_id, assessed_at=day))
    lead.assessment, lead.assessed_at, lead.admitted_at = Outcome.ADMITTED, day, day


def _history(lead: Lead, stage: Stage, dice: random.Random, actor: Actor, at: datetime, now: datetime) -> None:
    """Stages and visits between registration and today, straight as rows: their services look at today only."""
    lead.total_verified = dice.random() < 0.75
    reached = list(Stage)[1 : list(Stage).index(stage) + 1]
    span = max((now - at).days, 1)
    old = Stage.LEAD
    for number, to in enumerate(reached, start=1):
        moment = at + timedelta(days=span * number // (len(reached) + 1))
        on = clock.city_day(moment)
        db.session.add(
            StageChange(lead_id=lead.id, from_stage=old, to_stage=to, on_date=on, entered_by_id=actor.user_id, entered_at=moment)
        )
        leads.note_stage(lead, to, on, now=moment)
        old = to
    for _visit in range(dice.choice((0, 1, 1, 2, 3))):
        moment = at + timedelta(days=dice.randint(0, span))
        _visit_row(lead, dice, actor, min(moment, now))
    lead.touched_at = max(lead.touched_at, at)
    db.session.flush()


def _visit_row(lead: Lead, dice: random.Random, actor: Actor, moment: datetime) -> None:
    new = NewProgress(dice.choice(list(Kind)), clock.city_day(moment), dice.choice(_DONE), "项目负责人")
    db.session.add(
        Interaction(
            lead_id=lead.id, kind=new.kind, on_date=new.on, whom=new.whom, text=new.text, unit_id=actor.unit_id,
            entered_by_id=actor.user_id, entered_at=moment,
        )
    )  # fmt: skip
    leads.note_progress(lead, new.on, now=moment)
