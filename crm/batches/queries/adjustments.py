"""更正: what was said of a frozen edition's projects later: a stage entered late, money changed, a milestone confirmed. Worked
out of the records that say so, each with its day; the edition itself stays.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm.batches.models import Edition, EditionRow
from crm.core.db import db
from crm.leads.models import FieldChange
from crm.leads.rules.lead import STAGE_DAY, Stage
from crm.pipeline.models import Milestone, StageChange
from crm.pipeline.rules import MilestoneState

MONEY_FIELDS = ("total", "contracted", "total_verified")
_DAYS = tuple(f"{STAGE_DAY}{stage}" for stage in Stage)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One later word on a row, and when it was said. `kind`: stage (entered late: `name` is the stage, `on` its day), stage_day
    (the stage `name` began on another day, from `old` to `new`), the name of a field (from `old` to `new`), or confirmed (`name`
    is the milestone's kind, `new` the sum).
    """

    kind: str
    at: datetime
    name: str = ""
    on: Any = None
    old: str | None = None
    new: str | None = None

    @property
    def money(self) -> bool:
        """Whether it tells of money."""
        return self.kind in MONEY_FIELDS


def adjustments_of(edition: Edition) -> dict[int, list[Adjustment]]:
    """Of each lead, in the order of their time: stage changes that had happened by the edition's day and were entered after it
    was frozen; and, until the next edition says them itself, changes of money, confirmations of what had happened by that day,
    and other days of stages that were, or are now said to have been, reached by it.
    """
    rows = select(EditionRow.lead_id).where(EditionRow.edition_id == edition.id)
    after = select(Edition.frozen_at).where(Edition.previous_id == edition.id)
    until = db.session.scalar(after)
    found: dict[int, list[Adjustment]] = defaultdict(list)
    late = select(StageChange).where(
        StageChange.lead_id.in_(rows), StageChange.on_date <= edition.as_of, StageChange.entered_at > edition.frozen_at
    )
    for change in db.session.scalars(late.order_by(StageChange.id)):
        found[change.lead_id].append(Adjustment("stage", change.entered_at, change.to_stage, change.on_date))
    edited = select(FieldChange).where(
        FieldChange.lead_id.in_(rows), FieldChange.field.in_((*MONEY_FIELDS, *_DAYS)), FieldChange.changed_at > edition.frozen_at
    )
    if until is not None:
        edited = edited.where(FieldChange.changed_at <= until)
    for field in db.session.scalars(edited.order_by(FieldChange.id)):
        stage = field.field.removeprefix(STAGE_DAY)
        if stage == field.field:
            found[field.lead_id].append(Adjustment(field.field, field.changed_at, old=field.old, new=field.new))
        elif min(field.old or "", field.new or "") <= edition.as_of.isoformat():
            found[field.lead_id].append(Adjustment("stage_day", field.changed_at, stage, old=field.old, new=field.new))
    for row in _confirmed(edition, rows, until):
        said = f"{row.confirmed_sum.major:f} {row.confirmed_sum.currency}" if row.confirmed_sum else None
        found[row.lead_id].append(Adjustment("confirmed", row.confirmed_at, row.kind, row.on_date, new=said))
    return {lead_id: sorted(all_of, key=lambda one: one.at) for lead_id, all_of in found.items()}


def _confirmed(edition: Edition, rows: Any, until: datetime | None) -> Any:
    query = select(Milestone).where(
        Milestone.lead_id.in_(rows), Milestone.state == MilestoneState.CONFIRMED, Milestone.on_date <= edition.as_of,
        Milestone.confirmed_at > edition.frozen_at,
    )  # fmt: skip
    if until is not None:
        query = query.where(Milestone.confirmed_at <= until)
    return db.session.scalars(query.order_by(Milestone.id))
