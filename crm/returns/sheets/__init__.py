"""A return on paper: its Word template and the fields that this may use."""

from pathlib import Path

from crm.core import papers

TEMPLATE = "return.docx"
FIELDS = frozenset({
    "title", "unit", "period", "version", "state", "office", "handed", "serial", "notice", "mark", "notes", "sections",
})  # fmt: skip
SHIPPED = Path(__file__).parents[1] / "data" / TEMPLATE


def checked(own: Path) -> bytes:
    """The template to fill: the office's own when it is there. Raises TemplateUnfit."""
    return papers.checked(SHIPPED, own, FIELDS)
