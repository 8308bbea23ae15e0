"""An edition's templates, for Word and for a pdf: which fields they may use, where the product's own lie."""

from pathlib import Path

from crm.core import papers
from crm.core.typeset import Template

TEMPLATE = "edition.docx"
FIELDS = frozenset({
    "title", "number", "period", "as_of", "office", "frozen", "serial", "notice", "mark", "notes", "basis", "overview", "heads",
    "groups", "watermark", "lang",
})  # fmt: skip
_DATA = Path(__file__).parents[1] / "data"
_SHIPPED = _DATA / TEMPLATE
PRINTED = Template("edition.typ", _DATA / "edition.typ", FIELDS, tagged=False)


def checked(own: Path | None) -> bytes:
    """The template to fill: the office's own, else the product's. Raises TemplateUnfit."""
    return papers.checked(_SHIPPED, own, FIELDS)
