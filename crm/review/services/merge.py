"""The answer "same" becomes a merge in the room that merges."""

from datetime import datetime

from crm.merging import services as merging
from crm.policy.rules import Actor


def merge(keep_public_id: str, lose_public_id: str, reason: str, choices: dict[str, str], *, actor: Actor, now: datetime) -> str:
    """Make one company of two, with the chosen value of each field, else the suggested one; the merge's public id."""
    return merging.merge_companies(keep_public_id, (lose_public_id,), choices, reason=reason, actor=actor, now=now).public_id


def take_apart(merge_public_id: str, *, actor: Actor, now: datetime) -> None:
    """Undo a merge."""
    merging.undo_merge(merge_public_id, actor=actor, now=now)
