"""Loading the demo: accounts with the documented password, leads over units, stages and two years, duplicates to find."""

import random
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select, update

from crm.accounts import queries as accounts
from crm.accounts import services as account_services
from crm.accounts.models import User
from crm.accounts.rules import DEMO_PASSWORD
from crm.batches.models import Edition, EditionRow
from crm.claims.models import Claim, ClaimEvent, GoLiveConflict, GoLiveSide
from crm.clusters import queries as clusters
from crm.companies import services as companies
from crm.companies.models import Company, CompanyIdentifier, CompanyName, CompanyNote, Contact, PairDecision, ParentChange
from crm.companies.queries import COMPANY
from crm.companies.rules import NewCompany
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.money import Money
from crm.credit.models import CreditLine
from crm.demo.claims import make_claims
from crm.demo.disputes import make_disputes
from crm.demo.editions import make_editions
from crm.demo.milestones import make_milestones
from crm.demo.rules import HEADS, Invented, amount_wan, invent
from crm.demo.transfers import make_transfers
from crm.disputes.models import Dispute, DisputeDecision, DisputeSide, DisputeStep
from crm.exchange.models import ImportRow
from crm.files.models import FileAccess, StoredFile
from crm.leads import services as leads
from crm.leads.models import (
    Assessment,
    CoordinationMatter,
    FieldChange,
    Lead,
    LeadCluster,
    LeadDistrict,
    LeadParty,
    SecondReport,
)
from crm.leads.queries.listing import LEAD
from crm.leads.rules.lead import Decisions, NewContact, NewLead, Outcome, Source, Stage
from crm.matching.models import IndexEntry, NameToken
from crm.matters.models import Matter, MatterEvent
from crm.merging.models import Merge, MergeConsent, MergeLine, MergeRequest
from crm.notifications.models import Notification
from crm.pipeline.models import GateOverride, Milestone, MilestoneFile, StageChange, StatusChange
from crm.policy.rules import Actor, Role
from crm.review.models import ReviewDecision, ReviewPair
from crm.sharing.models import LeadSeal, LeadShare, ShareRequest
from crm.tasks.models import NextStep
from crm.transfers.models import OpenAnswer, OpenOffer, Transfer, TransferAnswer
from crm.units import queries as units
from crm.visits.models import Interaction
from crm.visits.rules import Kind, NewProgress

SEED = 20261123
LEADS = 320
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
    dice = random.Random(SEED)  # noqa: S311 - invented data wants a seed
    firms = invent(LEADS, SEED)
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
    with unit_of_work():
        make_editions(now)
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


def _actor(username: str) -> Actor:
    user = accounts.by_username(username)
    assert user is not None
    return user.as_actor()


def _lead(firm: Invented, dice: random.Random, now: datetime) -> None:
    who = dice.choices(("officer.nanshan", "officer.baoan", "coordinator"), (5, 4, 5))[0]
    actor = _actor(who)
    unit = units.by_id(actor.unit_id) if who != "coordinator" else dice.choice(units.areas())
    at = now - timedelta(days=dice.randint(2, 700), hours=dice.randint(0, 9))
    stage = dice.choices(list(Stage), (22, 38, 16, 14, 10))[0]
    logged = leads.log_lead(
        _typed(firm, dice, at, stage), Decisions(), unit=unit, city="SZ", actor=actor, now=at, matched=False,
        owner_id=actor.user_id if who != "coordinator" else None,
    )  # fmt: skip
    _history(logged.lead, stage, dice, actor, at, now)


