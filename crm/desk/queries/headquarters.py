"""The headquarters' page: what came up, and what a person set aside."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.disputes import queries as disputes
from crm.matters import queries as matters
from crm.policy.rules import Actor
from crm.units import queries as units
from crm.units.rules import UnitLabel


@dataclass(frozen=True, slots=True)
class Override:
    """Where a person set something aside: a review another decision, a coordinator the level of a matter."""

    at: datetime
    kind: str
    who: str
    unit: UnitLabel
    reason: str
    endpoint: str
    public_id: str
    called: str


def headquarters(actor: Actor) -> dict[str, Any]:
    """Matters that came up to the headquarters, reviews of disputes, and what a person set aside with a reason."""
    labels, reviews = units.labels(), disputes.reviewed(actor)
    found = []
    for one in reviews:
        last = disputes.decision_of(one.dispute.id, "review")
        if last is not None and not last.upheld:
            called = (one.leads[0].display_name or one.leads[0].title) if one.names(0) else one.code(0) or ""
            unit, public_id = labels[last.by.unit_id], one.dispute.public_id
            why = last.reason if one.reads_texts else ""
            found.append(Override(last.at, "review", last.decided_by, unit, why, "disputes.show", public_id, called))
    for lift in matters.lifts(actor):
        seen, event = lift.seen, lift.event
        called = (seen.lead.display_name or seen.lead.title) if seen.names else seen.code or ""
        who, unit = event.by.name if event.by else "", labels[event.by_unit_id or seen.matter.unit_id]
        found.append(Override(event.at, "lift", who, unit, event.text or "", "matters.show", seen.matter.public_id, called))
    return {
        "escalated": matters.at_top(actor), "reviews": reviews, "whole": actor.city_wide or units.at_headquarters(actor),
        "overrides": sorted(found, key=lambda row: row.at, reverse=True),
    }  # fmt: skip
