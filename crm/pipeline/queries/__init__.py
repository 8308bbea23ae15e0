"""Named reads of the pipeline: stage changes, milestones, what gates miss, the queue of the second pair of eyes."""

from crm.pipeline.queries.changes import changes_of, last_change
from crm.pipeline.queries.contracts import confirmed_beside, confirmed_of
from crm.pipeline.queries.expected import (
    Expected,
    Nearest,
    expected_count,
    expected_of,
    expected_rows,
    held,
    nearest_of,
    promises,
    promises_over,
)
from crm.pipeline.queries.gate_tables import gates
from crm.pipeline.queries.gates import (
    Held,
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
from crm.pipeline.queries.page import (
    GateView,
    LeadMilestones,
    StageTime,
    Stone,
    gate_before,
    is_waiting,
    kinds_open,
    on_page,
    stage_time,
    stones_of,
)
from crm.pipeline.queries.proofs import Unproven
from crm.pipeline.queries.queue import MOST, Candidate, Queue, Waits, acts_of, preview, queue, waiting, waits, why_not

__all__ = [
    "MOST", "Candidate", "Expected", "GateView", "Held", "LeadMilestones", "Nearest", "Queue", "StageTime", "Stone", "Unproven", "Waits", "acts_of", "by_public_id",
    "changes_of", "check", "confirmed_beside", "confirmed_of", "counted", "evidence_of", "expected_count", "expected_of", "expected_rows", "gate_before", "gates", "held", "is_waiting", "kinds_open", "last_change",
    "last_status", "milestones_of", "missing_for", "nearest_of", "promises", "promises_over", "missing_of_reached", "on_page", "overrides_of", "overrides_over",
    "pauses_over", "preview", "queue", "stage_time", "state_of", "statuses_of", "still_missing", "stones_of", "type_of",
    "visible_milestone", "waiting", "waits", "why_not",
]  # fmt: skip
