"""Asking the units concerned whether records are one, and what comes of their answers."""

from collections.abc import Callable
from datetime import datetime

from crm.accounts import queries as accounts
from crm.core.db import db, lock_key
from crm.merging import queries
from crm.merging.models import Merge, MergeConsent, MergeRequest
from crm.merging.queries import consents
from crm.merging.rules import (
    ANSWER_WITHIN,
    AskedAlready,
    DecisionReasonNeeded,
    MergeReasonNeeded,
    Reply,
    RequestClosed,
    RequestState,
    check_choices,
    outcome,
)
from crm.merging.services.closing import REQUESTS, close, write_down
from crm.merging.services.companies import merge_companies
from crm.merging.services.contacts import merge_contacts
from crm.merging.services.leads import merge_leads
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.units import queries as units

VERBS: dict[str, Callable[..., Merge]] = {"company": merge_companies, "lead": merge_leads, "contact": merge_contacts}


def ask_to_merge(
    kind: str, keep: str, lose: tuple[str, ...], choices: dict[str, str], *, reason: str, actor: Actor, now: datetime
) -> MergeRequest:
    """Ask every unit concerned that this person does not decide for. Its managers and the coordinators are told; the merge is
    done when all agree.

    Raises NothingToAsk when nobody else is concerned, CoordinatorDecides where no unit is, AskedAlready, MergeReasonNeeded,
    Forbidden, and what a merge raises about the records.
    """
    lock_key(REQUESTS)
    for public_id in sorted({keep, *lose}):
        lock_key(f"merge:{public_id}")
    found = queries.group(kind, keep, lose, actor=actor, lock=True)
    queries.check_one(found)
    check_choices(kind, choices, [record.public_id for record in found.members])
    others = consents.to_ask(found, actor)
    if not reason.strip():
        raise MergeReasonNeeded
    ids = [record.id for record in found.losers]
    for earlier in consents.open_about(kind, [found.keep.id, *ids]):
        if {earlier.keep_id, *earlier.lose_ids} == {found.keep.id, *ids}:
            raise AskedAlready(request=earlier.public_id)
    request = MergeRequest(
        kind=kind, keep_id=found.keep.id, lose_ids=ids, choices=choices, reason=reason.strip()[:400], asked_by_id=actor.user_id,
        asked_at=now, due_at=now + ANSWER_WITHIN, state=RequestState.OPEN,
        consents=[MergeConsent(unit_id=unit_id) for unit_id in others],
    )  # fmt: skip
    db.session.add(request)
    db.session.flush()
    write_down("merge.asked", request, found, actor, now)
    _tell_asked(request, others, actor, now)
    return request


def answer_request(public_id: str, reply: Reply, *, reason: str, actor: Actor, now: datetime) -> MergeRequest:
    """A unit's yes or no, the coordinator's decision, or the asker's taking back. The last yes merges, for the one who asked.

    Raises NotFound, Forbidden, RequestClosed, DecisionReasonNeeded, and what a merge raises.
    """
    lock_key(REQUESTS)
    request = consents.visible_request(public_id, actor=actor, lock=True)
    stands = consents.standing(actor, request)
    if request.state != RequestState.OPEN:
        raise RequestClosed
    if reply is Reply.WITHDRAW:
        policy.require(stands, "merge_request", "withdraw", seen_by="read")
        close(request, RequestState.WITHDRAWN, reason, actor, now)
    elif reply is Reply.DECIDE or (reply is Reply.DECLINE and policy.can(stands, "merge_request", "decide")):
        policy.require(stands, "merge_request", "decide", seen_by="read")
        if not reason.strip():
            raise DecisionReasonNeeded
        _decide(request, reply, reason, actor, now)
    else:
        policy.require(stands, "merge_request", "answer", seen_by="read")
        if reply is Reply.DECLINE and not reason.strip():
            raise DecisionReasonNeeded
        _answer(request, reply, reason, actor, now)
    db.session.flush()
    return request


def _answer(request: MergeRequest, reply: Reply, reason: str, actor: Actor, now: datetime) -> None:
    for consent in consents.managed(actor, request):
        consent.agreed, consent.reason = reply is Reply.AGREE, reason.strip()[:400] or None
        consent.answered_by_id, consent.answered_at = actor.user_id, now
    db.session.flush()
    about = consents.asked(request, actor=actor)
    write_down("merge.answered", request, about.group, actor, now)
    came = outcome(consent.agreed for consent in request.consents)
    if came is RequestState.DECLINED:
        close(request, came, reason, actor, now)
    elif came is RequestState.AGREED:
        asker, agreed = _agreed(request, about)
        if more := [unit_id for unit_id in about.group.units if unit_id not in agreed]:
            _ask_more(request, more, actor, now)
        else:
            _merge(request, about, request.reason, agreed, asker, now)
            close(request, came, "", actor, now)


def _agreed(request: MergeRequest, about: consents.Asked) -> tuple[Actor, frozenset[int]]:
    """Who asked, and the units that have agreed once all that were asked have: those, and the ones that the asker decides for."""
    asker = accounts.by_id(request.asked_by_id)
    assert asker is not None
    who = asker.as_actor()
    return who, frozenset(consent.unit_id for consent in request.consents) | consents.decided_by(who, about.group.leads)


def _ask_more(request: MergeRequest, unit_ids: list[int], actor: Actor, now: datetime) -> None:
    """Units that have come in since, by a new lead or a lead handed over, are asked too."""
    request.consents += [MergeConsent(unit_id=unit_id) for unit_id in unit_ids]
    request.due_at = now + ANSWER_WITHIN
    db.session.flush()
    _tell_asked(request, unit_ids, actor, now)


def _decide(request: MergeRequest, reply: Reply, reason: str, actor: Actor, now: datetime) -> None:
    if reply is Reply.DECLINE:
        close(request, RequestState.DECLINED, reason, actor, now)
        return
    _merge(request, consents.asked(request, actor=actor), reason, frozenset(), actor, now)
    close(request, RequestState.DECIDED, reason, actor, now)


def _merge(
    request: MergeRequest, about: consents.Asked, reason: str, agreed: frozenset[int], actor: Actor, now: datetime
) -> None:
    keep, *lose = (record.public_id for record in about.records)
    request.state = RequestState.AGREED  # so that the merge does not close it as overtaken
    db.session.flush()
    merge = VERBS[request.kind](
        keep, tuple(lose), dict(request.choices), reason=reason, actor=actor, now=now, agreed=agreed
    )  # fmt: skip
    request.merge_public_id = merge.public_id


def _tell_asked(request: MergeRequest, unit_ids: list[int], actor: Actor, now: datetime) -> None:
    """The managers of the units that are asked, by a name that each knows; the coordinators, who may decide."""
    about = consents.asked(request, actor=actor)
    subject = ("merge_request", request.public_id)
    who = {"unit": units.by_id(actor.unit_id).zh, "person": actor.name, "due": request.due_at.isoformat()}
    for unit_id in unit_ids:
        told = [user.id for user in accounts.managers_of(units.by_id(unit_id).path)]
        facts = {**who, "name": about.called(about.named_for(unit_id))}
        notifications.notify(told, "merge.asked", subject=subject, facts=facts, actor=actor, now=now)
    facts = {**who, "name": about.called(about.records[0])}
    coordinators = [user.id for user in accounts.coordinators()]
    notifications.notify(coordinators, "merge.asked_city", subject=subject, facts=facts, actor=actor, now=now)
