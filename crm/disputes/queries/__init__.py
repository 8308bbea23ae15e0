"""Named reads of disputes: how somebody stands to one, the lists, the evidence of all sides."""

from crm.disputes.queries.disputes import (
    SIZE,
    Seen,
    by_public_id,
    count_live,
    decision_of,
    decisions_of,
    finally_decided,
    inbox,
    lately_decided,
    of_lead,
    reported_by,
    reviewed,
    steps_of,
    to_remind_of,
    visible_dispute,
    waiting,
    waiting_for,
)
from crm.disputes.queries.evidence import Fact, evidence_of
from crm.disputes.queries.standing import Subject, concerned, may_open, stands_over, subject_of

__all__ = [
    "SIZE", "Fact", "Seen", "Subject", "by_public_id", "concerned", "count_live", "decision_of", "decisions_of", "evidence_of",
    "finally_decided", "inbox", "lately_decided", "may_open", "of_lead", "reported_by", "reviewed", "stands_over", "steps_of",
    "subject_of", "to_remind_of", "visible_dispute", "waiting", "waiting_for",
]  # fmt: skip
