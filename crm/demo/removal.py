"""Taking the demo data away again."""

from datetime import datetime

from sqlalchemy import Select, delete, select, update

from crm.accounts.models import Membership, User
from crm.assessment.models import ScoreLine, ScoreObjection, ScoreObjectionFile, ScoreRun, ScoreScheme, ScoreSource
from crm.batches.models import Edition, EditionRow
from crm.bulk.models import BulkItem, BulkRun
from crm.claims.models import Claim, ClaimEvent, GoLiveConflict, GoLiveSide
from crm.companies.models import Company, CompanyIdentifier, CompanyName, CompanyNote, Contact, PairDecision, ParentChange
from crm.companies.queries import COMPANY
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.credit.models import CreditLine
from crm.datasets.models import DatasetRun
from crm.demo.services import TASK_FORCE
from crm.deputies.models import Deputy
from crm.disputes.models import Dispute, DisputeDecision, DisputeSide, DisputeStep
from crm.events.models import Event, EventLink
from crm.exchange.models import ImportRow
from crm.files.models import FileAccess, StoredFile
from crm.fillings.models import Filling, FillingTemplate
from crm.funds.models import FundsLink
from crm.leads.models import (
    Assessment,
    CoordinationMatter,
    FieldChange,
    Lead,
    LeadCluster,
    LeadDistrict,
    LeadParty,
    LeadPhase,
    SecondReport,
)
from crm.leads.queries.listing import LEAD
from crm.matching.models import IndexEntry, NameToken
from crm.matters.models import Matter, MatterEvent
from crm.meetings.models import MeetingPack
from crm.merging.models import Merge, MergeConsent, MergeLine, MergeRequest
from crm.money.models import Receipt, Utilised, UtilisedImport
from crm.notifications.models import Notification
from crm.pipeline.models import ExpectedDate, GateOverride, Milestone, MilestoneFile, StageChange, StatusChange
from crm.returns.models import ReturnEvent, ReturnLine, WeeklyReturn
from crm.review.models import ReviewDecision, ReviewPair
from crm.sharing.models import LeadSeal, LeadShare, ShareRequest
from crm.shelves.models import SavedView, StartView
from crm.supervision.models import (
    Delegation,
    Instruction,
    InstructionEvent,
    InstructionFile,
    InstructionUnit,
    LeadSponsor,
)
from crm.targets.models import Target, TargetFigure
from crm.tasks.models import NextStep
from crm.transfers.models import OpenAnswer, OpenOffer, Transfer, TransferAnswer
from crm.units import queries as units
from crm.visits.models import Interaction


def remove_demo(now: datetime) -> int:
    """Take all invented leads and companies away and close the demo accounts; how many leads went. The audit trail stays."""
    with unit_of_work():
        lead_ids = select(Lead.id).where(Lead.is_demo)
        count = len(list(db.session.scalars(lead_ids)))
        _nothing_told(lead_ids)
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
        _no_tasks(lead_ids)
        _gone(TransferAnswer, TransferAnswer.transfer_id.in_(select(Transfer.id).where(Transfer.lead_id.in_(lead_ids))))
        for table in (BulkItem, EditionRow, ReturnLine, CreditLine, Receipt, Matter, GateOverride, ExpectedDate, StatusChange, OpenOffer, Transfer, LeadShare, LeadSeal, ShareRequest, StoredFile, Interaction, StageChange, NextStep, Assessment, FieldChange,
                      SecondReport, Claim, LeadCluster,
                      LeadDistrict, LeadParty, LeadPhase, EventLink, Contact):  # fmt: skip
            _gone(table, table.lead_id.in_(lead_ids))
        _gone(Event, Event.is_demo & Event.id.not_in(select(EventLink.event_id)))
        _no_returns()
        _no_packs()
        _no_editions()
        _no_scores(lead_ids)
        kept = select(Lead.investor_id).where(Lead.investor_id.is_not(None), Lead.is_demo.is_(False))
        lonely = select(Company.id).where(Company.is_demo, Company.id.not_in(kept))
        _no_tables()
        _no_targets()
        _no_views()
        _no_fillings()
        for column, ids in ((ImportRow.lead_id, lead_ids), (ImportRow.company_id, lonely), (Utilised.company_id, lonely)):
            db.session.execute(
                update(column.class_).where(column.in_(ids)).values({column: None}).execution_options(synchronize_session=False)
            )
        for kind, ids in ((LEAD, lead_ids), (COMPANY, lonely)):
            _gone(NameToken, (NameToken.kind == kind) & NameToken.subject_id.in_(ids))
            _gone(IndexEntry, (IndexEntry.kind == kind) & IndexEntry.subject_id.in_(ids))
        _no_merges("lead", lead_ids)
        _no_merges("company", lonely)
        _gone(Lead, Lead.is_demo)
        _no_companies(lonely, kept)
        _gone(Notification, Notification.user_id.in_(select(User.id).where(User.is_demo)))
        _no_roles()
        force = units.by_code(TASK_FORCE[0])
        if force is not None:
            force.retired_on = clock.city_day(now)
        closed = update(User).where(User.is_demo).values(disabled_at=now, password_hash=None, task_force_text=None)
        db.session.execute(closed.execution_options(synchronize_session=False))
    return count


