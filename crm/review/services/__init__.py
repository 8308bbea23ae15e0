"""Acts of the review: keep the pairs that a sweep found, sweep in chunks, decide a pair, take the last decision back."""

from crm.review.services.decide import Decided, decide_pair
from crm.review.services.sweep import finish_sweep, start_sweep, store_chunk, take_up_late
from crm.review.services.undo import undo_last, undoable

__all__ = ["Decided", "decide_pair", "finish_sweep", "start_sweep", "store_chunk", "take_up_late", "undo_last", "undoable"]
