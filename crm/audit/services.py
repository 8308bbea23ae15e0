"""Recording acts. Lines are gathered while a service works and chained last, under one lock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from crm.audit.models import AuditLine, AuditPayload
from crm.audit.rules import GENESIS, digest_of, hash_of
from crm.core.db import before_commit, db, lock_key, scratch
from crm.policy.rules import Actor


@dataclass(slots=True)
class _Pending:
    action: str
    subject: tuple[str, Any] | None
    facts: dict[str, Any]
    actor_id: int | None
    at: datetime


# Put together once.
_LAST = select(AuditLine.seq, AuditLine.hash).order_by(AuditLine.seq.desc()).limit(1)
_LINES, _PAYLOADS = insert(AuditLine), insert(AuditPayload)

_desk: list[Callable[[Any, Actor], str]] = []


def desk_with(acted_for: Callable[[Any, Actor], str]) -> None:
    """Say for whom somebody acts on a lead whose owner's desk they do (crm.leads does): the trail does not know leads."""
    _desk[:] = [acted_for]


def record(
    action: str, *, subject: tuple[str, Any] | None, facts: dict[str, Any] | None = None, actor: Actor | None, now: datetime
) -> None:
    """Note one act in the present unit of work. `subject` is (record type, record or its integer id).

    `facts` must be JSON: old and new values, reasons, counts. Never a password, token or unmasked contact. Who does a
    colleague's desk acts as themselves; the line says for whom besides ("deputy_for").
    """
    if actor is not None and actor.desks and subject is not None and subject[0] == "lead":
        whom = _desk[0](subject[1], actor)
        facts = {**(facts or {}), "deputy_for": whom} if whom else facts
    pending: list[_Pending] = scratch().setdefault("audit", [])
    if not pending:
        before_commit(_chain)
    pending.append(_Pending(action, subject, facts or {}, actor.user_id if actor else None, now))


def _chain() -> None:
    session = db.session()
    pending: list[_Pending] = scratch().pop("audit", [])
    session.flush()
    lock_key("audit-chain")
    base = session.connection()  # past the session, which costs as much again: every act of the product comes by here
    last = base.execute(_LAST).first()
    seq, prev = (last.seq, last.hash) if last else (0, GENESIS)
    lines: list[dict[str, Any]] = []
    payloads: list[dict[str, Any]] = []
    for line in pending:
        seq += 1
        kind, ident = line.subject or (None, None)
        ident = getattr(ident, "id", ident)
        payload_digest = digest_of(line.facts)
        made = hash_of(
            prev, at=line.at, action=line.action, actor_id=line.actor_id, subject=(kind, ident),
            payload_digest=payload_digest,
        )  # fmt: skip
        lines.append(
            {"seq": seq, "prev_hash": prev, "hash": made, "at": line.at, "action": line.action, "actor_id": line.actor_id,
             "subject_type": kind, "subject_id": ident, "payload_digest": payload_digest}
        )  # fmt: skip
        payloads.append({"line_seq": seq, "facts": line.facts})
        prev = made
    if lines:  # an import's chunk has a hundred of them
        base.execute(_LINES, lines)
        base.execute(_PAYLOADS, payloads)
