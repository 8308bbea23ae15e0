"""Named writes of weekly returns: drafting, saving, handing in, sending back, confirming, correcting, taking out, the night."""

from crm.returns.services.acting import confirm, confirm_many, correct, send_back, submit
from crm.returns.services.drafting import open_return, refresh, save
from crm.returns.services.exporting import note_export, note_week_export
from crm.returns.services.watching import name_late, remind

__all__ = [
    "confirm", "confirm_many", "correct", "name_late", "note_export", "note_week_export", "open_return", "refresh", "remind",
    "save", "send_back", "submit",
]  # fmt: skip
