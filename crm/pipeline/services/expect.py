"""Promising the days of a lead's next milestones, moving them, taking them back: each a row that stays."""

from collections.abc import Mapping
from datetime import date, datetime

from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import Status
from crm.pipeline import queries
from crm.pipeline.models import ExpectedDate
from crm.pipeline.rules import (
    Change,
    ExpectedMoved,
    Kind,
    NotActive,
    Promise,
    changes_wanted,
    check_changes,
    next_of,
)
from crm.policy import rules as policy
from crm.policy.rules import Actor


def set_expected(
    lead_public_id: str, wanted: Mapping[Kind, date | None], reason: str, *, opened: int | None, actor: Actor, now: datetime
) -> list[ExpectedDate]:
    """Write what of a lead's expected days becomes other than it was; kinds that `wanted` does not name stay as they are.

    Raises ExpectedMoved when a colleague changed any since `opened` changes (None: the caller shows no number), NotActive for an
    ended lead, and what `check_changes` raises; NotFound, Forbidden.
    """
    lead = access.locked_lead(lead_public_id, actor=actor, action="read_detail")
    policy.require(policy.towards_lead(actor, lead), "expected", "set", seen_by="read")
    if lead.status == Status.ENDED:
        raise NotActive(status=lead.status)
    rows = queries.expected_rows(lead.id)
    if opened is not None and len(rows) != opened:
        raise ExpectedMoved
    table, kind, promised = queries.gates(), queries.type_of(lead), queries.promises(rows)
    changes = changes_wanted(promised, wanted)
    check_changes(
        changes, promises=promised, held=queries.held(lead.id), path=table.path(kind), may_expect=table.expectable(kind),
        reason=reason, today=clock.city_day(now),
    )  # fmt: skip
    added = [_row(lead, change, reason, actor, now) for change in changes]
    db.session.add_all(added)
    db.session.flush()
    note_expected(lead)
    lead.touched_at = now
    facts = {"changes": [[row.kind, _day(row.old_on), _day(row.new_on)] for row in added], "reason": reason.strip() or None}
    audit.record("lead.expected_set", subject=("lead", lead), facts=facts, actor=actor, now=now)
    db.session.flush()
    return added


def note_expected(lead: Lead) -> None:
    """Let the lead repeat its next promise as it stands now: called whenever a promise or a milestone of it changes."""
    found = next_promise(lead.id)
    leads.note_expected(lead, found.kind if found else None, found.on if found else None, *(_moved(found)))


def next_promise(lead_id: int) -> Promise | None:
    """The nearest promise of a lead that is open."""
    rows = queries.expected_rows(lead_id)
    return next_of(queries.promises(rows), (one.kind for one in queries.held(lead_id))) if rows else None


def _moved(found: Promise | None) -> tuple[int | None, int | None]:
    return (found.slipped, found.moves) if found else (None, None)


def _row(lead: Lead, change: Change, reason: str, actor: Actor, now: datetime) -> ExpectedDate:
    return ExpectedDate(
        lead_id=lead.id, kind=change.kind, old_on=change.old, new_on=change.new, reason=reason.strip()[:400] or None,
        by_id=actor.user_id, at=now,
    )  # fmt: skip


def _day(on: date | None) -> str | None:
    return on.isoformat() if on else None
