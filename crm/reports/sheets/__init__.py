"""The reports' Word templates: which fields each may use, where the product's own lie."""

from dataclasses import dataclass
from pathlib import Path

from crm.core import papers
from crm.core.papers import DOCX, fill

_ALWAYS = frozenset({"title", "subtitle", "serial", "notice", "mark", "notes", "heads", "none"})


@dataclass(frozen=True, slots=True)
class Template:
    """A template by its file name, with the fields that it may use."""

    name: str
    fields: frozenset[str]

    def checked(self, folder: str) -> bytes:
        """The office's own in `folder` when there is one, else the product's. Raises TemplateUnfit."""
        return papers.checked(Path(__file__).parents[1] / "data" / self.name, Path(folder) / self.name, self.fields)


LEADER = Template("leader.docx", _ALWAYS | {"figures", "basis", "changes", "matters", "sponsored", "tasks"})
BRIEF = Template("brief.docx", _ALWAYS | {"facts", "path", "money", "progress", "open", "next"})

__all__ = ["BRIEF", "DOCX", "LEADER", "Template", "fill"]
