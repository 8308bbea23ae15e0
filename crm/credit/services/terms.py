"""Sharing by the terms of a transfer, and taking that back."""

from datetime import datetime

from crm.audit import services as audit
from crm.core import clock
from crm.credit import queries
from crm.credit.rules import FULL, CreditSource, Indicator, PartsUnfit, ShareModel, Terms, deciding, plan, taking_back
from crm.credit.services.writing import TheLead, begin, hold, write
from crm.policy.rules import Actor


def share_by_terms(lead: TheLead, terms: Terms, taker_id: int, *, ref: str, reason: str, actor: Actor, now: datetime) -> None:
    """The following unit shares what it has of every indicator with another, from today on. Call before the lead changes hands,
    after the policy said yes. Raises TermsUnfit, CreditReasonNeeded.
    """
    terms.check()
    hold(lead)
    start, why = clock.city_day(now), (terms.model, CreditSource.TRANSFER, ref, reason)
    for indicator in Indicator:
        lines = [queries.as_line(row) for row in begin(lead, indicator, actor=actor, now=now)]
        for entry in plan(lines, terms, giver=lead.following_unit_id, taker=taker_id, start=start):
            write(lead, indicator, entry, why, actor=actor, now=now)
    facts = {
        "model": terms.model.value,
        "parts": terms.giver_parts,
        "years": terms.years,
        "from": lead.following_unit_id,
        "to": taker_id,
    }
    audit.record("credit.shared", subject=("lead", lead), facts=facts, actor=actor, now=now)


def share_by_decision(lead: TheLead, parts: dict[int, int], *, ref: str, reason: str, actor: Actor, now: datetime) -> None:
    """From today on these units have so many parts of every indicator and nobody else has any, whatever was agreed for later.
    Call before the lead changes hands, after the policy said yes. Raises PartsUnfit, CreditReasonNeeded.
    """
    if not parts or sum(parts.values()) != FULL or not all(0 <= number <= FULL for number in parts.values()):
        raise PartsUnfit
    hold(lead)
    start, why = clock.city_day(now), (ShareModel.AGREED, CreditSource.DISPUTE, ref, reason)
    for indicator in Indicator:
        lines = [queries.as_line(row) for row in begin(lead, indicator, actor=actor, now=now)]
        for entry in deciding(lines, parts, start=start):
            write(lead, indicator, entry, why, actor=actor, now=now)
    facts = {"parts": {str(unit): number for unit, number in parts.items()}, "ref": ref, "reason": reason}
    audit.record("credit.decided", subject=("lead", lead), facts=facts, actor=actor, now=now)


def take_back(lead: TheLead, *, ref: str, reason: str, actor: Actor, now: datetime) -> None:
    """Correct all lines that a transfer wrote, by new ones. Call after the policy said yes. Raises CreditReasonNeeded."""
    hold(lead)
    count = 0
    for indicator in Indicator:
        rows = queries.lines_of(lead.id, indicator)
        model_of = {row.id: ShareModel(row.model) for row in rows}
        for entry in taking_back([queries.as_line(row) for row in rows], ref):
            why = (model_of[entry.corrects_id or 0], CreditSource.TRANSFER, ref, reason)
            write(lead, indicator, entry, why, actor=actor, now=now)
            count += 1
    facts = {"lines": count, "reason": reason}
    audit.record("credit.taken_back", subject=("lead", lead), facts=facts, actor=actor, now=now)