def _no_companies(lonely: Select[int], kept: Select[int | None]) -> None:
    """The invented companies that no real lead needs, with what was decided about them."""
    _gone(PairDecision, PairDecision.a_id.in_(lonely) | PairDecision.b_id.in_(lonely))
    _gone(ReviewPair, ReviewPair.a_id.in_(lonely) | ReviewPair.b_id.in_(lonely))
    said = ReviewDecision.a_id.in_(lonely) | ReviewDecision.b_id.in_(lonely)
    closed_by = ReviewPair.decision_id.in_(select(ReviewDecision.id).where(said))
    db.session.execute(update(ReviewPair).where(closed_by).values(decision_id=None).execution_options(synchronize_session=False))
    _gone(ReviewDecision, said)
    _gone(ParentChange, ParentChange.company_id.in_(lonely) | ParentChange.parent_id.in_(lonely))
    orphaned = update(Company).where(Company.parent_id.in_(lonely)).values(parent_id=None)
    db.session.execute(orphaned.execution_options(synchronize_session=False))
    _gone(CompanyName, CompanyName.company_id.in_(lonely))
    _gone(CompanyNote, CompanyNote.company_id.in_(lonely))
    _gone(CompanyIdentifier, CompanyIdentifier.company_id.in_(lonely))
    _gone(Company, Company.is_demo & Company.id.not_in(kept))


def _nothing_told(lead_ids: Select[int]) -> None:
    """Messages about leads, their transfers and open projects."""
    _told_of("lead", select(Lead.public_id).where(Lead.id.in_(lead_ids)))
    _told_of("transfer", select(Transfer.public_id).where(Transfer.lead_id.in_(lead_ids)))
    _told_of("pool", select(OpenOffer.public_id).where(OpenOffer.lead_id.in_(lead_ids)))


def _told_of(record: str, ids: Select[str]) -> None:
    _gone(Notification, (Notification.subject_type == record) & Notification.subject_public_id.in_(ids))


def _no_milestones(lead_ids: Select[int], file_ids: Select[int]) -> None:
    """Milestones of leads, with what shows them."""
    about = Milestone.lead_id.in_(lead_ids)
    proofs = MilestoneFile.milestone_id.in_(select(Milestone.id).where(about)) | MilestoneFile.file_id.in_(file_ids)
    _gone(FundsLink, FundsLink.milestone_id.in_(select(Milestone.id).where(about)))
    _gone(MilestoneFile, proofs)
    newer = update(Milestone).where(about).values(replaces_id=None)
    db.session.execute(newer.execution_options(synchronize_session=False))
    _gone(Milestone, about)


def _no_editions() -> None:
    """Editions whose rows are gone, of kinds of which there is no real one: that would name those before it."""
    built_on = select(Edition.kind).where(Edition.is_demo.is_(False))
    _gone(Edition, Edition.is_demo & Edition.kind.not_in(built_on))


def _no_returns() -> None:
    """The invented weekly returns; one that corrects such a one goes with it."""
    invented = select(WeeklyReturn.id).where(WeeklyReturn.is_demo)
    for part in (ReturnLine, ReturnEvent):
        _gone(part, part.return_id.in_(invented))
    _told_of("weekly_return", select(WeeklyReturn.public_id).where(WeeklyReturn.is_demo))
    _gone(WeeklyReturn, WeeklyReturn.is_demo)


