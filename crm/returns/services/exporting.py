"""What leaves the house as a file gets a serial number and a line in the audit trail."""

from datetime import datetime
from typing import Any

from crm.audit import services as audit
from crm.core import clock
from crm.core.errors import Forbidden
from crm.core.numbers import next_number
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.returns.models import WeeklyReturn
from crm.returns.queries import returns
from crm.returns.rules import Week


def note_export(row: WeeklyReturn, form: str, facts: dict[str, Any], *, city: str, actor: Actor, now: datetime) -> str:
    """Note that a return is taken out as a file of a `form` (docx); its serial number, which stands in the file."""
    policy.require(returns.stands(actor, row), "weekly_return", "export", seen_by="read")
    serial = _serial(city, now)
    facts = {"form": form, "serial": serial, "number": row.number, "week": row.week_on.isoformat(), **facts}
    audit.record("return.exported", subject=("weekly_return", row), facts=facts, actor=actor, now=now)
    return serial


def note_week_export(week: Week, facts: dict[str, Any], *, city: str, actor: Actor, now: datetime) -> str:
    """Note that the overview of a week is taken out as a workbook; its serial number, which stands in the file. Raises Forbidden
    for a role that takes no return out.
    """
    if not policy.possible(actor.role, "weekly_return", "export"):
        raise Forbidden(record="weekly_return", action="export")
    serial = _serial(city, now)
    facts = {"form": "xlsx", "serial": serial, "week": week.first.isoformat(), **facts}
    audit.record("return.week_exported", subject=None, facts=facts, actor=actor, now=now)
    return serial


def _serial(city: str, now: datetime) -> str:
    year = clock.city_day(now).year
    return f"{city}-ZB-{year}-{next_number('return-export', year):05d}"
