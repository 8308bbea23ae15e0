"""What the night does about disputes: a word before the day, and one when it is past."""

from datetime import datetime

from crm.claims import queries as claims
from crm.core import clock
from crm.core.db import db
from crm.disputes.models import Dispute
from crm.disputes.rules import LIVE, DisputeState, reminder
from crm.disputes.services.holding import about, at_headquarters, coordinators, hold, people_of
from crm.notifications import services as notifications


def remind(dispute: Dispute, *, now: datetime) -> bool:
    """Tell whoever is to decide that the day is near, or past: once each, and once more when it was moved. While statements are
    asked for, those of the sides are told with them. Whether anybody was told.
    """
    leads = hold(dispute.lead_ids)
    db.session.refresh(dispute)
    if dispute.state not in LIVE:
        return False
    review = dispute.state == DisputeState.UNDER_REVIEW
    due = dispute.review_due_on if review and dispute.review_due_on else dispute.due_on
    said = reminder(due, clock.city_day(now), claims.calendar().before(due))
    if not said or said == dispute.reminded:
        return False
    dispute.reminded = said
    if review:
        people = at_headquarters() or coordinators()
    else:
        people = [*coordinators(), *people_of(dispute, leads)]
    code = "dispute.late" if said.startswith("late") else "dispute.soon"
    subject, facts = ("dispute", dispute.public_id), {"due": clock.start_of(due).isoformat(), **about(dispute)}
    notifications.notify(people, code, subject=subject, facts=facts, actor=None, now=now)
    return True
