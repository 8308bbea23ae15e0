"""Milestones of the demo: each project's path up to its stage, most confirmed, some waiting or returned; a gap, pauses and endings."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.claims import queries as claims
from crm.claims.rules.evidence import EvidenceType
from crm.core import clock
from crm.core.db import db
from crm.core.money import Money
from crm.files import services as files
from crm.files.models import StoredFile
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.rules.lead import STAGES, ProjectType, Stage, Status
from crm.pipeline import queries
from crm.pipeline.models import GateOverride, Milestone, MilestoneFile, StageChange, StatusChange
from crm.pipeline.rules import Cause, Kind, MilestoneState
from crm.policy.rules import Actor

SEED = 20261124
SAMPLE = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_NAMES = {
    Kind.FRAMEWORK: "框架协议扫描件.pdf", Kind.CONTRACT_SIGNED: "投资合同签字页.pdf", Kind.REGISTERED: "营业执照.pdf",
    Kind.FIRST_FUNDS: "银行入账回单.pdf", Kind.CONSTRUCTION_STARTED: "施工许可证.pdf", Kind.FITOUT_STARTED: "装修合同及现场照片.pdf",
    Kind.IN_OPERATION: "投产情况说明.pdf",
}  # fmt: skip
_TYPES = (
    ProjectType.BUILDING,
    ProjectType.NON_BUILDING,
    ProjectType.EXPANSION,
    ProjectType.REINVESTMENT,
    ProjectType.ACQUISITION,
)
_RETURNED = ("缺签字页，请补齐后再报", "金额与合同附件不一致", "证照照片不清晰")
_LOST = (
    ("苏州", Cause.LOST, "对方选择已有客户集聚的园区", "提前半年备好标准厂房"),
    ("吉隆坡", Cause.LOST, "集团改投东南亚基地", "更早对接集团供应链负责人"),
    (None, Cause.CANCELLED, "母公司暂停海外投资", None),
)


@dataclass(slots=True)
class _People:
    by_district: dict[str, tuple[int, int, int]]  # officer, manager, unit
    headquarters: tuple[int, int]
    city: int
    coordinator: Actor


def make_milestones(now: datetime, *, root: str) -> int:
    """Rows as the services would have left them, for all demo leads; how many milestones. Call inside a unit of work."""
    dice = random.Random(SEED)  # noqa: S311 - invented data wants a seed
    people = _people()
    query = select(Lead).where(Lead.is_demo, Lead.merged_into_id.is_(None), Lead.stage != Stage.LEAD).order_by(Lead.id)
    made, sha = 0, _bytes(root, now)
    for lead in list(db.session.scalars(query)):
        lead.project_type = dice.choices(_TYPES, (5, 3, 2, 1, 1))[0]
        made += _path(lead, dice, people, sha, now)
    db.session.flush()
    _gap(people, now)
    _statuses(dice, people, now)
    return made


def _people() -> _People:
    def of(username: str) -> tuple[int, int]:
        user = accounts.by_username(username)
        assert user is not None
        return user.id, user.unit_id

    found = {}
    for district, code in (("nanshan", "SZ-NS"), ("baoan", "SZ-BA")):
        (officer, unit), (manager, _unit) = of(f"officer.{district}"), of(f"manager.{district}")
        found[code] = (officer, manager, unit)
    city = accounts.by_username("coordinator")
    assert city is not None
    return _People(found, of("headquarters"), city.id, city.as_actor())


def _bytes(root: str, now: datetime) -> tuple[str, int]:
    """The bytes of every invented document, stored once."""
    user = accounts.by_username("coordinator")
    assert user is not None
    row = files.store_file(SAMPLE, "示例.pdf", purpose="result", root=root, actor=user.as_actor(), now=now)
    found = row.sha256, row.size
    db.session.delete(row)
    return found


def _path(lead: Lead, dice: random.Random, people: _People, sha: tuple[str, int], now: datetime) -> int:
    """The milestones that the lead's stage stands for, at the days of its changes of stage."""
    table, kind = queries.gates(), queries.type_of(lead)
    days = {row.to_stage: row.on_date for row in db.session.scalars(select(StageChange).where(StageChange.lead_id == lead.id))}
    place = STAGES.index(Stage(lead.stage))
    reached: dict[Kind, date] = {}
    last = clock.city_day(lead.registered_at)
    for stage in STAGES[1 : place + 1]:
        last = max(last, days.get(stage, last))
        gate = table.gate(kind, stage)
        wanted = (
            [Kind.FIRST_TALKS] if stage is Stage.NEGOTIATING else [need.milestones[0] for need in gate.needs if need.milestones]
        )
        for one in wanted:
            if one in table.path(kind):
                reached.setdefault(one, last)
    if place == 1 and Kind.FRAMEWORK in table.path(kind) and dice.random() < 0.3:
        reached[Kind.FRAMEWORK] = min(last + timedelta(days=dice.randint(3, 60)), clock.city_day(now))
    if place == 2 and dice.random() < 0.5:
        reached.setdefault(Kind.REGISTERED, min(last + timedelta(days=dice.randint(10, 80)), clock.city_day(now)))
    if lead.contracted_amount is None:
        reached = {one: on for one, on in reached.items() if table.kinds[one].sum != "required"}
    for one, on in reached.items():
        _row(lead, one, on, dice, people, sha, now)
    return len(reached)


