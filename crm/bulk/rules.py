"""What may be done to many leads at once, how many, what stops one of them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crm.core.errors import AlreadyDone, Refusal
from crm.core.money import tenfold

CAP = 500  # leads in one run
AT_ONCE = 50  # so many are done while one waits; more are a job
CHUNK = 20  # leads that a job does in one transaction


class Act(StrEnum):
    """To another owner of the unit; its clusters; a next step with its day; shared with a unit; as a workbook."""

    OWNER = "owner"
    CLUSTER = "cluster"
    NEXT = "next"
    SHARE = "share"
    EXPORT = "export"


class Cell(StrEnum):
    """What else is changed where it stands in the list: the total investment (or the band), the day of the next milestone."""

    TOTAL = "total"
    EXPECTED = "expected"


UNDOABLE = frozenset({Act.OWNER, Act.CLUSTER})  # what was before is known, and put back by the same act


class RunState(StrEnum):
    """ready: seen, not done; running; done."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"


class ItemState(StrEnum):
    """waiting: it will be done; done; skipped: and why."""

    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"


class NothingChosen(Refusal):
    """No lead was chosen, or none that this person reads."""

    code = "bulk_nothing"


class NothingToDo(Refusal):
    """All of them would be skipped."""

    code = "bulk_all_skipped"


class RunOver(AlreadyDone):
    """The run was begun before, or its counter-act."""

    code = "bulk_over"


class Unchanged(Refusal):
    """It is so already."""

    code = "bulk_unchanged"


class LeadEnded(Refusal):
    """The lead has ended: resume it first."""

    code = "bulk_ended"


class OtherUnit(Refusal):
    """The person does not work in the line of the unit that follows the lead."""

    code = "bulk_other_unit"


class ChangedSince(Refusal):
    """Somebody changed the lead since the run was seen, or since what is to be undone."""

    code = "bulk_changed"


class Gone(Refusal):
    """The lead was merged away, or this person reads it no more."""

    code = "bulk_gone"


class NotYours(Refusal):
    """This person may read the lead, and not do this to it."""

    code = "bulk_not_yours"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done: the fields of its act alone are filled."""

    owner_id: int | None = None
    cluster_ids: tuple[int, ...] = ()
    step: str = ""
    due_on: date | None = None
    unit_id: int | None = None
    role: str = ""
    level: str = ""
    tier: str = ""
    until: date | None = None
    note: str = ""

    def to_json(self) -> dict[str, object]:
        """As it is stored."""
        return {
            "owner_id": self.owner_id, "cluster_ids": list(self.cluster_ids), "step": self.step, "unit_id": self.unit_id,
            "due_on": self.due_on.isoformat() if self.due_on else None, "role": self.role, "level": self.level,
            "tier": self.tier, "until": self.until.isoformat() if self.until else None, "note": self.note,
        }  # fmt: skip

    @staticmethod
    def from_json(stored: dict[str, object]) -> "Wanted":
        """As it was stored."""
        day = {name: date.fromisoformat(str(stored[name])) if stored.get(name) else None for name in ("due_on", "until")}
        ids = stored.get("cluster_ids") or []
        assert isinstance(ids, list)
        owner, unit = stored.get("owner_id"), stored.get("unit_id")
        return Wanted(
            owner if isinstance(owner, int) else None, tuple(ids), str(stored.get("step") or ""), day["due_on"],
            unit if isinstance(unit, int) else None, str(stored.get("role") or ""), str(stored.get("level") or ""),
            str(stored.get("tier") or ""), day["until"], str(stored.get("note") or ""),
        )  # fmt: skip


class TenfoldTotal(Refusal):
    """The sum is ten times the one before, or a tenth: to be sent again if it is meant. `facts`: times."""

    code = "bulk_tenfold"


def check_jump(old_cny: int | None, new_cny: int | None) -> None:
    """Raise TenfoldTotal where a sum jumps by a digit or more: 万 for 亿, a zero too many."""
    if not old_cny or not new_cny:
        return
    if times := tenfold(new_cny, old_cny):
        raise TenfoldTotal(times=f"{abs(times):,}", up=times > 0)


class FieldMoved(AlreadyDone):
    """Somebody changed the same field since it was opened."""

    code = "field_moved"
