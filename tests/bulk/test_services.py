"""Bulk runs: what is seen is what is done, each lead in its own right; a change in between is skipped; taking back."""

from datetime import date

import pytest
from sqlalchemy import func, select

from crm.audit.models import AuditLine
from crm.bulk import queries, services
from crm.bulk.models import BulkItem, BulkRun
from crm.bulk.rules import Act, NothingChosen, NothingToDo, RunOver, Wanted
from crm.clusters import queries as clusters
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import NotFound
from crm.jobs import jobs
from crm.leads.models import FieldChange, Lead
from crm.leads.rules.lead import Status
from crm.notifications.models import Notification
from crm.sharing.models import LeadShare, ShareRequest
from tests.builders import a_lead, a_unit, actor, an_officer, someone

MANAGER = "manager.nanshan"


def see(leads, act, by=MANAGER, over=0, **wanted):
    with unit_of_work():
        return services.see_run(
            [lead.id for lead in leads], act, Wanted(**wanted), over=over, actor=actor(by), now=clock.now()
        ).public_id


def begin(run, by=MANAGER):
    with unit_of_work():
        services.begin_run(run, actor=actor(by), now=clock.now())


def items(run):
    query = select(BulkItem).join(BulkRun, BulkRun.id == BulkItem.run_id).where(BulkRun.public_id == run)
    return list(db.session.scalars(query.order_by(BulkItem.id).execution_options(populate_existing=True)))


def states(run):
    return [(item.state, item.why) for item in items(run)]


def fresh(lead):
    return db.session.get_one(Lead, lead.id, populate_existing=True)


def test_seen_then_done_each_with_its_own_line(desk):
    a, b, taken = a_lead(), a_lead(), a_lead(by=MANAGER)
    new = an_officer()
    with unit_of_work():
        db.session.get_one(Lead, taken.id).owner_id = new.user_id
    run = see([a, b, taken], Act.OWNER, owner_id=new.user_id)
    assert states(run) == [("waiting", None), ("waiting", None), ("skipped", "bulk_unchanged")]
    assert fresh(a).owner_id != new.user_id  # seen is not done
    db.session.rollback()
    begin(run)
    assert [state for state, _why in states(run)] == ["done", "done", "skipped"]
    assert fresh(a).owner_id == fresh(b).owner_id == new.user_id
    lines = db.session.scalar(select(func.count()).where(AuditLine.action == "lead.owner_chosen"))
    assert lines == db.session.scalar(select(func.count()).where(FieldChange.field == "owner")) == 2
    told = db.session.scalars(select(Notification).where(Notification.user_id == new.user_id)).all()
    assert [(one.code, one.facts["count"]) for one in told] == [("lead.given", 2)]


def test_what_changed_in_between_is_skipped(desk):
    a, b = a_lead(), a_lead()
    run = see([a, b], Act.NEXT, step="约见财务负责人", due_on=date(2026, 7, 1))
    with unit_of_work():
        db.session.get_one(Lead, a.id).park = "科技园"
    begin(run)
    assert states(run) == [("skipped", "bulk_changed"), ("done", None)]
    assert fresh(a).next_step is None
    assert (fresh(b).next_step, fresh(b).next_due) == ("约见财务负责人", date(2026, 7, 1))
    assert db.session.scalar(select(FieldChange.new).where(FieldChange.field == "next_step")) == "约见财务负责人 2026-07-01"


def test_rights_are_each_leads_own(desk):
    """An officer hands on what they lead; of a colleague's they may not; another unit's they do not even see."""
    mine, colleagues, others = a_lead(), a_lead(by=an_officer()), a_lead(by="officer.baoan")
    run = see([mine, colleagues, others], Act.OWNER, by="officer.nanshan", owner_id=an_officer().user_id)
    assert states(run) == [("waiting", None), ("skipped", "bulk_not_yours")]
    assert queries.visible_run(run, actor=actor()).unseen == 1
    with pytest.raises(NotFound):
        queries.visible_run(run, actor=actor(MANAGER))