def _row(lead: Lead, kind: Kind, on: date, dice: random.Random, people: _People, sha: tuple[str, int], now: datetime) -> None:
    table = queries.gates()
    rule = table.kinds[kind]
    officer, manager, unit = people.by_district.get(lead.following_unit.code, (people.headquarters[0], 0, people.headquarters[1]))
    recent = (clock.city_day(now) - on).days < 90
    entered = min(clock.start_of(on) + timedelta(days=dice.randint(0, 6), hours=10), now - timedelta(hours=3))
    state = MilestoneState.REPORTED
    if rule.confirmed:
        state = MilestoneState.CONFIRMED
        if recent and manager:
            states = (MilestoneState.CONFIRMED, MilestoneState.REVIEWED, MilestoneState.REPORTED, MilestoneState.RETURNED)
            state = dice.choices(states, (45, 25, 24, 6))[0]
            if state in (MilestoneState.REVIEWED, MilestoneState.REPORTED):
                entered = max(entered, now - timedelta(days=dice.randint(0, 7), hours=4))
    amount = _sum(lead, kind, rule.sum, dice)
    row = Milestone(
        lead_id=lead.id, kind=kind, on_date=on, amount=amount.amount if amount else None, currency=amount.currency if amount else None,
        entered_by_id=officer, entered_unit_id=unit, entered_at=entered, state=state, rules_version=table.version,
    )  # fmt: skip
    _said(row, state, dice, manager, people.city, entered, now)
    db.session.add(row)
    db.session.flush()
    if kind in _NAMES:
        proof = StoredFile(
            name=_NAMES[kind], kind="pdf", size=sha[1], sha256=sha[0], purpose="evidence", lead_id=lead.id, stored_by_id=officer,
            stored_at=entered, evidence_type=EvidenceType.FACT,
        )  # fmt: skip
        db.session.add(proof)
        db.session.flush()
        db.session.add(MilestoneFile(milestone_id=row.id, file_id=proof.id))


