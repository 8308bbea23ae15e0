"""A pack's templates, for Word and for a pdf: which fields they may use, where the product's own lie."""

from pathlib import Path

from crm.core.papers.filling import DOCX, fill
from crm.core.typeset import PDF, Template
from crm.stationery.rules import Paper, register

_DATA = Path(__file__).parents[1] / "data"
FIELDS = frozenset({
    "title", "subtitle", "office", "serial", "notice", "mark", "watermark", "lang", "none", "basis", "overview", "sections", "notes",
    "heads",
})  # fmt: skip
WORD = register(Paper("meeting", _DATA, FIELDS))
PRINTED = Template("meeting.typ", _DATA / "meeting.typ", FIELDS)

__all__ = ["DOCX", "FIELDS", "PDF", "PRINTED", "WORD", "fill"]
