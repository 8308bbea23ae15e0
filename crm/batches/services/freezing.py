"""定稿: an edition takes down what the list says, compared with the last one, and is never changed again."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from crm.audit import services as audit
from crm.batches.models import Edition, EditionRow
from crm.batches.queries import editions, entries
from crm.batches.rules.comparing import Change, Entry, Expecting, Line, compare, slipped
from crm.batches.rules.periods import EditionKind, Period, may_freeze
from crm.batches.rules.refusing import EditionThere, NothingToFreeze, PeriodNotOpen
from crm.batches.rules.rolling import BATCHES, LeftReason, left_because
from crm.core import clock
from crm.core.db import db, lock_key
from crm.core.ready import Ready, insert_ready, make_ready
from crm.policy import rules as policy
from crm.policy.rules import Actor

Rows = Mapping[int, tuple[Entry, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an edition is made of: for which period, as of which day, what the list says (`rows`), why others left (`gone`: reason
    and the number of the lead that one was merged into).
    """

    city: str
    period: Period
    as_of: date
    rows: Rows
    gone: Mapping[int, tuple[LeftReason, str | None]]
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """An edition as it will be written, but for its id: compared with the edition `last_id` of its kind (None: the first)."""

    last_id: int | None
    snapshot: Snapshot
    summary: dict[str, Any]
    rows: Ready


def prepare_edition(
    kind: EditionKind, first: date | None, *, city: str, idle_days: int, actor: Actor, now: datetime
) -> Prepared | None:
    """Read what `freeze_edition` would write, before the transaction that writes: to read a long list takes seconds, in which
    SQLite's one writer is free. None when it cannot be frozen: `freeze_edition` says why. Raises Forbidden.
    """
    policy.require(policy.of_role(actor), "edition", "freeze", seen_by="list")
    try:
        return _prepared(kind, first, editions.newest(city, kind), city=city, idle_days=idle_days, now=now)
    except (EditionThere, PeriodNotOpen, NothingToFreeze):
        return None


def freeze_edition(
    kind: EditionKind, first: date | None, *, city: str, idle_days: int, actor: Actor, now: datetime,
    prepared: Prepared | None = None,
) -> Edition:  # fmt: skip
    """Freeze the list as it is now, as the edition of the period that begins on `first` (without it, of the present one).
    `prepared`: what was read for it just before, which is written unless another edition came in between. Of two who do it at
    once one wins. Raises EditionThere, PeriodNotOpen, NothingToFreeze, NotFound.
    """
    policy.require(policy.of_role(actor), "edition", "freeze", seen_by="list")
    lock_key(f"edition:{city}:{kind.value}")
    last = editions.newest(city, kind)
    period = _open_period(kind, first, clock.city_day(now), last)
    if prepared is None or (prepared.last_id, prepared.snapshot.period) != (last.id if last else None, period):
        prepared = _prepared(kind, first, last, city=city, idle_days=idle_days, now=now)
    made = _written(prepared, last, actor=actor, now=now)
    facts = {"city": city, "kind": kind.value, "number": made.number, "first": period.first.isoformat(), **made.summary}
    audit.record("edition.frozen", subject=("edition", made), facts=facts, actor=actor, now=now)
    return made


def _prepared(
    kind: EditionKind, first: date | None, last: Edition | None, *, city: str, idle_days: int, now: datetime
) -> Prepared:
    today = clock.city_day(now)
    period = _open_period(kind, first, today, last)
    rows = entries.rows_now(idle_days=idle_days)
    kept = entries.rows_of_edition(last) if last is not None else {}
    if not rows and not kept:
        raise NothingToFreeze
    left = entries.where_now(kept.keys() - rows.keys())
    gone = {lead_id: (left_because(where), number) for lead_id, (where, number) in left.items()}
    return _compared(Snapshot(city, period, today, rows, gone), kept, last)


def _open_period(kind: EditionKind, first: date | None, today: date, last: Edition | None) -> Period:
    open_ = may_freeze(kind, today, last.first_on if last else None)
    if last is not None and not open_:
        raise EditionThere(number=last.number)
    found = next((one for one in open_ if first is None or one.first == first), None)
    if found is None and last is not None and first is not None and last.first_on == first:
        raise EditionThere(number=last.number)
    if found is None:
        raise PeriodNotOpen
    return found


def store_edition(snapshot: Snapshot, kept: Rows, *, actor: Actor, now: datetime) -> Edition:
    """Write an edition and its rows, compared with the rows `kept` by the last one. The caller has asked the policy and holds the
    lock.
    """
    last = editions.newest(snapshot.city, snapshot.period.kind)
    return _written(_compared(snapshot, kept, last), last, actor=actor, now=now)


