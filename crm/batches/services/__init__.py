"""Named writes of editions: freezing one, noting that one was taken out."""

from crm.batches.services.exporting import note_export
from crm.batches.services.freezing import Snapshot, freeze_edition, store_edition

__all__ = ["Snapshot", "freeze_edition", "note_export", "store_edition"]
