"""Named reads of the pipeline: stage changes, milestones, what gates miss."""

from crm.pipeline.queries.changes import changes_of, last_change
from crm.pipeline.queries.milestones import (
    by_public_id,
    counted,
    evidence_of,
    gates,
    milestones_of,
    missing_for,
    missing_of_reached,
    state_of,
    type_of,
)

__all__ = [
    "by_public_id", "changes_of", "counted", "evidence_of", "gates", "last_change", "milestones_of", "missing_for",
    "missing_of_reached", "state_of", "type_of",
]  # fmt: skip
