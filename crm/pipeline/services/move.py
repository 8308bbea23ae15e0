"""Moving a lead to another stage."""

from datetime import date, datetime

from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db
from crm.core.versions import check_version
from crm.leads import services as leads
from crm.leads.queries import access
from crm.leads.rules.lead import Stage
from crm.notifications import services as notifications
from crm.pipeline import queries
from crm.pipeline.models import StageChange
from crm.pipeline.rules import check_move
from crm.policy.rules import Actor


def move_stage(
    lead_public_id: str, to: Stage, on: date, note: str, *, opened: int | None, actor: Actor, now: datetime
) -> StageChange:
    """Move a lead to stage `to`, as of day `on` (event date; the entry date is `now`). Raises what `check_move` raises, and
    StaleVersion when somebody saved the lead since version `opened` (None: the caller shows no version).
    """
    lead = access.locked_lead(lead_public_id, actor=actor, action="move_stage")
    if opened is not None:
        check_version(lead, opened)
    old = Stage(lead.stage)
    last = queries.last_change(lead.id)
    last_on = last.on_date if last else min(on, lead.stage_since)
    check_move(old, to, on=on, last_on=last_on, today=clock.city_day(now), admitted=lead.admitted_at is not None, note=note)
    row = StageChange(
        lead_id=lead.id,
        from_stage=old,
        to_stage=to,
        on_date=on,
        note=note or None,
        entered_by_id=actor.user_id,
        entered_at=now,
    )
    db.session.add(row)
    leads.note_stage(lead, to, on, now=now)
    db.session.flush()
    facts = {"from": old.value, "to": to.value, "on": on.isoformat(), "note": note}
    audit.record("lead.stage_moved", subject=("lead", lead), facts=facts, actor=actor, now=now)
    if lead.owner_id:
        told = {"number": lead.number, "name": lead.display_name or lead.title, "stage": to.value}
        subject = ("lead", lead.public_id)
        notifications.notify([lead.owner_id], "lead.stage_moved", subject=subject, facts=told, actor=actor, now=now)
    return row