def _compared(snapshot: Snapshot, kept: Rows, last: Edition | None) -> Prepared:
    """Every row of the edition with what changed since the last one."""
    lines = compare(
        {lead_id: entry for lead_id, (entry, _facts) in kept.items()},
        {lead_id: entry for lead_id, (entry, _facts) in snapshot.rows.items()},
        lambda lead_id: snapshot.gone[lead_id][0], before=entries.known_before(last),
    )  # fmt: skip
    moved = [_moved(line, snapshot.rows, kept) for line in lines]
    values = [_values(place, line, snapshot, kept) | move for place, (line, move) in enumerate(zip(lines, moved, strict=True), 1)]
    ready = make_ready(EditionRow.__table__, values)  # type: ignore[arg-type]
    return Prepared(last.id if last else None, snapshot, summed(lines) | _slips(moved), ready)


def _written(prepared: Prepared, last: Edition | None, *, actor: Actor, now: datetime) -> Edition:
    """Put it on record: nothing but writing, since nobody else writes meanwhile."""
    snapshot = prepared.snapshot
    edition = Edition(
        city=snapshot.city, kind=snapshot.period.kind, number=last.number + 1 if last else 1, first_on=snapshot.period.first,
        last_on=snapshot.period.last, as_of=snapshot.as_of, frozen_at=now, frozen_by_id=actor.user_id,
        previous_id=prepared.last_id, summary=prepared.summary, is_demo=snapshot.is_demo,
    )  # fmt: skip
    db.session.add(edition)
    db.session.flush()
    insert_ready(prepared.rows, "edition_id", edition.id)
    edition.status = "frozen"
    db.session.flush()
    return edition


def summed(lines: list[Line]) -> dict[str, Any]:
    """Counts and sums of each batch (as reported, and as confirmed), and how many rows changed how."""
    sums: dict[str, dict[str, int]] = {
        batch.value: dict.fromkeys(("count", "total_cny", "unverified_cny", "contracted_usd", "confirmed_usd"), 0)
        for batch in BATCHES
    }
    for line in lines:
        if line.change is not Change.LEFT:
            cell, entry = sums[line.entry.batch.value], line.entry
            cell["count"] += 1
            cell["total_cny" if entry.total_verified else "unverified_cny"] += entry.total_cny or 0
            cell["contracted_usd"] += entry.contracted_usd or 0
            cell["confirmed_usd"] += entry.confirmed_usd or 0
    changes = Counter(line.change.value for line in lines)
    reasons = Counter(line.reason.value for line in lines if line.reason is not None)
    return {"batches": sums, "changes": dict(changes), "reasons": dict(reasons)}


def _values(place: int, line: Line, snapshot: Snapshot, kept: Rows) -> dict[str, Any]:
    left, entry, was = line.change is Change.LEFT, line.entry, line.was
    facts = (kept if left else snapshot.rows)[line.lead_id][1]
    return {
        **{name: facts[name] for name in entries.FACTS}, "lead_id": line.lead_id, "position": place,
        "batch": "left" if left else entry.batch.value, "unit_id": entry.unit_id, "total_cny": entry.total_cny,
        "total_verified": entry.total_verified, "contracted_usd": entry.contracted_usd, "confirmed_usd": entry.confirmed_usd,
        "change": line.change.value, "money_changed": line.money_changed, "was_batch": was.batch.value if was else None,
        "was_total_cny": was.total_cny if was else None, "was_total_verified": was.total_verified if was else None,
        "was_contracted_usd": was.contracted_usd if was else None, "was_confirmed_usd": was.confirmed_usd if was else None,
        "was_unit_id": was.unit_id if was else None, "reason": line.reason.value if line.reason else None,
        "reason_ref": snapshot.gone[line.lead_id][1] if left else None,
    }  # fmt: skip


def _moved(line: Line, rows: Rows, kept: Rows) -> dict[str, Any]:
    """What the last edition said of the day that a row expects, and how far it slipped since: nothing of one that left."""
    if line.change is Change.LEFT or line.lead_id not in kept:
        return {"was_expected_on": None, "slipped": None}
    was, now = (
        Expecting(facts["expected_kind"], facts["expected_on"]) for _entry, facts in (kept[line.lead_id], rows[line.lead_id])
    )
    days = slipped(was, now)
    return {"was_expected_on": was.on if days is not None else None, "slipped": days}


def _slips(moved: list[dict[str, Any]]) -> dict[str, Any]:
    """How many rows expect their next milestone later than the last edition said (and the days together), how many earlier."""
    days = [one["slipped"] for one in moved if one["slipped"]]
    later = [number for number in days if number > 0]
    return {"slips": {"later": len(later), "earlier": len(days) - len(later), "days": sum(later)}}
