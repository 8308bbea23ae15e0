"""Named writes of the pipeline, one verb a function: move_stage; enter, correct, withdraw, review, return, confirm a milestone;
pause, end, resume a lead; set_expected; look_after what a night finds.
"""

from crm.pipeline.services.confirm import (
    Batch,
    Verdict,
    confirm_milestone,
    decide_many,
    return_milestone,
    review_milestone,
)
from crm.pipeline.services.enter import correct_milestone, enter_milestone, withdraw_milestone
from crm.pipeline.services.expect import next_promise, note_expected, set_expected
from crm.pipeline.services.gate_tables import GatesInForce, GatesUnfit, check_table, put_table, withdraw_table
from crm.pipeline.services.move import move_stage
from crm.pipeline.services.status import end_lead, pause_lead, resume_lead
from crm.pipeline.services.watching import look_after_override, look_after_pause, look_after_promise

__all__ = [
    "Batch", "GatesInForce", "GatesUnfit", "Verdict", "check_table", "confirm_milestone", "correct_milestone", "decide_many", "end_lead", "enter_milestone",
    "look_after_override", "look_after_pause", "look_after_promise", "move_stage", "next_promise", "note_expected", "pause_lead", "put_table",
    "resume_lead", "return_milestone", "review_milestone", "set_expected", "withdraw_milestone", "withdraw_table",
]  # fmt: skip
