"""The seam to the room that merges: the one place where the review reaches for it."""

import importlib
from datetime import datetime
from typing import Any

from crm.policy.rules import Actor


def _merging() -> Any:
    return importlib.import_module("crm.merging.services")


def merge(keep_public_id: str, lose_public_id: str, reason: str, *, actor: Actor, now: datetime) -> str:
    """Make one company of two, with the suggested choice for each field; the merge's public id."""
    made = _merging().merge_companies(keep_public_id, (lose_public_id,), {}, reason=reason, actor=actor, now=now)
    return str(made.public_id)


def take_apart(merge_public_id: str, *, actor: Actor, now: datetime) -> None:
    """Undo a merge."""
    _merging().undo_merge(merge_public_id, actor=actor, now=now)
