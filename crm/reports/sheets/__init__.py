"""The reports' templates, for Word and for a pdf: which fields each may use, where the product's own lie."""

from pathlib import Path

from crm.core.papers.filling import DOCX, fill
from crm.core.typeset import PDF
from crm.core.typeset import Template as Printed
from crm.stationery.rules import Paper, register

_ALWAYS = frozenset({"title", "subtitle", "serial", "notice", "mark", "notes", "heads", "none", "watermark", "lang"})
_DATA = Path(__file__).parents[1] / "data"

LEADER = register(Paper("leader", _DATA, _ALWAYS | {"figures", "basis", "changes", "matters", "sponsored", "tasks"}))
BRIEF = register(Paper("brief", _DATA, _ALWAYS | {"facts", "path", "money", "progress", "open", "next"}))

LEADER_PDF = Printed("leader.typ", _DATA / "leader.typ", LEADER.fields)
BRIEF_PDF = Printed("brief.typ", _DATA / "brief.typ", BRIEF.fields)

__all__ = ["BRIEF", "BRIEF_PDF", "DOCX", "LEADER", "LEADER_PDF", "PDF", "Printed", "fill"]
