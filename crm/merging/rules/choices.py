"""Whose value stays: which columns belong together, what is suggested for each and why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm.leads.rules.lead import STAGES
from crm.merging.rules.refusals import ChoiceUnknown

# Field of the compare page -> columns that are taken together; the first one says whether there is a value.
FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "company": {
        "name": ("name", "sort_key"),
        "original_name": ("original_name", "original_lang"),
        "country": ("country",),
        "website": ("website",),
        "industry_text": ("industry_text",),
        "parent": ("parent_id",),
    },
    "lead": {
        "title": ("title",),
        "country": ("country",),
        "controlling_country": ("controlling_country",),
        "source": ("source",),
        "introducer": ("introducer",),
        "intermediary": ("intermediary",),
        "industry": ("industry",),
        "contracted": ("contracted_amount", "contracted_currency", "contracted_usd", "rate_day"),
        "total": ("total_amount", "total_currency", "total_cny", "total_verified", "rate_day"),
        "amount_band": ("amount_band",),
        "park": ("park",),
        "project_type": ("project_type",),
        "external_number": ("external_number",),
        "stage": ("stage", "stage_since"),
        "assessment": ("assessment", "assessed_at", "admitted_at"),
        "status": ("status",),
        "first_talks_on": ("first_talks_on",),
        "next_step": ("next_step", "next_due"),
    },
    "contact": {
        "name": ("name",),
        "title": ("title",),
        "phone": ("phone", "phone_key"),
        "email": ("email",),
    },
}

# Columns worked out from others of their field: they go with it, whatever they hold by now.
FOLLOWING = frozenset({"total_cny", "contracted_usd", "rate_day"})
# What an undo leaves or brings back as a whole in the record that stays.
TOGETHER: dict[str, tuple[tuple[str, ...], ...]] = {kind: tuple(fields.values()) for kind, fields in FIELDS.items()}
TOGETHER["lead"] += (("investor_id", "project_slot"),)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One record's value of a field; the record that stays comes first."""

    public_id: str
    values: tuple[Any, ...]

    @property
    def filled(self) -> bool:
        """Whether there is anything to keep."""
        return self.values[0] not in (None, "")


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose value is suggested, and why: kept, filled, verified, further, admitted, earliest."""

    public_id: str
    why: str


def _verified(values: tuple[Any, ...]) -> bool:
    return bool(values[3])


def _further(values: tuple[Any, ...]) -> int:
    return STAGES.index(values[0])


def _admitted(values: tuple[Any, ...]) -> bool:
    return values[2] is not None


def _earlier(values: tuple[Any, ...]) -> int:
    return -int(values[0].toordinal())


# A value that is better than another in itself: by what, and the word for it.
_BETTER: dict[str, tuple[Callable[[tuple[Any, ...]], int], str]] = {
    "total": (_verified, "verified"),
    "stage": (_further, "further"),
    "assessment": (_admitted, "admitted"),
    "first_talks_on": (_earlier, "earliest"),
}


def suggest(field: str, candidates: Sequence[Candidate]) -> Choice:
    """The explained default: filled over empty, verified over not, the further stage, admitted over not, the earliest day; else
    the record that stays.
    """
    keeper = candidates[0]
    filled = [candidate for candidate in candidates if candidate.filled]
    if not filled:
        return Choice(keeper.public_id, "kept")
    first, why = filled[0], "kept" if keeper.filled else "filled"
    if field in _BETTER:
        rank, word = _BETTER[field]
        best = max(filled, key=lambda candidate: rank(candidate.values))
        if rank(best.values) > rank(first.values):
            return Choice(best.public_id, word)
    return Choice(first.public_id, why)


# Where more than the first column is what a person sees: currency and whether it is verified; the day of the next step.
_SEEN = {"total": (0, 1, 3), "contracted": (0, 1), "next_step": (0, 1)}


def differing(field: str, candidates: Sequence[Candidate]) -> bool:
    """Whether a person has anything to choose."""
    seen = _SEEN.get(field, (0,))
    return len({tuple(candidate.values[place] for place in seen) for candidate in candidates}) > 1


def check_choices(kind: str, choices: Mapping[str, str], public_ids: Sequence[str]) -> None:
    """Raise ChoiceUnknown for a field that is not offered or a record that is not in the group."""
    for field, public_id in choices.items():
        if field not in FIELDS[kind] or public_id not in public_ids:
            raise ChoiceUnknown(field=field)
