"""Named writes of assessment: load or try a scheme, compute and publish a run, object and answer, note an export."""

from crm.assessment.services.objections import MOST_FILES, answer_objection, check_right, object_to
from crm.assessment.services.runs import compute_run, note_export, publish_run, recompute_run
from crm.assessment.services.schemes import load_scheme, try_scheme

__all__ = [
    "MOST_FILES", "answer_objection", "check_right", "compute_run", "load_scheme", "note_export", "object_to", "publish_run",
    "recompute_run", "try_scheme",
]  # fmt: skip
