"""The end of a request to the units concerned, whoever brought it about."""

from datetime import datetime
from typing import Any

from crm.accounts import queries as accounts
from crm.audit import services as audit
from crm.core.db import db
from crm.merging.models import Merge, MergeRequest
from crm.merging.queries import Group, consents
from crm.merging.rules import RequestState
from crm.notifications import services as notifications
from crm.policy.rules import Actor

# One at a time answers, asks or merges: a merge closes requests about its records, an answer merges.
REQUESTS = "merge-requests"


def close(request: MergeRequest, state: RequestState, reason: str, actor: Actor, now: datetime) -> None:
    """The request is over: who asked and who answered are told, and nobody is asked any more."""
    request.state, request.closed_at, request.closed_by_id = state, now, actor.user_id
    request.closing_reason = reason.strip()[:400] or None
    db.session.flush()
    notifications.mark_read_about(("merge_request", request.public_id), codes=("merge.asked",), now=now)
    about = consents.asked(request, actor=actor)
    answered = {c.answered_by_id for c in request.consents if c.answered_by_id}
    for user_id in {request.asked_by_id, *answered}:
        user = accounts.by_id(user_id)
        known = about.records[0] if user_id == request.asked_by_id else about.named_for(user.unit_id if user else 0)
        facts = {"name": about.called(known), "state": state.value}
        subject = ("merge_request", request.public_id)
        notifications.notify([user_id], "merge.request_closed", subject=subject, facts=facts, actor=actor, now=now)
    write_down("merge.request_closed", request, about.group, actor, now)


def write_down(action: str, request: MergeRequest, found: Group, actor: Actor, now: datetime) -> None:
    """A line about the request on each of its records."""
    facts = {"request": request.public_id, "state": request.state, "keep": request.keep_id, "lose": request.lose_ids}
    for record in found.members:
        _record(action, request.kind, record, facts, actor, now)


def _record(action: str, kind: str, record: Any, facts: dict[str, Any], actor: Actor, now: datetime) -> None:
    if action == "merge.asked":
        audit.record("merge.asked", subject=(kind, record), facts=facts, actor=actor, now=now)
    elif action == "merge.answered":
        audit.record("merge.answered", subject=(kind, record), facts=facts, actor=actor, now=now)
    else:
        audit.record("merge.request_closed", subject=(kind, record), facts=facts, actor=actor, now=now)


def close_overtaken(merge: Merge, *, actor: Actor, now: datetime) -> None:
    """Requests about a record that has just been merged another way are over."""
    for request in consents.open_about(merge.kind, list(merge.lose_ids)):
        request.merge_public_id = merge.public_id
        close(request, RequestState.DECIDED, "", actor, now)