def test_not_to_another_unit_nor_of_what_is_disputed_or_ended(desk):
    plain, disputed, ended = a_lead(), a_lead(), a_lead()
    with unit_of_work():
        db.session.get_one(Lead, disputed.id).disputed_on = date(2026, 6, 1)
        db.session.get_one(Lead, ended.id).status = Status.ENDED
    run = see([plain, disputed, ended], Act.OWNER, owner_id=someone("officer.baoan").id)
    assert [why for _state, why in states(run)] == ["bulk_other_unit", "lead_disputed", "bulk_ended"]
    with pytest.raises(NothingToDo):
        begin(run)


def test_clusters_taken_back(desk):
    first, second = (one.id for one in clusters.current()[:2])
    a, b, c = a_lead(), a_lead(), a_lead()
    run = see([a, b, c], Act.CLUSTER, cluster_ids=(first,))
    begin(run)
    again = see([c], Act.CLUSTER, cluster_ids=(second,))
    begin(again)
    with unit_of_work():
        undo = services.undo_run(run, actor=actor(MANAGER), now=clock.now()).public_id
    assert states(undo) == [("waiting", None), ("waiting", None), ("skipped", "bulk_changed")]
    with unit_of_work():  # asked twice it is the same
        assert services.undo_run(run, actor=actor(MANAGER), now=clock.now()).public_id == undo
    begin(undo)
    assert fresh(a).clusters == fresh(b).clusters == []
    assert [tag.cluster_id for tag in fresh(c).clusters] == [second]
    db.session.rollback()
    with pytest.raises(RunOver), unit_of_work():
        services.undo_run(undo, actor=actor(MANAGER), now=clock.now())


def test_an_owner_taken_back(desk):
    lead, new = a_lead(), an_officer()
    run = see([lead], Act.OWNER, owner_id=new.user_id)
    begin(run)
    with unit_of_work():
        undo = services.undo_run(run, actor=actor(MANAGER), now=clock.now()).public_id
    begin(undo)
    assert fresh(lead).owner_id == actor().user_id


def test_shared_or_put_before_the_manager(desk):
    """The manager shares; an owner, outside the unit's line, asks."""
    wanted = {
        "unit_id": a_unit("SZ-BA").id,
        "role": "assist",
        "tier": "detail",
        "level": "read",
        "until": clock.today().replace(month=12, day=28),
    }
    lead, other = a_lead(), a_lead()
    begin(see([lead], Act.SHARE, **wanted))
    begin(see([other], Act.SHARE, by="officer.nanshan", **wanted), by="officer.nanshan")
    assert [share.lead_id for share in db.session.scalars(select(LeadShare))] == [lead.id]
    assert [request.lead_id for request in db.session.scalars(select(ShareRequest))] == [other.id]


def test_a_run_is_done_once(desk):
    run = see([a_lead()], Act.NEXT, step="复谈", due_on=date(2026, 7, 1))
    begin(run)
    with pytest.raises(RunOver):
        begin(run)


def test_nothing_chosen(desk):
    with pytest.raises(NothingChosen):
        see([], Act.NEXT, step="复谈")
    with pytest.raises(NothingChosen):
        see([a_lead(by="officer.baoan")], Act.NEXT, step="复谈")


def test_many_are_a_job_in_chunks(desk, monkeypatch):
    monkeypatch.setattr(services, "AT_ONCE", 2)
    monkeypatch.setattr("crm.bulk.jobs.CHUNK", 2)
    leads = [a_lead() for _ in range(5)]
    run = see(leads, Act.NEXT, step="复谈", due_on=date(2026, 7, 1))
    begin(run)
    assert {state for state, _why in states(run)} == {"waiting"}
    db.session.rollback()
    jobs.work_off()
    assert {state for state, _why in states(run)} == {"done"}
    found = queries.visible_run(run, actor=actor(MANAGER))
    assert (found.state, found.job.state, found.job.done) == ("done", "done", 5)
    assert db.session.scalar(select(Notification.subject_public_id).where(Notification.code == "bulk.done")) == run
