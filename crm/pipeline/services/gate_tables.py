"""Another version of the table of gates: put in force from a day on, or withdrawn before that day."""

import hashlib
from datetime import datetime

from crm.audit import services as audit
from crm.core import clock
from crm.core.dated import check_new
from crm.core.db import db, lock_key
from crm.core.errors import AlreadyDone, Refusal
from crm.pipeline.models import GateTable
from crm.pipeline.queries import gate_tables as queries
from crm.pipeline.rules import BadGates, GateFault, Gates, load
from crm.pipeline.rules.gate_text import read_text
from crm.policy import rules as policy
from crm.policy.rules import Actor


class GatesUnfit(Refusal):
    """The text cannot be used. `faults`: every error that was found, in the order of the text."""

    code = "gates_unfit"

    def __init__(self, faults: list[GateFault]) -> None:
        super().__init__(count=len(faults))
        self.faults = faults


class GatesInForce(AlreadyDone):
    """Decisions may have been taken under it: it is not withdrawn any more, another version takes its place."""

    code = "gates_in_force"


def check_table(text: str, *, actor: Actor, now: datetime) -> Gates:
    """What the text says, when it might be put in force. Raises GatesUnfit, VersionThere, ValidFromPast."""
    policy.require(policy.of_role(actor), "gate_table", "edit", seen_by="read")
    try:
        table = load(text)
    except BadGates as bad:
        raise GatesUnfit(bad.faults) from None
    # Asked of new tables alone: one that is in force is read whatever it says.
    if table.override_days_at_most < table.override_days:
        raise GatesUnfit([read_text(text).fault("override_days_at_most", "less", "override_days")])
    check_new(queries.names_and_days(), table, clock.city_day(now))
    return table


def put_table(text: str, *, actor: Actor, now: datetime) -> GateTable:
    """Keep it: it holds from its day on; what was decided before keeps its own. Raises what `check_table` raises."""
    lock_key("gate-table")
    table = check_table(text, actor=actor, now=now)
    row = GateTable(
        name=table.version, valid_from=table.valid_from, text=text, sha256=hashlib.sha256(text.encode()).hexdigest(),
        added_by_id=actor.user_id, added_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    facts = {"version": row.name, "valid_from": row.valid_from.isoformat(), "sha256": row.sha256, "source": table.source}
    audit.record("gates.put", subject=("gate_table", row), facts=facts, actor=actor, now=now)
    return row


def withdraw_table(public_id: str, *, actor: Actor, now: datetime) -> GateTable:
    """Take back a version whose day has not come. Raises GatesInForce, AlreadyDone, NotFound."""
    policy.require(policy.of_role(actor), "gate_table", "edit", seen_by="read")
    lock_key("gate-table")
    row = queries.by_public_id(public_id, locked=True)
    if row.withdrawn_at is not None:
        raise AlreadyDone
    if row.valid_from <= clock.city_day(now):
        raise GatesInForce
    row.withdrawn_by_id, row.withdrawn_at = actor.user_id, now
    audit.record("gates.withdrawn", subject=("gate_table", row), facts={"version": row.name}, actor=actor, now=now)
    return row
