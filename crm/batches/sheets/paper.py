"""An edition's Word template: which fields it may use, where the product's own lies."""

from pathlib import Path

from crm.core import papers

TEMPLATE = "edition.docx"
FIELDS = frozenset({
    "title", "number", "period", "as_of", "office", "frozen", "serial", "notice", "mark", "notes", "basis", "overview", "heads",
    "groups",
})  # fmt: skip
_SHIPPED = Path(__file__).parents[1] / "data" / TEMPLATE


def checked(own: Path | None) -> bytes:
    """The template to fill: the office's own, else the product's. Raises TemplateUnfit."""
    return papers.checked(_SHIPPED, own, FIELDS)
