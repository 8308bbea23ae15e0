"""Templates: what the columns of a heading hold, kept under a name, each change as a version of its own."""

from datetime import datetime

from crm.audit import services as audit
from crm.core.db import db, lock_key
from crm.core.errors import Forbidden
from crm.fillings import queries
from crm.fillings.models import Filling, FillingTemplate
from crm.fillings.rules.layout import Layout
from crm.policy.rules import Actor


def keep_template(filling: Filling, name: str, reach: str, *, actor: Actor, now: datetime) -> FillingTemplate:
    """Keep what a table's columns hold under a name, for the unit or the city: as the next version where there is one of that
    name, as nothing new where it says the same. Raises Forbidden.
    """
    if not queries.may_keep(actor, reach):
        raise Forbidden(record="filling_template", action=reach)
    shelf = "city" if reach == "city" else f"unit:{actor.unit_id}"
    lock_key(f"filling_template:{shelf}")
    old, layout = queries.in_force(shelf, name), Layout.from_json(filling.layout)
    if old is not None and (old.fingerprint, old.columns) == (layout.fingerprint, filling.columns):
        filling.template_id = old.id
        return old
    if old is not None:
        old.replaced_at = now
        db.session.flush()
    row = FillingTemplate(
        name=name, reach=reach, shelf=shelf, number=old.number + 1 if old else 1, fingerprint=layout.fingerprint,
        layout=filling.layout, columns=filling.columns, file_id=filling.file_id, unit_id=actor.unit_id, kept_by_id=actor.user_id,
        kept_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    filling.template_id = row.id
    _note("filling_template.kept", row, actor, now)
    return row


def drop_template(public_id: str, *, actor: Actor, now: datetime) -> None:
    """Use a template no more; its versions stay. Raises NotFound, Forbidden."""
    row = queries.visible_template(public_id, actor=actor, action="change")
    row.replaced_at = now
    db.session.flush()
    _note("filling_template.dropped", row, actor, now)


def _note(act: str, row: FillingTemplate, actor: Actor, now: datetime) -> None:
    facts = {"name": row.name, "reach": row.reach, "number": row.number, "columns": len(row.columns)}
    audit.record(act, subject=("filling_template", row), facts=facts, actor=actor, now=now)
