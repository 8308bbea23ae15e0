"""Gates: what must be there before a lead moves on, read from one table; what of it is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from crm.leads.rules.lead import STAGES, ProjectType, Stage
from crm.pipeline.rules.expected import SlipLimits
from crm.pipeline.rules.milestones import Kind, KindRule

TYPE_UNSAID = ProjectType.BUILDING  # the path that is shown until somebody says the type
Where = Literal["edit", "tags", "milestones"]


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that must be there: a field of the lead, or one of some milestones, with a file, confirmed."""

    field: str | None = None
    milestones: tuple[Kind, ...] = ()
    evidence: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """What stands before a stage for projects of some types. `enters`: the milestone by which a lead gets there, one of these."""

    types: tuple[ProjectType, ...]
    to: Stage
    needs: tuple[Need, ...] = ()
    enters: tuple[Kind, ...] = ()
    passes: frozenset[str] = frozenset()
    overrides: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Gates:
    """The whole table. Days are working days where their name says so, else calendar days."""

    version: str
    valid_from: date
    source: str
    kinds: Mapping[Kind, KindRule]
    paths: Mapping[ProjectType, tuple[Kind, ...]]
    gates: tuple[Gate, ...]
    evidence_types: tuple[str, ...]
    override_days: int
    override_days_at_most: int
    review_working_days: int
    confirm_working_days: int
    stage_days: Mapping[Stage, int]
    stage_days_near: int
    slip: SlipLimits

    @property
    def counted(self) -> frozenset[Kind]:
        """The milestones that count: those that a second pair of eyes confirms."""
        return frozenset(kind for kind, rule in self.kinds.items() if rule.confirmed)

    def path(self, project_type: ProjectType | None) -> tuple[Kind, ...]:
        """The milestones of a type, in order."""
        return self.paths[project_type or TYPE_UNSAID]

    def gate(self, project_type: ProjectType | None, to: Stage) -> Gate:
        """The gate before a stage. The first stage has none: an empty one."""
        kind = project_type or TYPE_UNSAID
        return next((gate for gate in self.gates if gate.to is to and kind in gate.types), Gate((kind,), to))

    def between(self, project_type: ProjectType | None, old: Stage, to: Stage) -> tuple[Gate, ...]:
        """The gates that a move forward goes through, in order; none for a move backward."""
        return tuple(self.gate(project_type, stage) for stage in STAGES[STAGES.index(old) + 1 : STAGES.index(to) + 1])

    def expectable(self, project_type: ProjectType | None) -> tuple[Kind, ...]:
        """The milestones of a type of which a day may be promised: those of its path that count."""
        return tuple(kind for kind in self.path(project_type) if self.kinds[kind].confirmed)

    def stage_of(self, project_type: ProjectType | None, kind: Kind) -> Stage | None:
        """The stage into which a milestone of this kind leads, None when it leads into none."""
        found = [stage for stage in STAGES if kind in self.gate(project_type, stage).enters]
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is not there. code: field, milestone, evidence or confirmation. what: the field's name, or the kinds of
    milestone, any of which will do, joined by "|". where: the place to mend it (edit, tags, milestones).
    """

    code: str
    what: str
    where: Where
    stage: Stage

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The milestones that would do; none for a field."""
        return () if self.code == "field" else tuple(Kind(part) for part in self.what.split("|"))

    def as_data(self) -> dict[str, str]:
        """As it is stored with an override."""
        return {"code": self.code, "what": self.what, "where": self.where, "stage": self.stage.value}

    @classmethod
    def of_data(cls, data: Mapping[str, str]) -> "Missing":
        """Back from there."""
        return cls(data["code"], data["what"], data["where"], Stage(data["stage"]))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Shown:
    """A milestone that holds, as a gate sees it."""

    evidence: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class LeadState:
    """What of a lead a gate looks at: which fields are filled, which milestones hold."""

    project_type: ProjectType | None = None
    filled: frozenset[str] = frozenset()
    milestones: Mapping[Kind, Shown] = field(default_factory=dict)


def missing(gates: tuple[Gate, ...], state: LeadState) -> list[Missing]:
    """What is not there of all that these gates need, each thing once, in their order."""
    found: dict[tuple[str, str], Missing] = {}
    for gate in gates:
        for need in gate.needs:
            one = _lacks(need, gate.to, state)
            if one is not None:
                found.setdefault((one.code, one.what), one)
    return simplified(found.values())


def simplified(found: Iterable[Missing]) -> list[Missing]:
    """Without what is settled along with another thing that is missing: one of several milestones, where one of them is needed
    for itself.
    """
    every = list(found)
    alone = {one.what for one in every if one.code == "milestone" and len(one.kinds) == 1}
    return [one for one in every if len(one.kinds) < 2 or one.code != "milestone" or not alone & set(one.kinds)]


def _lacks(need: Need, stage: Stage, state: LeadState) -> Missing | None:
    if need.field is not None:
        where: Where = "tags" if need.field == "cluster" else "edit"
        return None if need.field in state.filled else Missing("field", need.field, where, stage)
    what = "|".join(need.milestones)
    there = [state.milestones[kind] for kind in need.milestones if kind in state.milestones]
    if not there:
        return Missing("milestone", what, "milestones", stage)
    if need.evidence and not any(one.evidence for one in there):
        return Missing("evidence", what, "milestones", stage)
    if need.confirmed and not any(one.confirmed for one in there):
        return Missing("confirmation", what, "milestones", stage)
    return None
