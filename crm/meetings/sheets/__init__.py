"""A pack's templates, for Word and for a pdf: which fields they may use, where the product's own lie."""

from pathlib import Path

from crm.core import papers
from crm.core.papers import DOCX, fill
from crm.core.typeset import PDF, Template

_DATA = Path(__file__).parents[1] / "data"
WORD = "meeting.docx"
FIELDS = frozenset({
    "title", "subtitle", "office", "serial", "notice", "mark", "watermark", "lang", "none", "basis", "overview", "sections", "notes",
    "heads",
})  # fmt: skip
PRINTED = Template("meeting.typ", _DATA / "meeting.typ", FIELDS)


def checked(folder: str) -> bytes:
    """The Word template to fill: the office's own in `folder`, else the product's. Raises TemplateUnfit."""
    return papers.checked(_DATA / WORD, Path(folder) / WORD, FIELDS)


__all__ = ["DOCX", "FIELDS", "PDF", "PRINTED", "WORD", "checked", "fill"]
