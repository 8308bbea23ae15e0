"""The register of dataset files: which there are, their columns, and how values are written (none as a formula)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from crm.core import clock
from crm.core.money import Money
from crm.fields.rules import FIELDS, Kind, Tier

FORMAT = "1"  # raised when a column changes its meaning or goes; new columns come at the end
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what it holds, its unit, the column of the base it comes from, the tier that guards it. `field`: of
    the register of fields that it says. `label`: which label it has.
    """

    name: str
    kind: str
    source: str
    tier: str
    unit: str = ""
    field: str = ""

    @property
    def label(self) -> tuple[str, str]:
        """Kind and code of its label in words."""
        return ("field_name", self.field) if self.field else ("dataset_column", self.name)


def _of_fields() -> tuple[Column, ...]:
    """What the register of fields says of a lead; people are not in it. A sum is its amount, its currency, and what that comes to
    in the currency that such sums are added up in.
    """
    found = []
    for code, one in FIELDS.items():
        if one.tier is Tier.CONTACTS:
            continue
        if one.kind is not Kind.MONEY:
            found.append(Column(code, one.kind.value, one.source, one.tier.value, "days" if code == "stage_days" else "", code))
            continue
        currency = one.unit[1] if one.unit else "CNY"
        found += [
            Column(f"{code}_amount", "decimal", one.source, one.tier.value, f"{code}_currency", code),
            Column(f"{code}_currency", "currency", one.source, one.tier.value, "ISO 4217", code),
            Column(f"{code}_{currency.lower()}", "decimal", one.source, one.tier.value, currency, code),
        ]
    return tuple(found)


def _c(name: str, kind: str, source: str, tier: str, unit: str = "") -> Column:
    return Column(name, kind, source, tier, unit)


