"""Sharing and sealing: roles, terms, what is refused. Days and the quota are settings in the data file beside this one."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from crm.core.errors import AlreadyDone, Refusal
from crm.matching.rules.telling import told_in


class ShareRole(StrEnum):
    """主办, 协办, 承接, 引荐: what a unit or person that a lead is shared with does for it."""

    MAIN = "main"
    ASSIST = "assist"
    HOST = "host"
    REFER = "refer"


class Level(StrEnum):
    """read, or edit: write progress, add files, change facts and clusters; never stages, contacts, or shares."""

    READ = "read"
    EDIT = "edit"


class Tier(StrEnum):
    """How far a share reaches; each holds the one before. contacts: masked like everybody's, shown for a reason."""

    CARD = "card"
    DETAIL = "detail"
    CONTACTS = "contacts"


class RequestState(StrEnum):
    """What became of a request to share a lead."""

    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"


class BadUntil(Refusal):
    """The last day is before today or too far away. `facts`: first, last (days that may be chosen)."""

    code = "share_bad_until"


class EditNeedsDetail(Refusal):
    """Nobody works on what he may not read."""

    code = "share_edit_needs_detail"


class NobodyToShare(Refusal):
    """A share goes to another unit, or to a person: none was named, or one that follows or leads the lead anyway."""

    code = "share_nobody"


class SharedAlready(AlreadyDone):
    """The unit has a share of this lead."""

    code = "share_already"


class AskedAlready(AlreadyDone):
    """The unit's request waits for its answer."""

    code = "share_asked_already"


class RequestAnswered(AlreadyDone):
    """Somebody has answered."""

    code = "share_answered"


class ShareEnded(AlreadyDone):
    """The share has ended."""

    code = "share_ended"


class ReasonNeeded(Refusal):
    """This needs its reason."""

    code = "sharing_reason"


class SealedAlready(AlreadyDone):
    """The lead goes by a code name, or it was asked for."""

    code = "seal_already"


class NotSealed(AlreadyDone):
    """There is no code name, or no request for one, any more."""

    code = "seal_none"


class CodeNameTells(Refusal):
    """The code name says who it is."""

    code = "seal_name_tells"


class CodeNameTaken(Refusal):
    """Another lead goes by it."""

    code = "seal_name_taken"


class QuotaReached(Refusal):
    """The unit has as many code-named leads as it may have. `facts`: most."""

    code = "seal_quota"


class SealDisputed(AlreadyDone):
    """There is a dispute about the lead: it gets no code name meanwhile."""

    code = "seal_disputed"


class SealPast(AlreadyDone):
    """The day until which a code name was asked for is over: nobody can consent to it any more."""

    code = "seal_past"


class OwnRequest(Refusal):
    """Nobody consents to what he asked for himself."""

    code = "seal_own_request"


@cache
def settings() -> dict[str, int]:
    """Days and quota in force, by name."""
    loaded = json.loads((Path(__file__).parent / "rules.json").read_text("utf-8"))
    return {name: value for name, value in loaded.items() if isinstance(value, int)}


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a lead is shared; `until` is the last day."""

    role: ShareRole
    level: Level
    tier: Tier
    until: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sealing:
    """What is asked for: a code name until a day, and why."""

    code_name: str
    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """A share, as far as it decides about rights."""

    unit_id: int | None
    user_id: int | None
    level: str
    tier: str
    role: str


def read_shares(text: str | None, today: date) -> tuple[Held, ...]:
    """The shares in force on a day, out of the text that a lead brings along."""
    if not text:
        return ()
    found = []
    for line in sorted(text.split(";")):
        unit, user, level, tier, role, until = line.split(":")
        if until >= today.isoformat():
            found.append(Held(int(unit) if unit else None, int(user) if user else None, level, tier, role))
    return tuple(found)


def read_seal(text: str | None, today: date) -> str | None:
    """The code name in force on a day, out of the text that a lead brings along."""
    if not text:
        return None
    until, _colon, code_name = text.partition(":")
    return code_name if until >= today.isoformat() else None


@dataclass(frozen=True, slots=True)
class SealDue:
    """What is to be done about a code name by itself: say that its day is near, end it, or end a request that nobody answered."""

    soon: bool = False
    over: bool = False
    unanswered: bool = False


def seal_due(until: date, today: date, *, in_force: bool) -> SealDue:
    """That, on a day."""
    if until < today:
        return SealDue(over=in_force, unanswered=not in_force)
    return SealDue(soon=in_force and until - timedelta(days=settings()["seal_days_ahead"]) <= today)


def check_later(until: date, before: date, today: date) -> None:
    """Raise BadUntil unless a code name that ends on a day would end on a later one, no further from today than any may."""
    first, last = before + timedelta(days=1), today + timedelta(days=settings()["seal_days_most"])
    if not first <= until <= last:
        raise BadUntil(first=first.isoformat(), last=max(first, last).isoformat())


def check_terms(terms: Terms, today: date) -> None:
    """Raise BadUntil, EditNeedsDetail."""
    check_until(terms.until, today, settings()["share_days_most"])
    if terms.level is Level.EDIT and terms.tier is Tier.CARD:
        raise EditNeedsDetail


def check_until(until: date, today: date, most: int) -> None:
    """Raise BadUntil unless the day is today or later, at most `most` days away."""
    last = today + timedelta(days=most)
    if not today <= until <= last:
        raise BadUntil(first=today.isoformat(), last=last.isoformat())


def check_code_name(code_name: str, telling: Iterable[str]) -> None:
    """Raise CodeNameTells when a code name and one of the names it is to hide have a part in common: a word, the name's stem in
    any spelling, its brand.
    """
    code, telling = _letters(code_name), list(telling)
    if len(code) < 2 or told_in([code_name], telling):
        raise CodeNameTells
    for name in telling:
        letters = _letters(name)
        words = {word for word in map(_letters, name.split()) if len(word) > 2 or not word.isascii()}
        if code in letters or any(word in code for word in {letters, *words} if len(word) > 1):
            raise CodeNameTells


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
