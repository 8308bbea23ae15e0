"""How every merge begins and ends: the group is locked and may be decided on, choices are taken, both sides are told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.audit import services as audit
from crm.core.db import db, lock_key
from crm.leads.models import Lead
from crm.leads.rules.lead import LeadDisputed
from crm.merging import queries
from crm.merging.models import Merge, MergeLine
from crm.merging.queries import Group
from crm.merging.rules import FIELDS, MergeReasonNeeded, check_choices
from crm.merging.services.closing import REQUESTS, close_overtaken
from crm.merging.services.journal import Journal
from crm.notifications import services as notifications
from crm.policy.rules import Actor


def begin(
    kind: str, keep: str, lose: tuple[str, ...], choices: dict[str, str], *, reason: str, actor: Actor, now: datetime,
    agreed: frozenset[int],
) -> tuple[Merge, Group, Journal]:  # fmt: skip
    """Lock the group, see that this person decides (or all units concerned have `agreed`) and has said why, and open the journal
    with the loser's mark in it.
    """
    lock_key(REQUESTS)
    for public_id in sorted({keep, *lose}):
        lock_key(f"merge:{public_id}")
    found = queries.group(kind, keep, lose, actor=actor, lock=True)
    queries.require_decision(found, actor, agreed=agreed)
    if len(found.units) > 1 and not reason.strip():
        raise MergeReasonNeeded
    queries.check_one(found)
    if kind == "lead" and any(lead.disputed_on is not None for lead in found.members):
        raise LeadDisputed
    check_choices(kind, choices, [record.public_id for record in found.members])
    merge = Merge(
        kind=kind, keep_id=found.keep.id, lose_ids=[record.id for record in found.losers], choices=choices, units=found.units,
        reason=reason.strip()[:400], decided_by_id=actor.user_id, decided_at=now,
    )  # fmt: skip
    db.session.add(merge)
    journal = Journal(merge)
    for record in found.losers:
        journal.change(kind, record.id, {"merged_into_id": found.keep.id})
    return merge, found, journal


def chosen_values(found: Group, choices: dict[str, str]) -> dict[str, Any]:
    """The columns of the record that stays, as chosen or suggested."""
    values: dict[str, Any] = {}
    for row in queries.comparison(found, choices):
        picked = next(candidate for candidate in row.candidates if candidate.public_id == row.chosen)
        if picked.public_id != found.keep.public_id:
            values |= dict(zip(FIELDS[found.kind][row.field], picked.values, strict=True))
    return values


def finish(merge: Merge, found: Group, *, actor: Actor, now: datetime) -> None:
    """Lines on both sides in the audit; owners, and managers where several units are concerned, are told."""
    facts = {"keep": merge.keep_id, "lose": merge.lose_ids, "reason": merge.reason, "merge": merge.public_id}
    for record in found.members:
        if merge.kind == "company":
            audit.record("company.merged", subject=("company", record), facts=facts, actor=actor, now=now)
        elif merge.kind == "lead":
            audit.record("lead.merged", subject=("lead", record), facts=facts, actor=actor, now=now)
        else:
            audit.record("contact.merged", subject=("contact", record), facts=facts, actor=actor, now=now)
    close_overtaken(merge, actor=actor, now=now)
    tell(merge, found, "merge.done", actor=actor, now=now)


def tell(merge: Merge, found: Group, code: str, *, actor: Actor, now: datetime) -> None:
    """Tell people of a merge, or that it was taken back. A unit whose lead went into another unit's knows it by its own number,
    and hears who follows it now.
    """
    if merge.kind == "contact":
        return
    subject, hearing = ("merge", merge.public_id), people(found)
    lost = [] if merge.kind != "lead" else [x for x in found.losers if x.following_unit_id != found.keep.following_unit_id]
    for lead in lost:
        theirs = {user.id for user in accounts.managers_of(lead.following_unit_path)} | {lead.owner_id or 0} - {0}
        facts = {"name": lead.number, "number": found.keep.number, "to": found.keep.following_unit.name("zh")}
        gone = "merge.gone" if code == "merge.done" else code
        notifications.notify(theirs, gone, subject=subject, facts=facts, actor=actor, now=now)
        hearing -= theirs
    if merge.kind == "company":
        hearing -= _told_by_own_name(merge, found, hearing, code, actor, now)
    facts = {"name": name_of(merge.kind, found.keep)}
    notifications.notify(hearing, code, subject=subject, facts=facts, actor=actor, now=now)


def _told_by_own_name(merge: Merge, found: Group, hearing: set[int], code: str, actor: Actor, now: datetime) -> set[int]:
    """Who has to do with a firm that was merged away only hears of it by its own name: the other one may be no name to know once
    the merge is taken back.
    """
    query = select(MergeLine.row_id, MergeLine.old).where(
        MergeLine.merge_id == merge.id, MergeLine.table_name == "lead", MergeLine.column_name == "investor_id"
    )
    home: dict[int, int] = {row[0]: row[1] for row in db.session.execute(query)}
    told = _concerned(found, [lead for lead in found.leads if home.get(lead.id, merge.keep_id) == merge.keep_id])
    mine: set[int] = set()
    for record in found.losers:
        theirs = _concerned(found, [lead for lead in found.leads if home.get(lead.id) == record.id]) & hearing - told - mine
        subject = ("merge", merge.public_id)
        notifications.notify(theirs, code, subject=subject, facts={"name": record.name}, actor=actor, now=now)
        mine |= theirs
    return mine


def name_of(kind: str, record: Any) -> str:
    """How a message calls the record that stays: a lead by its number, for its name may be new to the reader."""
    return str(record.number if kind == "lead" else record.name)


def people(found: Group) -> set[int]:
    """The owners of the leads concerned; where several units are concerned, their managers too."""
    return _concerned(found, found.leads)


def _concerned(found: Group, leads: Sequence[Lead]) -> set[int]:
    """The same of some of the leads."""
    told = {lead.owner_id for lead in leads if lead.owner_id is not None}
    if len(found.units) > 1:
        told |= {user.id for user in accounts.managers_of(*(lead.following_unit_path for lead in leads))}
    return told
