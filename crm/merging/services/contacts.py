"""Several entries of one person on a lead become one."""

from datetime import datetime

from crm.core.db import db
from crm.merging.models import Merge
from crm.merging.services.begin import begin, chosen_values, finish
from crm.policy.rules import Actor


def merge_contacts(
    keep_public_id: str,
    lose_public_ids: tuple[str, ...],
    choices: dict[str, str],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    agreed: frozenset[int] = frozenset(),
) -> Merge:
    """Merge one to four contacts of one lead into the one that stays. Raises what merge_companies raises, and OtherLead."""
    merge, found, journal = begin(
        "contact", keep_public_id, lose_public_ids, choices, reason=reason, actor=actor, now=now, agreed=agreed
    )  # fmt: skip
    journal.change("contact", merge.keep_id, chosen_values(found, choices))
    db.session.expire_all()
    finish(merge, found, actor=actor, now=now)
    db.session.flush()
    return merge
