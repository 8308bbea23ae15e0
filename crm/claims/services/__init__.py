"""Named writes of first reports, one verb a file: grant_claim, note_progress, extend_claim, give_notice, release_claim, resume_clock, note_told,
add_rules, add_special_day, take_day_back, load_reference; open_window, end_window, keep_conflict, settle_conflict, withdraw_claim.
"""

from crm.claims.services.act import extend_claim, give_notice, release_claim, resume_clock
from crm.claims.services.grant import grant_claim
from crm.claims.services.note import note_progress, note_told
from crm.claims.services.protection import add_rules, add_special_day, load_reference, take_day_back
from crm.claims.services.windows import (
    NewSide,
    end_window,
    hold_windows,
    keep_conflict,
    open_window,
    settle_conflict,
    withdraw_claim,
)

__all__ = [
    "NewSide", "add_rules", "add_special_day", "end_window", "extend_claim", "give_notice", "grant_claim", "hold_windows",
    "keep_conflict", "load_reference", "note_progress", "note_told", "open_window", "release_claim", "resume_clock", "settle_conflict",
    "take_day_back", "withdraw_claim",
]  # fmt: skip
