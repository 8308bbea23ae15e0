"""What leaves the house on paper gets a serial number and a line in the audit trail."""

from datetime import datetime
from typing import Any

from crm.audit import services as audit
from crm.core import clock
from crm.core.numbers import next_number
from crm.policy.rules import Actor


def note_taken(
    action: str, subject: tuple[str, Any] | None, facts: dict[str, Any], *, city: str, actor: Actor, now: datetime
) -> str:  # fmt: skip
    """Note that a report is taken out; its serial number, which stands in the file. The caller has asked the policy."""
    year = clock.city_day(now).year
    serial = f"{city}-BG-{year}-{next_number('report', year):05d}"
    audit.record(action, subject=subject, facts={"serial": serial, **facts}, actor=actor, now=now)
    return serial
