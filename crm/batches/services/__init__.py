"""Named writes of editions: freezing one, noting that one was taken out."""

from crm.batches.services.exporting import note_export
from crm.batches.services.freezing import Prepared, Snapshot, freeze_edition, prepare_edition, store_edition

__all__ = ["Prepared", "Snapshot", "freeze_edition", "note_export", "prepare_edition", "store_edition"]
