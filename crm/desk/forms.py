"""The pipeline list's question as a URL says it: every parameter is optional, what makes no sense is left out."""

from collections.abc import Callable
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from crm.events.rules import LinkRole
from crm.leads.rules.lead import Stage
from crm.leads.rules.listing import (
    CLAIM_MARKS,
    COLUMNS,
    DEFAULT_COLUMNS,
    MISSING,
    PAGE_SIZES,
    STATUSES,
    Grouped,
    Question,
    Scope,
    Sort,
)

_FEN_PER_YI = 10_000_000_000
BANDS = {"lt1": (None, 1), "1to5": (1, 5), "5to10": (5, 10), "10to50": (10, 50), "gt50": (50, None)}


def question_from(args: "MultiDict[str, str]", *, default_scope: Scope) -> Question:
    """What the list is asked, read from the URL."""
    asked = args.to_dict()  # a MultiDict makes an error, and catches it, of each of the thirty that are not there
    low, high = BANDS.get(asked.get("band", ""), (None, None))
    return Question(
        stage=_stage(asked.get("stage", "")),
        scope=_one_of(Scope, asked.get("scope"), default_scope),
        text=asked.get("q", "").strip()[:80],
        unit_id=_number(asked.get("unit")),
        unit_only=asked.get("unit_only") == "yes",
        district_id=_number(asked.get("district")),
        cluster_id=_number(asked.get("cluster")),
        event_id=_number(asked.get("event")),
        event_role=asked.get("event_as") if asked.get("event_as") in set(LinkRole) else None,
        primary=asked.get("primary") == "yes",
        untagged=asked.get("cluster") == "none",
        country=_country(asked.get("country")),
        owner_id=_number(asked.get("owner")),
        min_cny=low * _FEN_PER_YI if low else None,
        max_cny=high * _FEN_PER_YI if high else None,
        registered_from=_day(asked.get("from")),
        registered_to=_day(asked.get("to")),
        admitted={"yes": True, "no": False}.get(asked.get("admitted", "")),
        admitted_from=_day(asked.get("admitted_from")),
        admitted_to=_day(asked.get("admitted_to")),
        idle=_idle(asked.get("idle")),
        late=asked.get("expected") == "late",
        slipped=_slipped(asked.get("expected")),
        overdue=asked.get("overdue") == "yes",
        unchecked=asked.get("unchecked") == "yes",
        to_coordinate=asked.get("coordinate") == "yes",
        disputed=asked.get("disputed") == "yes",
        claim=asked.get("claim", "") if asked.get("claim") in CLAIM_MARKS else "",
        reached=Stage(asked["reached"]) if asked.get("reached") in set(Stage) else None,
        missing=tuple(fact for fact in MISSING if fact in args.getlist("missing")),
        unsealed=asked.get("coded") == "no",
        status=asked.get("status") if asked.get("status") in STATUSES else None,
        import_id=_number(asked.get("import")),
        sort=_one_of(Sort, asked.get("sort"), Sort.RECENT),
        descending=asked.get("dir") != "asc",
        page=min(max(_number(asked.get("page")) or 1, 1), 100_000),
        size=_size(asked.get("size")),
        columns=tuple(c for c in COLUMNS if c in args.getlist("col")) or DEFAULT_COLUMNS,
        exact=asked.get("count") == "exact",
        group=_one_of(Grouped, asked.get("group"), None),
    )


def _stage(value: str) -> Stage | None:
    if value == "all":
        return None
    return Stage(value) if value in set(Stage) else Stage.NEGOTIATING


def _one_of(kind: Any, value: str | None, default: Any) -> Any:
    return kind(value) if value in set(kind) else default


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) <= 9 else None


def _idle(value: str | None) -> int | None:
    number = _number(value)
    return number if number is not None and 1 <= number <= 3650 else None


def _slipped(value: str | None) -> int | None:
    number = _number(value)
    return number if number is not None and 1 <= number <= 3650 else None


def _size(value: str | None) -> int:
    number = _number(value)
    return number if number in PAGE_SIZES else 50


def _country(value: str | None) -> str | None:
    return value if value and len(value) == 2 and value.isascii() and value.isupper() else None


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


_VALUES: dict[str, Callable[[str], bool]] = {
    "stage": lambda value: value == "all" or value in set(Stage),
    "scope": lambda value: value in set(Scope),
    "unit": lambda value: _number(value) is not None,
    "district": lambda value: _number(value) is not None,
    "cluster": lambda value: value == "none" or _number(value) is not None,
    "event": lambda value: _number(value) is not None,
    "event_as": lambda value: value in set(LinkRole),
    "owner": lambda value: _number(value) is not None,
    "country": lambda value: _country(value) is not None,
    "band": lambda value: value in BANDS,
    "from": lambda value: _day(value) is not None,
    "to": lambda value: _day(value) is not None,
    "admitted": lambda value: value in ("yes", "no"),
    "admitted_from": lambda value: _day(value) is not None,
    "admitted_to": lambda value: _day(value) is not None,
    "idle": lambda value: _idle(value) is not None,
    "expected": lambda value: value == "late" or _slipped(value) is not None,
    "claim": lambda value: value in CLAIM_MARKS,
    "reached": lambda value: value in set(Stage),
    "status": lambda value: value in STATUSES,
    "missing": lambda value: value in MISSING,
    "sort": lambda value: value in set(Sort),
    "col": lambda value: value in COLUMNS,
    "group": lambda value: value in set(Grouped),
}


def makes_sense(name: str, value: str) -> bool:
    """Whether a parameter of an address says something to the list: what an older product kept, or a hand wrote, may not."""
    return name not in _VALUES or _VALUES[name](value)