def _no_merges(kind: str, ids: Select[int]) -> None:
    """Merges of records into these, and what was asked about such."""
    merges = select(Merge.id).where(Merge.kind == kind, Merge.keep_id.in_(ids))
    _gone(MergeLine, MergeLine.merge_id.in_(merges))
    _gone(Merge, (Merge.kind == kind) & Merge.keep_id.in_(ids))
    asked = (MergeRequest.kind == kind) & MergeRequest.keep_id.in_(ids)
    _gone(MergeConsent, MergeConsent.request_id.in_(select(MergeRequest.id).where(asked)))
    _gone(MergeRequest, asked)


def _no_quarrels(lead_ids: Select[int]) -> None:
    """Disputes about leads, and what happened to their matters."""
    about = Dispute.lead_id.in_(lead_ids) | Dispute.other_lead_id.in_(lead_ids)
    for part in (DisputeSide, DisputeStep, DisputeDecision):
        _gone(part, part.dispute_id.in_(select(Dispute.id).where(about)))
    _gone(Dispute, about)
    _gone(MatterEvent, MatterEvent.matter_id.in_(select(Matter.id).where(Matter.lead_id.in_(lead_ids))))


def _no_tasks(lead_ids: Select[int]) -> None:
    """Supervised tasks that are invented or about leads, with their files, and who sponsors a lead."""
    tasks = select(Instruction.id).where(Instruction.is_demo | Instruction.lead_id.in_(lead_ids))
    events = select(InstructionEvent.id).where(InstructionEvent.instruction_id.in_(tasks))
    files = list(db.session.scalars(select(InstructionFile.file_id).where(InstructionFile.event_id.in_(events))))
    _gone(InstructionFile, InstructionFile.event_id.in_(events))
    _gone(FileAccess, FileAccess.file_id.in_(files))
    _gone(StoredFile, StoredFile.id.in_(files))
    _told_of("instruction", select(Instruction.public_id).where(Instruction.id.in_(tasks)))
    _gone(InstructionEvent, InstructionEvent.instruction_id.in_(tasks))
    _gone(InstructionUnit, InstructionUnit.instruction_id.in_(tasks))
    _gone(Instruction, Instruction.is_demo | Instruction.lead_id.in_(lead_ids))
    _gone(LeadSponsor, LeadSponsor.lead_id.in_(lead_ids))


def _no_packs() -> None:
    """Meeting packs of invented editions, and those that invented people had made, with their files."""
    invented = select(User.id).where(User.is_demo)
    packs = MeetingPack.asked_by_id.in_(invented) | MeetingPack.edition_id.in_(select(Edition.id).where(Edition.is_demo))
    found = db.session.execute(select(MeetingPack.public_id, MeetingPack.docx_id, MeetingPack.pdf_id).where(packs)).all()
    files = [file_id for row in found for file_id in (row.docx_id, row.pdf_id) if file_id is not None]
    _told_of("meeting_pack", select(MeetingPack.public_id).where(packs))
    _gone(MeetingPack, packs)
    _gone(FileAccess, FileAccess.file_id.in_(files))
    _gone(StoredFile, StoredFile.id.in_(files))


def _no_roles() -> None:
    """What the demo's people were besides: members of task forces, liaisons, deputies."""
    people = select(User.id).where(User.is_demo)
    _gone(Delegation, Delegation.leader_id.in_(people) | Delegation.delegate_id.in_(people))
    _gone(Membership, Membership.user_id.in_(people))
    _gone(Deputy, Deputy.whose_id.in_(people) | Deputy.to_id.in_(people))


def _no_views() -> None:
    """The views that the invented people keep, and lists that start with one; bulk runs of which no lead is left."""
    _gone(BulkRun, BulkRun.id.not_in(select(BulkItem.run_id)))
    invented = select(User.id).where(User.is_demo)
    views = select(SavedView.id).where(SavedView.kept_by_id.in_(invented))
    _gone(StartView, StartView.view_id.in_(views) | StartView.user_id.in_(invented))
    _gone(SavedView, SavedView.kept_by_id.in_(invented))


