"""Official tables: taken in and judged, counted, taken back; whose credit code is whose."""

from datetime import datetime

from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import aliased

from crm.audit import services as audit
from crm.core.db import db, lock_key
from crm.files.models import StoredFile
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.money import queries
from crm.money.models import Utilised, UtilisedImport
from crm.money.rules import AlreadyApplied, CodeUnknown, LaterImport, NothingToApply
from crm.money.rules.official import Judged
from crm.policy import rules as policy
from crm.policy.rules import Actor

_QUIET = {"synchronize_session": False}


def take_table(file: StoredFile, judged: Judged, *, actor: Actor, now: datetime) -> UtilisedImport:
    """Keep a judged table: its rows wait until somebody applies them, refused ones stand in the import with their reasons."""
    policy.require(policy.of_role(actor), "utilised", "import", seen_by="none")
    refused = [{"row": r.row, "code": r.code, "column": r.column, "original": r.original} for r in judged.refused]
    batch = UtilisedImport(
        file_id=file.id, file_name=file.name, sheet=judged.sheet[:100], header_row=judged.header_row, rows=len(judged.rows),
        usd=judged.usd, refused=refused, by_id=actor.user_id, at=now,
    )  # fmt: skip
    db.session.add(batch)
    db.session.flush()
    owners = queries.owners_of({row.code: row.name for row in judged.rows})
    if judged.rows:
        db.session.execute(insert(Utilised), [
            {"import_id": batch.id, "row": row.row, "credit_code": row.code, "name": row.name, "month": row.month, "usd": row.usd,
             "state": "waiting", "company_id": owners.get(row.code)}
            for row in judged.rows
        ])  # fmt: skip
    facts = {"file": file.name, "sha256": file.sha256, "rows": len(judged.rows), "refused": len(refused)}
    audit.record("utilised.judged", subject=("utilised_import", batch), facts=facts, actor=actor, now=now)
    return batch


def apply_table(public_id: str, *, actor: Actor, now: datetime) -> UtilisedImport:
    """Let a judged table count: each of its rows takes the place of the live one of the same code and month, which stays. All of
    it or nothing. Raises AlreadyApplied, NothingToApply.
    """
    batch = _held(public_id, "import", actor)
    if batch.state != "judged":
        raise AlreadyApplied
    if not batch.rows:
        raise NothingToApply
    new, old = Utilised, aliased(Utilised)
    found = select(old.id).where(old.credit_code == new.credit_code, old.month == new.month, old.state == "live")
    mine = new.import_id == batch.id
    _do(update(new).where(mine).values(replaces_id=found.scalar_subquery()))
    replaced = select(old.replaces_id).where(old.import_id == batch.id, old.replaces_id.is_not(None))
    _do(update(new).where(new.id.in_(replaced)).values(state="superseded"))
    _do(update(new).where(mine).values(state="live"))
    batch.state, batch.applied_at = "applied", now
    audit.record("utilised.applied", subject=("utilised_import", batch), facts={"rows": batch.rows}, actor=actor, now=now)
    return batch


def undo_table(public_id: str, *, actor: Actor, now: datetime) -> UtilisedImport:
    """Take a table back: what it had replaced counts again. One that was only judged is given up. Raises LaterImport while a
    later table stands on it, AlreadyApplied when it was taken back before.
    """
    batch = _held(public_id, "undo", actor)
    if batch.state == "undone":
        raise AlreadyApplied
    later = aliased(Utilised)
    query = select(UtilisedImport.file_name).join(later, later.import_id == UtilisedImport.id).join(
        Utilised, Utilised.id == later.replaces_id
    )  # fmt: skip
    name = db.session.scalar(query.where(Utilised.import_id == batch.id, later.state.in_(("live", "superseded"))).limit(1))
    if name is not None:
        raise LaterImport(file=name)
    counted = batch.state == "applied"
    _do(update(Utilised).where(Utilised.import_id == batch.id).values(state="undone"))
    if counted:
        mine = aliased(Utilised)
        replaced = select(mine.replaces_id).where(mine.import_id == batch.id, mine.replaces_id.is_not(None))
        _do(update(Utilised).where(Utilised.id.in_(replaced)).values(state="live"))
    batch.state, batch.undone_at = "undone", now
    audit.record("utilised.undone", subject=("utilised_import", batch), facts={"rows": batch.rows}, actor=actor, now=now)
    return batch


def link_code(code: str, number: str, *, actor: Actor, now: datetime) -> int:
    """Say that a credit code of the official table belongs to the investor of the lead with that number: all of its rows, and
    those to come. How many rows. Raises CodeUnknown.
    """
    policy.require(policy.of_role(actor), "utilised", "link", seen_by="none")
    lead = db.session.scalar(select(Lead).where(Lead.number == number.strip()))
    there = db.session.scalar(select(exists().where(Utilised.credit_code == code)))
    if lead is None or not there:
        raise CodeUnknown
    lead = access.staying(lead)
    if lead.investor_id is None:
        raise CodeUnknown
    lock_key("utilised")
    count = _do(update(Utilised).where(Utilised.credit_code == code).values(company_id=lead.investor_id))
    facts = {"credit_code": code, "company": lead.investor_id, "rows": count}
    audit.record("utilised.linked", subject=("lead", lead), facts=facts, actor=actor, now=now)
    return count


def _held(public_id: str, action: str, actor: Actor) -> UtilisedImport:
    policy.require(policy.of_role(actor), "utilised", action, seen_by="none")
    lock_key("utilised")
    return queries.import_of(public_id)


def _do(statement: object) -> int:
    found = db.session.execute(statement, execution_options=_QUIET)  # type: ignore[call-overload]
    return int(found.rowcount)