_LEAD = _c("lead_number", "text", "lead.number", "names")
DATASETS: dict[str, tuple[Column, ...]] = {
    "leads": _of_fields(),
    "milestones": (
        _LEAD, _c("milestone", "choice", "milestone.kind", "milestones"), _c("on_date", "day", "milestone.on_date", "milestones"),
        _c("state", "choice", "milestone.state", "milestones"), _c("entered_at", "moment", "milestone.entered_at", "milestones"),
        _c("entered_unit", "text", "milestone.entered_unit_id", "milestones"),
        _c("reported_amount", "decimal", "milestone.amount", "milestones", "reported_currency"),
        _c("reported_currency", "currency", "milestone.currency", "milestones", "ISO 4217"),
        _c("confirmed_on", "day", "milestone.confirmed_on", "milestones"),
        _c("confirmed_amount", "decimal", "milestone.confirmed_amount", "milestones", "confirmed_currency"),
        _c("confirmed_currency", "currency", "milestone.confirmed_currency", "milestones", "ISO 4217"),
    ),
    "money": (
        _LEAD, _c("basis", "choice", "receipt, milestone", "receipts"), _c("on_date", "day", "receipt.received_on", "receipts"),
        _c("money_kind", "choice", "receipt.kind, milestone.kind", "receipts"),
        _c("amount", "decimal", "receipt.amount, milestone.amount", "receipts", "currency"),
        _c("currency", "currency", "receipt.currency", "receipts", "ISO 4217"),
        _c("usd", "decimal", "receipt.usd", "receipts", "USD"), _c("rate_day", "day", "receipt.rate_day", "receipts"),
    ),
    "utilised": (
        _c("credit_code", "text", "utilised.credit_code", "statistics"), _c("company", "text", "utilised.name", "statistics"),
        _c("month", "month", "utilised.month", "statistics"), _c("usd", "decimal", "utilised.usd", "statistics", "USD"),
        _c("linked_company", "text", "company.name", "names"),
    ),
    "claims": (
        _c("claim_number", "text", "claim.number", "claim"), _LEAD, _c("unit", "text", "claim.unit_id", "claim"),
        _c("state", "choice", "claim.state", "claim"), _c("counts_from", "moment", "claim.counts_from", "claim"),
        _c("granted_at", "moment", "claim.granted_at", "claim"), _c("is_major", "choice", "claim.is_major", "claim"),
        _c("evidence_count", "whole", "claim.evidence_count", "claim", "files"),
        _c("rules_version", "text", "claim.rules_version", "claim"),
        _c("evidence_level", "choice", "claim.evidence_level", "claim"),
    ),
    "transfers": (
        _LEAD, _c("transfer_kind", "choice", "transfer.kind", "transfer"), _c("state", "choice", "transfer.state", "transfer"),
        _c("from_unit", "text", "transfer.from_unit_id", "transfer"), _c("to_unit", "text", "transfer.to_unit_id", "transfer"),
        _c("offered_at", "moment", "transfer.offered_at", "transfer"),
        _c("closed_at", "moment", "transfer.closed_at", "transfer"),
        _c("handed_over_on", "day", "transfer.handed_over_on", "transfer"),
        _c("share_model", "choice", "transfer.model", "transfer"),
        _c("giver_parts", "whole", "transfer.giver_parts", "transfer", "1/10000"),
        _c("city_move", "choice", "transfer.city_move", "transfer"),
    ),
    "attribution": (
        _LEAD, _c("indicator", "choice", "credit_line.indicator", "credit"), _c("unit", "text", "credit_line.unit_id", "credit"),
        _c("parts", "whole", "credit_line.parts", "credit", "1/10000"),
        _c("valid_from", "day", "credit_line.valid_from", "credit"),
        _c("share_model", "choice", "credit_line.model", "credit"), _c("credit_source", "choice", "credit_line.source", "credit"),
        _c("corrected", "choice", "credit_line.corrects_id", "credit"), _c("entered_at", "moment", "credit_line.at", "credit"),
    ),
    "events": (
        _c("event_id", "text", "event.public_id", "event"), _c("event_number", "text", "event.number", "event"),
        _c("event", "text", "event.name", "event"),
        _c("event_kind", "choice", "event.kind", "event"), _c("first_on", "day", "event.first_on", "event"),
        _c("last_on", "day", "event.last_on", "event"), _c("country", "text", "event.country", "event", "ISO 3166-1"),
        _c("city", "text", "event.city", "event"), _c("organiser", "text", "event.unit_id", "event"),
    ),
    "event_leads": (
        _LEAD, _c("event_id", "text", "event.public_id", "lead_event"),
        _c("event_number", "text", "event.number", "lead_event"), _c("event", "text", "event.name", "lead_event"),
        _c("event_role", "choice", "event_link.role", "lead_event"), _c("entered_at", "moment", "event_link.at", "lead_event"),
    ),
    "targets": (
        _c("indicator_code", "text", "target.indicator", "target"), _c("indicator_name", "text", "indicators.json", "target"),
        _c("period", "text", "target.period", "target"), _c("place", "choice", "target.place", "target"),
        _c("place_name", "text", "target.unit_id, target.cluster_id", "target"),
        _c("operator", "text", "target.operator", "target"),
        _c("target_value", "decimal", "target.value", "target", "value_unit"),
        _c("value_unit", "text", "indicators.json", "target"),
        _c("present_value", "decimal", "target_figure.value", "target", "value_unit"),
        _c("present_month", "month", "target_figure.month", "target"),
        _c("done_percent", "decimal", "target_figure.value", "target", "%"),
        _c("verified", "choice", "target.verified", "target"),
    ),
}  # fmt: skip


def cell(value: Any) -> str:
    """A value as a CSV file holds it: days and moments in ISO (moments in UTC), sums in whole units, yes and no, nothing for
    nothing. Text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Money):
        return f"{value.major:f}"
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith(_RISKY) else text


def month(value: date | None) -> str:
    """2026-05."""
    return f"{value:%Y-%m}" if value else ""


def stamp(moment: datetime) -> str:
    """The city's day and time of a manifest."""
    return moment.astimezone(clock.CITY_ZONE).isoformat(timespec="seconds")