def _no_fillings() -> None:
    """Tables that the invented people filled, their templates, their dataset files; files that somebody real uses stay."""
    invented = select(User.id).where(User.is_demo)
    templates = select(FillingTemplate.id).where(FillingTemplate.kept_by_id.in_(invented))
    freed = update(Filling).where(Filling.template_id.in_(templates)).values(template_id=None)
    db.session.execute(freed.execution_options(synchronize_session=False))
    columns = (
        (Filling.file_id, Filling.asked_by_id), (Filling.result_file_id, Filling.asked_by_id),
        (FillingTemplate.file_id, FillingTemplate.kept_by_id), (DatasetRun.file_id, DatasetRun.asked_by_id),
    )  # fmt: skip
    held = {id_ for file, by in columns for id_ in db.session.scalars(select(file).where(by.in_(invented), file.is_not(None)))}
    _gone(Filling, Filling.asked_by_id.in_(invented))
    _gone(FillingTemplate, FillingTemplate.kept_by_id.in_(invented))
    _gone(DatasetRun, DatasetRun.asked_by_id.in_(invented))
    held -= {id_ for file, _by in columns for id_ in db.session.scalars(select(file).where(file.in_(held)))}
    _gone(FileAccess, FileAccess.file_id.in_(held))
    _gone(StoredFile, StoredFile.id.in_(held))


def _no_targets() -> None:
    """The invented targets, what came of them; a real one that took the place of such a one stays."""
    _gone(TargetFigure, TargetFigure.is_demo)
    invented = Target.replaces_id.in_(select(Target.id).where(Target.is_demo))
    db.session.execute(update(Target).where(invented).values(replaces_id=None).execution_options(synchronize_session=False))
    _gone(Target, Target.is_demo)


def _no_scores(lead_ids: Select[int]) -> None:
    """Invented runs with their objections, what real ones counted of invented leads, invented schemes that no real run uses."""
    runs = select(ScoreRun.id).where(ScoreRun.is_demo)
    objections = select(ScoreObjection.id).where(
        ScoreObjection.line_id.in_(select(ScoreLine.id).where(ScoreLine.run_id.in_(runs)))
    )
    attached = select(ScoreObjectionFile.file_id).where(ScoreObjectionFile.objection_id.in_(objections))
    file_ids = list(db.session.scalars(attached))
    _told_of("score_objection", select(ScoreObjection.public_id).where(ScoreObjection.id.in_(objections)))
    _told_of("score_run", select(ScoreRun.public_id).where(ScoreRun.is_demo))
    _gone(ScoreObjectionFile, ScoreObjectionFile.objection_id.in_(objections))
    _gone(ScoreObjection, ScoreObjection.id.in_(objections))
    _gone(ScoreSource, ScoreSource.run_id.in_(runs) | ScoreSource.lead_id.in_(lead_ids))
    _gone(ScoreLine, ScoreLine.run_id.in_(runs))
    _gone(ScoreRun, ScoreRun.is_demo)
    _gone(ScoreScheme, ScoreScheme.is_demo & ScoreScheme.id.not_in(select(ScoreRun.scheme_id)))
    _gone(FileAccess, FileAccess.file_id.in_(file_ids))
    _gone(StoredFile, StoredFile.id.in_(file_ids))


def _no_tables() -> None:
    """The invented official tables, with their files."""
    invented = select(UtilisedImport.id).where(UtilisedImport.is_demo)
    rows = select(Utilised.id).where(Utilised.import_id.in_(invented))
    freed = update(Utilised).where(Utilised.replaces_id.in_(rows)).values(replaces_id=None)
    db.session.execute(freed.execution_options(synchronize_session=False))
    file_ids = list(db.session.scalars(select(UtilisedImport.file_id).where(UtilisedImport.is_demo)))
    _gone(Utilised, Utilised.import_id.in_(invented))
    _gone(UtilisedImport, UtilisedImport.is_demo)
    _gone(FileAccess, FileAccess.file_id.in_(file_ids))
    _gone(StoredFile, StoredFile.id.in_(file_ids))


def _gone(table: type, where: object) -> None:
    db.session.execute(delete(table).where(where).execution_options(synchronize_session=False))  # type: ignore[arg-type]
