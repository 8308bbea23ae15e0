"""A return on paper: its Word template and the fields that this may use."""

from pathlib import Path

from crm.stationery.rules import Paper, register

FIELDS = frozenset({
    "title", "unit", "period", "version", "state", "office", "handed", "serial", "notice", "mark", "watermark", "notes", "sections",
})  # fmt: skip
RETURN = register(Paper("return", Path(__file__).parents[1] / "data", FIELDS))