def _typed(firm: Invented, dice: random.Random, at: datetime, stage: Stage) -> NewLead:
    cluster = clusters.by_code(firm.cluster)
    total = amount_wan(dice)
    late = dice.random() < 0.15
    due = clock.today() + timedelta(days=-dice.randint(1, 9) if late else dice.randint(0, 20))
    areas = units.areas()
    return NewLead(
        title=f"{firm.project}", source=dice.choice(list(Source)), investor=firm.names[0], other_names=firm.names[1:],
        country=firm.country, district_ids=tuple(u.id for u in dice.sample(areas, dice.choice([1, 1, 2]))),
        total=Money.of(total * 10_000, "CNY"), contracted=Money.of(int(total * dice.uniform(0.3, 0.8) / 7) * 10_000, "USD"),
        cluster_ids=(cluster.id,) if cluster else (), next_step=dice.choice(_NEXT) if stage is not Stage.OPERATING else None,
        next_due=due, contacts=(NewContact("示例联系人", "项目负责人", "0755-55500000", None),) if dice.random() < 0.4 else (),
        origin="demo", is_demo=True,
    )  # fmt: skip


def _history(lead: Lead, stage: Stage, dice: random.Random, actor: Actor, at: datetime, now: datetime) -> None:
    """Assessment, stages and visits between registration and today, straight as rows: their services look at today only."""
    manager = _actor("manager.nanshan" if lead.following_unit.code == "SZ-NS" else "coordinator")
    if stage is not Stage.LEAD or dice.random() < 0.4:
        day = min(at + timedelta(days=dice.randint(1, 4)), now)
        db.session.add(Assessment(lead_id=lead.id, outcome=Outcome.ADMITTED, assessed_by_id=manager.user_id, assessed_at=day))
        lead.assessment, lead.assessed_at, lead.admitted_at = Outcome.ADMITTED, day, day
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


def remove_demo(now: datetime) -> int:
    """Take all invented leads and companies away and close the demo accounts; how many leads went. The audit trail stays."""
    with unit_of_work():
        lead_ids = select(Lead.id).where(Lead.is_demo)
        count = len(list(db.session.scalars(lead_ids)))
        file_ids = select(StoredFile.id).where(StoredFile.lead_id.in_(lead_ids))
        _gone(FileAccess, FileAccess.file_id.in_(file_ids))
        _no_milestones(lead_ids, file_ids)
        met = CoordinationMatter.lead_id.in_(lead_ids) | CoordinationMatter.other_lead_id.in_(lead_ids)
        _gone(CoordinationMatter, met)
        _gone(ClaimEvent, ClaimEvent.lead_id.in_(lead_ids))
        _gone(GoLiveSide, GoLiveSide.lead_id.in_(lead_ids))
        _gone(GoLiveConflict, GoLiveConflict.id.not_in(select(GoLiveSide.conflict_id)))
        _gone(OpenAnswer, OpenAnswer.offer_id.in_(select(OpenOffer.id).where(OpenOffer.lead_id.in_(lead_ids))))
        _no_quarrels(lead_ids)
        _gone(TransferAnswer, TransferAnswer.transfer_id.in_(select(Transfer.id).where(Transfer.lead_id.in_(lead_ids))))
        for table in (EditionRow, CreditLine, Matter, GateOverride, StatusChange, OpenOffer, Transfer, LeadShare, LeadSeal, ShareRequest, StoredFile, Interaction, StageChange, NextStep, Assessment, FieldChange,
                      SecondReport, Claim, LeadCluster,
                      LeadDistrict, LeadParty, Contact):  # fmt: skip
            _gone(table, table.lead_id.in_(lead_ids))
        _no_editions()
        told = (Notification.subject_type == "lead") & Notification.subject_public_id.in_(
            select(Lead.public_id).where(Lead.is_demo)
        )
        _gone(Notification, told)
        kept = select(Lead.investor_id).where(Lead.investor_id.is_not(None), Lead.is_demo.is_(False))
        lonely = select(Company.id).where(Company.is_demo, Company.id.not_in(kept))
        for column, ids in ((ImportRow.lead_id, lead_ids), (ImportRow.company_id, lonely)):
            db.session.execute(
                update(ImportRow).where(column.in_(ids)).values({column: None}).execution_options(synchronize_session=False)
            )
        for kind, ids in ((LEAD, lead_ids), (COMPANY, lonely)):
            _gone(NameToken, (NameToken.kind == kind) & NameToken.subject_id.in_(ids))
            _gone(IndexEntry, (IndexEntry.kind == kind) & IndexEntry.subject_id.in_(ids))
        _no_merges("lead", lead_ids)
        _no_merges("company", lonely)
        _gone(Lead, Lead.is_demo)
        _gone(PairDecision, PairDecision.a_id.in_(lonely) | PairDecision.b_id.in_(lonely))
        _gone(ReviewPair, ReviewPair.a_id.in_(lonely) | ReviewPair.b_id.in_(lonely))
        said = ReviewDecision.a_id.in_(lonely) | ReviewDecision.b_id.in_(lonely)
        closed_by = ReviewPair.decision_id.in_(select(ReviewDecision.id).where(said))
        db.session.execute(
            update(ReviewPair).where(closed_by).values(decision_id=None).execution_options(synchronize_session=False)
        )
        _gone(ReviewDecision, said)
        _gone(ParentChange, ParentChange.company_id.in_(lonely) | ParentChange.parent_id.in_(lonely))
        orphaned = update(Company).where(Company.parent_id.in_(lonely)).values(parent_id=None)
        db.session.execute(orphaned.execution_options(synchronize_session=False))
        _gone(CompanyName, CompanyName.company_id.in_(lonely))
        _gone(CompanyNote, CompanyNote.company_id.in_(lonely))
        _gone(CompanyIdentifier, CompanyIdentifier.company_id.in_(lonely))
        _gone(Company, Company.is_demo & Company.id.not_in(kept))
        _gone(Notification, Notification.user_id.in_(select(User.id).where(User.is_demo)))
        closed = update(User).where(User.is_demo).values(disabled_at=now, password_hash=None)
        db.session.execute(closed.execution_options(synchronize_session=False))
    return count


