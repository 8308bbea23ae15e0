"""What leaves the house as a file gets a serial number and a line in the audit trail."""

from datetime import datetime
from typing import Any

from crm.audit import services as audit
from crm.batches.models import Edition
from crm.core import clock
from crm.core.numbers import next_number
from crm.policy import rules as policy
from crm.policy.rules import Actor


def note_export(edition: Edition, form: str, facts: dict[str, Any], *, city: str, actor: Actor, now: datetime) -> str:
    """Note that an edition is taken out as a file of a `form` (xlsx, docx); its serial number, which stands in the file."""
    policy.require(policy.of_role(actor), "edition", "export", seen_by="list")
    year = clock.city_day(now).year
    serial = f"{city}-DC-{year}-{next_number('edition-export', year):05d}"
    audit.record(
        "edition.exported", subject=("edition", edition), facts={"form": form, "serial": serial, **facts}, actor=actor, now=now
    )
    return serial
