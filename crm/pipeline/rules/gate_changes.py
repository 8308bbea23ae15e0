"""What one table of gates says otherwise than another, thing by thing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from crm.leads.rules.lead import STAGES, ProjectType
from crm.pipeline.rules.gate_table import NUMBERS
from crm.pipeline.rules.gates import Gates, Need


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs. area: needs, passes, overrides, enters (of a stage), path, kind, number, stage_days, evidence,
    slip. about: the stage, milestone, number or limit meant, empty where there is one only. types: for which project types; empty
    for all. before, after: what each says, in codes.
    """

    area: str
    about: str
    types: tuple[str, ...]
    before: Any
    after: Any


def differences(old: Gates, new: Gates) -> list[Difference]:
    """Everything that differs, what holds alike for several types once."""
    found = [*_of_gates(old, new), *_of_types("path", "", lambda table, kind: table.path(kind), old, new)]
    for kind in old.kinds.keys() | new.kinds.keys():
        found += _one("kind", kind.value, old.kinds.get(kind), new.kinds.get(kind))
    for name in NUMBERS:
        found += _one("number", name, getattr(old, name), getattr(new, name))
    for stage in STAGES:
        found += _one("stage_days", stage.value, old.stage_days.get(stage), new.stage_days.get(stage))
    for name in ("amber_days", "red_days", "amber_moves", "red_moves"):
        found += _one("slip", name, getattr(old.slip, name), getattr(new.slip, name))
    return found + _one("evidence", "", tuple(sorted(old.evidence_types)), tuple(sorted(new.evidence_types)))


def _one(area: str, about: str, before: Any, after: Any) -> list[Difference]:
    return [] if before == after else [Difference(area, about, (), before, after)]


def _of_gates(old: Gates, new: Gates) -> Iterator[Difference]:
    for stage in STAGES[1:]:
        for area, of in (
            ("needs", _needs), ("passes", lambda gate: tuple(sorted(gate.passes))),
            ("overrides", lambda gate: tuple(sorted(gate.overrides))), ("enters", lambda gate: gate.enters),
        ):  # fmt: skip
            yield from _of_types(area, stage.value, lambda table, kind, of=of, stage=stage: of(table.gate(kind, stage)), old, new)


def _needs(gate: Any) -> tuple[Need, ...]:
    return tuple(gate.needs)


def _of_types(area: str, about: str, said: Callable[..., Any], old: Gates, new: Gates) -> list[Difference]:
    groups: dict[tuple[Any, Any], list[str]] = {}
    for kind in ProjectType:
        before, after = said(old, kind), said(new, kind)
        if before != after and not (area == "needs" and set(before) == set(after)):
            groups.setdefault((before, after), []).append(kind.value)
    return [Difference(area, about, tuple(types), before, after) for (before, after), types in groups.items()]