def _no_editions() -> None:
    """Editions whose rows are gone, of kinds of which there is no real one: that would name those before it."""
    built_on = select(Edition.kind).where(Edition.is_demo.is_(False))
    _gone(Edition, Edition.is_demo & Edition.kind.not_in(built_on))


def _no_merges(kind: str, ids: Select[int]) -> None:
    """Merges of records into these, and what was asked about such."""
    merges = select(Merge.id).where(Merge.kind == kind, Merge.keep_id.in_(ids))
    _gone(MergeLine, MergeLine.merge_id.in_(merges))
    _gone(Merge, (Merge.kind == kind) & Merge.keep_id.in_(ids))
    asked = (MergeRequest.kind == kind) & MergeRequest.keep_id.in_(ids)
    _gone(MergeConsent, MergeConsent.request_id.in_(select(MergeRequest.id).where(asked)))
    _gone(MergeRequest, asked)


def _no_milestones(lead_ids: Select[int], file_ids: Select[int]) -> None:
    """Milestones of leads, with what shows them."""
    about = Milestone.lead_id.in_(lead_ids)
    proofs = MilestoneFile.milestone_id.in_(select(Milestone.id).where(about)) | MilestoneFile.file_id.in_(file_ids)
    _gone(MilestoneFile, proofs)
    newer = update(Milestone).where(about).values(replaces_id=None)
    db.session.execute(newer.execution_options(synchronize_session=False))
    _gone(Milestone, about)


def _no_quarrels(lead_ids: Select[int]) -> None:
    """Disputes about leads, and what happened to their matters."""
    about = Dispute.lead_id.in_(lead_ids) | Dispute.other_lead_id.in_(lead_ids)
    for part in (DisputeSide, DisputeStep, DisputeDecision):
        _gone(part, part.dispute_id.in_(select(Dispute.id).where(about)))
    _gone(Dispute, about)
    _gone(MatterEvent, MatterEvent.matter_id.in_(select(Matter.id).where(Matter.lead_id.in_(lead_ids))))


def _gone(table: type, where: object) -> None:
    db.session.execute(delete(table).where(where).execution_options(synchronize_session=False))  # type: ignore[arg-type]
