"""What the pages' addresses ask, and the form that freezes an edition."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired, Optional

from crm.batches.queries import editions
from crm.batches.rules.comparing import Change
from crm.batches.rules.periods import EditionKind, Period
from crm.batches.rules.rolling import Batch, Window
from crm.units import queries as units
from crm.web.forms import Form, once_field

PAGE_SIZES = (20, 50, 100)


@dataclass(frozen=True, slots=True)
class Filters:
    """What every page here asks: a following unit, a primary cluster (0: those without), which page."""

    unit_id: int | None = None
    unit_path: str | None = None
    cluster_id: int | None = None
    page: int = 1
    size: int = 50


def filters_from(args: "MultiDict[str, str]") -> Filters:
    """What the address says; what makes no sense is left out."""
    unit_id = number(args.get("unit"))
    path = next((unit.path for unit in units.tree() if unit.id == unit_id), None) if unit_id is not None else None
    cluster = 0 if args.get("cluster") == "none" else number(args.get("cluster"))
    size = number(args.get("size"))
    page = min(max(number(args.get("page")) or 1, 1), 100_000)
    return Filters(unit_id if path else None, path, cluster, page, size if size in PAGE_SIZES else 20)


def batch_from(args: "MultiDict[str, str]") -> Batch:
    """Which batch; the first when none is named."""
    value = args.get("batch", "")
    return Batch(value) if value in set(Batch) else Batch.NEGOTIATING


def window_from(args: "MultiDict[str, str]") -> Window:
    """In which period conversion is looked at."""
    value = args.get("window", "")
    return Window(value) if value in set(Window) else Window.TWELVE


def rows_from(args: "MultiDict[str, str]", filters: Filters) -> editions.Asked:
    """Which rows of an edition."""
    change = args.get("change", "")
    return editions.Asked(
        tab=args.get("tab") if args.get("tab") in editions.TABS else Batch.NEGOTIATING.value, unit_path=filters.unit_path,
        cluster_id=filters.cluster_id, change=Change(change) if change in set(Change) else None, idle=args.get("idle") == "yes",
        adjusted=args.get("adjusted") == "yes", slipped=args.get("slipped") == "yes", page=filters.page, size=filters.size,
    )  # fmt: skip


def number(value: str | None) -> int | None:
    """A whole number of an address, None for anything else."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) <= 9 else None


class FreezeForm(Form):
    """定稿: of which period; `sure`: what will be frozen was looked at."""

    period = SelectField(_l("期间"), choices=[], validators=[InputRequired(_l("请选择"))])
    sure = HiddenField(validators=[Optional()])
    once = once_field()

    def offer(self, periods: list[tuple[Period, Any]]) -> "FreezeForm":
        """The periods that may be frozen, and what they are called."""
        self.period.choices = [(f"{one.kind.value}.{one.first.isoformat()}", label) for one, label in periods]
        return self

    def to_period(self) -> tuple[EditionKind, date]:
        """What was chosen."""
        kind, _dot, first = (self.period.data or "").partition(".")
        return EditionKind(kind), date.fromisoformat(first)