def _sum(lead: Lead, kind: Kind, rule: str, dice: random.Random) -> Money | None:
    if rule == "none" or lead.contracted_amount is None or lead.contracted_currency is None or kind is Kind.REGISTERED:
        return None
    share = dice.choice((15, 20, 30, 50)) if kind is Kind.FIRST_FUNDS else 100
    return Money(max(lead.contracted_amount * share // 100, 1), lead.contracted_currency)


def _said(
    row: Milestone, state: MilestoneState, dice: random.Random, manager: int, city: int, entered: datetime, now: datetime
) -> None:  # fmt: skip
    """What the district and the city said of it."""
    table, calendar = queries.gates(), claims.calendar()
    if state is MilestoneState.REPORTED and table.kinds[Kind(row.kind)].confirmed:
        row.due_on = calendar.after(clock.city_day(entered), table.review_working_days, working=True)
    if state in (MilestoneState.REVIEWED, MilestoneState.CONFIRMED) and manager:
        row.reviewed_by_id, row.reviewed_at = manager, min(entered + timedelta(hours=20), now - timedelta(hours=1))
    if state is MilestoneState.REVIEWED:
        row.due_on = calendar.after(clock.city_day(row.reviewed_at or entered), table.confirm_working_days, working=True)
    if state is MilestoneState.RETURNED:
        row.returned_reason, row.closed_by_id, row.closed_at = dice.choice(_RETURNED), manager, entered + timedelta(hours=30)
    if state is MilestoneState.CONFIRMED:
        row.confirmed_by_id, row.confirmed_at, row.confirmed_on = city, min(entered + timedelta(days=3), now), row.on_date
        row.confirmed_amount, row.confirmed_currency = row.amount, row.currency
        if row.amount and dice.random() < 0.12:
            row.confirmed_amount, row.confirmed_note = row.amount * 9 // 10, "扣除意向部分"


def _gap(people: _People, now: datetime) -> None:
    """One signed project of Nanshan was let through without its contract's file."""
    officer = people.by_district["SZ-NS"][0]
    query = select(Lead).where(Lead.is_demo, Lead.stage == Stage.SIGNED, Lead.owner_id == officer).order_by(Lead.id.desc())
    lead = db.session.scalar(query.limit(1))
    if lead is None:
        return
    rows = list(db.session.scalars(select(Milestone).where(Milestone.lead_id == lead.id, Milestone.kind != Kind.FIRST_TALKS)))
    for row in rows:
        db.session.query(MilestoneFile).filter_by(milestone_id=row.id).delete()
        db.session.delete(row)
    db.session.flush()
    db.session.add(
        GateOverride(
            lead_id=lead.id, to_stage=Stage.SIGNED, missing=[one.as_data() for one in queries.missing_of_reached(lead)],
            reason="签约仪式已举行，合同正本正在用印，先行进入签约", by_id=people.city, at=now - timedelta(days=4),
            until=clock.city_day(now + timedelta(days=12)), rules_version=queries.gates().version,
        )
    )  # fmt: skip


def _statuses(dice: random.Random, people: _People, now: datetime) -> None:
    """A few projects of other districts are paused or ended, so that stories of Nanshan and Baoan keep theirs."""
    query = select(Lead).where(Lead.is_demo, Lead.stage == Stage.NEGOTIATING, Lead.owner_id.is_(None), Lead.disputed_on.is_(None))
    found = list(db.session.scalars(query.order_by(Lead.id)))
    for lead in dice.sample(found, min(len(found), 3)):
        found.remove(lead)
        wake = clock.city_day(now + timedelta(days=dice.randint(10, 80)))
        _status(lead, Status.PAUSED, StatusChange(wake_on=wake, reason="对方年度预算未定，待下一财年再议"), people, now)
    for lead, (place, cause, reason, wish) in zip(dice.sample(found, min(len(found), 3)), _LOST, strict=False):
        _status(lead, Status.ENDED, StatusChange(cause=cause, reason=reason, lost_to=place, would_have_won=wish), people, now)


def _status(lead: Lead, to: Status, row: StatusChange, people: _People, now: datetime) -> None:
    row.lead_id, row.from_status, row.to_status, row.by_id, row.at = (
        lead.id,
        lead.status,
        to,
        people.city,
        now - timedelta(days=9),
    )
    db.session.add(row)
    leads.note_status(lead, to, actor=people.coordinator, now=lead.touched_at)
