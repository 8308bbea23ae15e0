"""Protection rules as data: versions, each valid from a day on; a decision keeps the version that it was taken under."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from crm.claims.rules.evidence import HEAVIEST, WEIGHED
from crm.core import dated
from crm.core.dated import ValidFromPast, VersionThere
from crm.core.errors import Refusal

_SHIPPED = Path(__file__).parent.parent / "data" / "protection_rules.json"
LONGEST = 3_650  # days that a setting may name
MOST_EXTENSIONS = 12


class RulesUnfit(Refusal):
    """A number makes no sense, or not beside the others. `facts`: field, the setting's name."""

    code = "rules_unfit"


@dataclass(frozen=True, slots=True)
class Settings:
    """The numbers of a version. Days count in the calendar; the first three in working days when `short_in_working_days`.

    `report_days`, `warning_days` and `release_days` count from the last progress that counts; `protection_days` from the
    registration, with `extension_days` more for each extension. `major_cny` is in fen, `major_usd` in cents. `weight_…`: what a
    piece of evidence of that type weighs, 0 for a type that is not accepted; in a version from before there were types, one each.
    """

    response_days: int
    assess_days: int
    feedback_days: int
    short_in_working_days: bool
    report_days: int
    warning_days: int
    release_days: int
    protection_days: int
    major_protection_days: int
    major_cny: int
    major_usd: int
    extension_days: int
    max_extensions: int
    notice_days: int
    evidence_needed: int
    automatic_release: bool
    weight_agreement: int = 1
    weight_intent: int = 1
    weight_request: int = 1
    weight_minutes: int = 1
    weight_visit: int = 1
    weight_introduction: int = 1
    weight_fact: int = 1

    def weights(self) -> dict[str, int]:
        """What each type of evidence weighs."""
        return {one.value: getattr(self, f"weight_{one}") for one in WEIGHED}

    def check(self) -> None:
        """Raise RulesUnfit, naming the setting, when a number makes no sense by itself or beside the others."""
        for name in (item.name for item in fields(self) if item.name.endswith("_days") and item.type is int):
            if not 1 <= getattr(self, name) <= LONGEST:
                raise RulesUnfit(field=name)
        if not self.report_days <= self.warning_days < self.release_days:
            raise RulesUnfit(field="warning_days")
        if self.release_days - self.warning_days >= self.protection_days:
            raise RulesUnfit(field="protection_days")
        if self.major_protection_days < self.protection_days:
            raise RulesUnfit(field="major_protection_days")
        if self.evidence_needed < 1:
            raise RulesUnfit(field="evidence_needed")
        if not 0 <= self.max_extensions <= MOST_EXTENSIONS:
            raise RulesUnfit(field="max_extensions")
        weights = self.weights()
        unfit = next((one for one, weight in weights.items() if not 0 <= weight <= HEAVIEST), "")
        if unfit or not any(weights.values()):
            raise RulesUnfit(field=f"weight_{unfit or next(iter(weights))}")

    def as_data(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Protection:
    """One version of the rules. `verified`: the city has put it in force, it is no proposal any more."""

    version: str
    valid_from: date
    settings: Settings
    source: str = ""
    verified: bool = False

    def is_major(self, total_cny: int | None, contracted_usd: int | None) -> bool:
        """Whether a project is a major one: either sum (fen, cents) reaches its threshold."""
        return (total_cny or 0) >= self.settings.major_cny or (contracted_usd or 0) >= self.settings.major_usd

    def term_days(self, *, major: bool, extensions: int = 0) -> int:
        """How long protection lasts at most, from the registration."""
        days = self.settings.major_protection_days if major else self.settings.protection_days
        return days + extensions * self.settings.extension_days


@cache
def shipped() -> tuple[Protection, ...]:
    """The versions that the product brings."""
    raw = json.loads(_SHIPPED.read_text("utf-8"))
    return tuple(
        Protection(
            item["version"], date.fromisoformat(item["valid_from"]), Settings(**item["settings"]), raw["source"], item["verified"]
        )
        for item in raw["versions"]
    )


def in_force(versions: Iterable[Protection], on: date) -> Protection:
    """The version in force on a day; before the first one, the first."""
    every = tuple(versions)
    return dated.in_force(every, on) or min(every, key=lambda one: one.valid_from)


def check_new(versions: Iterable[Protection], new: Protection, today: date) -> None:
    """Raise VersionThere, ValidFromPast or RulesUnfit unless a version may be added. Old ones are never edited."""
    dated.check_new(versions, new, today)
    new.settings.check()


__all__ = [
    "LONGEST", "MOST_EXTENSIONS", "Protection", "RulesUnfit", "Settings", "ValidFromPast", "VersionThere", "check_new",
    "in_force", "shipped",
]  # fmt: skip
