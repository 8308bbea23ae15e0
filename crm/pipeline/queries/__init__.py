"""Named reads of the pipeline: stage changes, milestones, what gates miss, the queue of the second pair of eyes."""

from crm.pipeline.queries.changes import changes_of, last_change
from crm.pipeline.queries.gates import (
    Held,
    gates,
    last_status,
    missing_for,
    missing_of_reached,
    overrides_of,
    overrides_over,
    pauses_over,
    state_of,
    statuses_of,
    still_missing,
    type_of,
)
from crm.pipeline.queries.milestones import by_public_id, check, counted, evidence_of, milestones_of, visible_milestone

__all__ = [
    "Held", "by_public_id", "changes_of", "check", "counted", "evidence_of", "gates", "last_change", "last_status",
    "milestones_of", "missing_for", "missing_of_reached", "overrides_of", "overrides_over", "pauses_over", "state_of",
    "statuses_of", "still_missing", "type_of", "visible_milestone",
]  # fmt: skip
