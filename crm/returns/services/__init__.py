"""Named writes of weekly returns: drafting, saving, handing in, sending back, confirming, correcting, taking out, the night."""

from crm.returns.services.acting import confirm, correct, send_back, submit
from crm.returns.services.drafting import open_return, refresh, save
from crm.returns.services.exporting import note_export
from crm.returns.services.watching import name_late, remind

__all__ = [
    "confirm", "correct", "name_late", "note_export", "open_return", "refresh", "remind", "save", "send_back", "submit",
]  # fmt: skip
