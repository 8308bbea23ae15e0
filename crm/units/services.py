"""Loading the city's units, adding, renaming and retiring them."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from crm.audit import services as audit
from crm.core.db import db
from crm.core.errors import AlreadyDone, Refusal
from crm.policy.rules import Actor
from crm.units import queries
from crm.units.models import Unit
from crm.units.rules import UnitKind, path_of

_when_retired: list[Callable[[Unit, Actor, datetime], None]] = []


class StillFollows(Refusal):
    """A task force is not dissolved while it follows leads: nobody would. `facts`: count."""

    code = "unit_follows"


class CodeTaken(Refusal):
    """Another unit has this code."""

    code = "unit_code_taken"


def load_reference() -> int:
    """Add units of the data file that are not there yet; those already stored stay as the city edited them."""
    raw = json.loads((Path(__file__).parent / "data" / "units.json").read_text("utf-8"))
    known = {unit.code: unit for unit in db.session.scalars(select(Unit))}
    added = 0
    for item in raw["items"]:
        if item["code"] in known:
            continue
        parent = known.get(item["parent"] or "")
        column, row = item.get("tile") or (None, None)
        unit = Unit(
            code=item["code"], zh=item["zh"], en=item["en"], short_zh=item["short_zh"], short_en=item["short_en"],
            kind=item["kind"], parent_id=parent.id if parent else None, is_coordinating=item.get("coordinating", False),
            is_area=item.get("area", False), tile_column=column, tile_row=row, verified=item["verified"],
        )  # fmt: skip
        _place(unit, parent)
        known[unit.code] = unit
        added += 1
    return added


def _place(unit: Unit, parent: Unit | None) -> None:
    db.session.add(unit)
    db.session.flush()
    unit.path = path_of(parent.path if parent else None, unit.id)
    db.session.flush()


def create_unit(*, code: str, zh: str, en: str, kind: UnitKind, parent: Unit | None, actor: Actor, now: datetime) -> Unit:
    """A new unit at its place in the tree; raises CodeTaken."""
    if queries.by_code(code) is not None:
        raise CodeTaken(unit_code=code)
    unit = Unit(code=code.upper(), zh=zh, en=en, short_zh=zh, short_en=en, kind=kind, parent_id=parent.id if parent else None)
    _place(unit, parent)
    audit.record("unit.created", subject=("unit", unit), facts={"code": unit.code, "zh": zh}, actor=actor, now=now)
    return unit


def rename_unit(unit: Unit, *, zh: str, en: str, actor: Actor, now: datetime) -> None:
    """Another name for the same unit; the old one stays in the audit. A short name that was the full one goes with it."""
    facts = {"old": [unit.zh, unit.en], "new": [zh, en]}
    unit.short_zh, unit.short_en = (
        zh if unit.short_zh == unit.zh else unit.short_zh,
        en if unit.short_en == unit.en else unit.short_en,
    )
    unit.zh, unit.en = zh, en
    audit.record("unit.renamed", subject=("unit", unit), facts=facts, actor=actor, now=now)


def when_retired(act: Callable[[Unit, Actor, datetime], None]) -> None:
    """Say what is to be done with a unit that is retired (rooms above do: units lie below them); it may refuse."""
    _when_retired.append(act)


def retire_unit(unit: Unit, *, on: date, actor: Actor, now: datetime) -> None:
    """No new work for this unit from a day on; what it did stays its own. A task force is dissolved by it: its members are
    members no more, what was shared with it is not shared any longer. Raises AlreadyDone: the first day stands; StillFollows.
    """
    if unit.retired_on is not None:
        raise AlreadyDone
    for act in _when_retired:
        act(unit, actor, now)
    unit.retired_on = on
    audit.record("unit.retired", subject=("unit", unit), facts={"on": on.isoformat()}, actor=actor, now=now)


def restore_unit(unit: Unit, *, actor: Actor, now: datetime) -> None:
    """A unit that was retired, by mistake or for a while, takes work again; a task force comes back without members. Raises
    AlreadyDone.
    """
    if unit.retired_on is None:
        raise AlreadyDone
    facts = {"since": unit.retired_on.isoformat()}
    unit.retired_on = None
    audit.record("unit.restored", subject=("unit", unit), facts=facts, actor=actor, now=now)
