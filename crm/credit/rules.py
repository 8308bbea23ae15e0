"""Who is credited with how much: models of sharing, and what lines say on a day. Whole numbers of parts per 10,000 throughout."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from crm.core.errors import AlreadyDone, Refusal
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, LeadLike, Standing

FULL = 10_000
LONGEST = 20  # years that terms may run


class Indicator(StrEnum):
    """What is credited: 签约项目数, 合同外资, 到资, 实际使用外资."""

    SIGNED = "signed"
    CONTRACTED = "contracted"
    RECEIVED = "received"
    UTILISED = "utilised"


class ShareModel(StrEnum):
    """How results are shared. whole: one unit has all, as at the registration."""

    WHOLE = "whole"
    EVEN = "even"
    BOTH = "both"
    INTRODUCER = "introducer"
    AGREED = "agreed"


class CreditSource(StrEnum):
    """Where a line comes from."""

    REGISTRATION = "registration"
    TRANSFER = "transfer"
    DISPUTE = "dispute"
    AGREEMENT = "agreement"


class TermsUnfit(Refusal):
    """The model does not allow this share or these years. `facts`: least, most (per cent), longest (years)."""

    code = "credit_terms_unfit"


class PartsUnfit(Refusal):
    """A share is between nothing and all."""

    code = "credit_parts_unfit"


class CreditReasonNeeded(Refusal):
    """No line without its reason."""

    code = "credit_reason"


class LineCorrected(AlreadyDone):
    """Somebody has corrected this line."""

    code = "credit_corrected"


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model as the data file has it: what the giving side keeps (and between what it may be chosen), whether both count in
    full, for how many years usually, and whether it must end.
    """

    id: str
    giver: int
    twice: bool
    years: int | None
    must_end: bool
    source: str
    verified: bool
    least: int | None = None
    most: int | None = None

    @property
    def chosen(self) -> bool:
        """Whether the share is chosen by those who agree."""
        return self.least is not None


@cache
def models() -> dict[ShareModel, ModelFacts]:
    """The models that may be offered, in their order."""
    raw = json.loads((Path(__file__).parent / "data" / "models.json").read_text("utf-8"))
    return {ShareModel(item["id"]): ModelFacts(**item) for item in raw["models"]}


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a unit gives a lead to another: what it keeps of what it has, and for how many years (None: for good)."""

    model: ShareModel
    giver_parts: int
    years: int | None = None

    def check(self) -> None:
        """Raise TermsUnfit when the model does not allow that."""
        facts = models().get(self.model)
        low, high = (facts.least, facts.most) if facts and facts.chosen else (facts.giver, facts.giver) if facts else (0, 0)
        fits = facts is not None and low is not None and high is not None and low <= self.giver_parts <= high
        if not fits or not (self.years is None or 1 <= self.years <= LONGEST) or (facts and facts.must_end and not self.years):
            raise TermsUnfit(least=f"{(low or 0) / 100:g}", most=f"{(high or 0) / 100:g}", longest=LONGEST)

    def divide(self, held: int) -> tuple[int, int]:
        """What of `held` stays with the giving side, and what the other gets. No part is lost or made, but when both have all."""
        if self.model is ShareModel.BOTH:
            return held, held
        kept = held * self.giver_parts // FULL
        return kept, held - kept


def usual_terms(model: ShareModel) -> Terms:
    """A model as the data file has it."""
    facts = models()[model]
    return Terms(model, facts.giver, facts.years)


@dataclass(frozen=True, slots=True)
class Line:
    """A stored line: from a day on a unit has so many parts, until the next line about it. One that corrects another stands in
    its place, as if the other had never been written. `ref`: the transfer or dispute behind it.
    """

    id: int
    unit_id: int
    parts: int
    valid_from: date
    corrects_id: int | None = None
    ref: str | None = None
    source: CreditSource = CreditSource.AGREEMENT

    @property
    def takes_back(self) -> bool:
        """Whether a return wrote it: the coordinator corrects in the name of an agreement."""
        return self.corrects_id is not None and self.source is CreditSource.TRANSFER


@dataclass(frozen=True, slots=True)
class Entry:
    """A line to be written."""

    unit_id: int
    parts: int
    valid_from: date
    corrects_id: int | None = None


def counted(lines: Iterable[Line]) -> list[Line]:
    """The lines that nobody has corrected, in the order in which they say something: by day, then as they were written, a
    correction in the place of the line that it corrects.
    """
    found = list(lines)
    gone = {line.corrects_id for line in found}
    before = {line.id: line.corrects_id for line in found}

    def place(line: Line) -> tuple[date, int]:
        root = line.id
        while (earlier := before.get(root)) is not None:
            root = earlier
        return line.valid_from, root

    return sorted((line for line in found if line.id not in gone), key=place)


def standing(lines: Iterable[Line], on: date) -> dict[int, int]:
    """The parts of each unit on a day; who has none is not named."""
    found: dict[int, int] = {}
    for line in counted(lines):
        if line.valid_from <= on:
            found[line.unit_id] = line.parts
    return {unit: parts for unit, parts in found.items() if parts}


def plan(lines: Sequence[Line], terms: Terms, *, giver: int, taker: int, start: date) -> list[Entry]:
    """The lines by which a unit shares what it has, and was to have, with the one it gives the lead to.

    What changes later by lines of the past (an earlier agreement that ends) is shared in the same way. After the years of the
    terms all of it is the taker's.
    """
    end = years_after(start, terms.years) if terms.years else None
    later = {line.valid_from for line in counted(lines) if line.valid_from > start}
    entries = []
    for day in sorted({start} | later | ({end} if end else set())):
        held = standing(lines, day)
        had, has = held.get(giver, 0), held.get(taker, 0)
        kept, given = (0, had) if end is not None and day >= end else terms.divide(had)
        entries += [Entry(giver, kept, day), Entry(taker, min(FULL, has + given), day)]
    return entries


def deciding(lines: Sequence[Line], parts: dict[int, int], *, start: date) -> list[Entry]:
    """The lines by which units have `parts` from a day on and all others nothing, on each later day too of which lines speak."""
    days = sorted({start} | {line.valid_from for line in counted(lines) if line.valid_from > start})
    known = {line.unit_id for line in lines} | set(parts)
    return [Entry(unit, parts.get(unit, 0), day) for day in days for unit in sorted(known)]


def taking_back(lines: Sequence[Line], ref: str) -> list[Entry]:
    """The lines that correct those of a transfer, so that everything is as if it had never been.

    The transfers after it have been taken back before. What they wrote, and what stands in its place, was reckoned from the lines
    of this one, and is corrected with them.
    """
    first: dict[str | None, int] = {}
    for line in lines:
        first.setdefault(line.ref, line.id)
    refs = {ref} | {line.ref for line in lines if line.takes_back and first[line.ref] > first.get(ref, 0)}
    others = [line for line in lines if line.ref not in refs]
    return [
        Entry(line.unit_id, standing(others, line.valid_from).get(line.unit_id, 0), line.valid_from, line.id)
        for line in counted(lines)
        if line.ref in refs
    ]


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 28 February for the 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def stands(actor: Actor, lead: LeadLike, parties: Iterable[int]) -> Standing:
    """How somebody stands to a lead's attribution: as to the lead, and besides as one of a unit that is a party to it (the one
    that registered the lead, and those that lines name), unless it goes by a code name.
    """
    words = policy.towards_lead(actor, lead).principals
    if actor.role in WORKS_IN_A_UNIT and not lead.sealed and not policy.units_of(actor).isdisjoint(parties):
        words |= {"credit_party"}
    return Standing(words)
