"""The reports' templates, for Word and for a pdf: which fields each may use, where the product's own lie."""

from dataclasses import dataclass
from pathlib import Path

from crm.core import papers
from crm.core.papers import DOCX, fill
from crm.core.typeset import PDF
from crm.core.typeset import Template as Printed

_ALWAYS = frozenset({"title", "subtitle", "serial", "notice", "mark", "notes", "heads", "none", "watermark", "lang"})
_DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True, slots=True)
class Template:
    """A template by its file name, with the fields that it may use."""

    name: str
    fields: frozenset[str]

    def checked(self, folder: str) -> bytes:
        """The office's own in `folder` when there is one, else the product's. Raises TemplateUnfit."""
        return papers.checked(_DATA / self.name, Path(folder) / self.name, self.fields)


LEADER = Template("leader.docx", _ALWAYS | {"figures", "basis", "changes", "matters", "sponsored", "tasks"})
BRIEF = Template("brief.docx", _ALWAYS | {"facts", "path", "money", "progress", "open", "next"})

LEADER_PDF = Printed("leader.typ", _DATA / "leader.typ", LEADER.fields)
BRIEF_PDF = Printed("brief.typ", _DATA / "brief.typ", BRIEF.fields)

__all__ = ["BRIEF", "BRIEF_PDF", "DOCX", "LEADER", "LEADER_PDF", "PDF", "Printed", "Template", "fill"]
