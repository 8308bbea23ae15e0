"""Named writes of first reports, one verb a file: grant_claim, note_progress, extend_claim, give_notice, release_claim, resume_clock, note_told,
add_rules, add_special_day, take_day_back, load_reference.
"""

from crm.claims.services.act import extend_claim, give_notice, release_claim, resume_clock
from crm.claims.services.grant import grant_claim
from crm.claims.services.note import note_progress, note_told
from crm.claims.services.protection import add_rules, add_special_day, load_reference, take_day_back

__all__ = [
    "add_rules", "add_special_day", "extend_claim", "give_notice", "grant_claim", "load_reference", "note_progress", "note_told",
    "release_claim", "resume_clock", "take_day_back",
]  # fmt: skip
