"""Typesetting a pdf in a process of its own with limits. An office may put its own template in the place of the product's: it is
a stranger's program, so it reads no file but itself and `paper.typ`, opens no connection, may kill that process, never a worker.
"""

import base64
import json
import re
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm.core.errors import TemplateUnfit

PDF = "application/pdf"
SECONDS = 40  # of computing; a busy machine may take longer by the clock
WAIT = 150
MEMORY = 2 * 1024**3
PAPER = Path(__file__).parent / "paper.typ"
_ROOT = Path(__file__).resolve().parents[3]
# What every template may ask for, because `paper.typ` shows it.
SHARED = frozenset({"title", "lang", "mark", "notice", "watermark"})
_FIELD = re.compile(r"\bdata\.([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Template:
    """A template by its file name: where the product's own lies, which fields it may ask of `data`. `tagged`: with the tags that
    readers aloud need; they make a long table eight times as large a file, so those go without.
    """

    name: str
    shipped: Path
    fields: frozenset[str]
    tagged: bool = True

    def own(self, folder: str | Path) -> Path | None:
        """The office's own in `folder`, when there is one."""
        path = Path(folder) / self.name
        return path if path.exists() else None

    def checked(self, folder: str | Path) -> str:
        """The template to set: the office's own, else the product's. Raises TemplateUnfit when it is no text, or asks for an
        unknown field. What only shows when it is set is found by `tried`.
        """
        try:
            text = (self.own(folder) or self.shipped).read_text("utf-8")
        except (UnicodeDecodeError, OSError) as error:
            raise TemplateUnfit(what=f"{self.name}: {type(error).__name__}") from None
        unknown = set(_FIELD.findall(text)) - self.fields - SHARED
        if unknown:
            raise TemplateUnfit(what=f"{self.name}: {', '.join(sorted(unknown))}"[:200])
        return text

    def tried(self, folder: str | Path, facts: Mapping[str, Any]) -> str:
        """The same, and an office's own is set once with these facts before anything is written down. Raises TemplateUnfit."""
        text = self.checked(folder)
        if self.own(folder) is not None:
            self.filled(text, facts)
        return text

    def filled(self, text: str, facts: Mapping[str, Any]) -> bytes:
        """The pdf. Raises TemplateUnfit."""
        return typeset(text, facts, tagged=self.tagged)


def typeset(template: str, facts: Mapping[str, Any], *, tagged: bool = True) -> bytes:
    """The pdf of a template with these facts in its `data`: text stays text, whatever it says. Raises TemplateUnfit: the
    template's error with its line; too slow, too large.
    """
    asked = {"template": template, "paper": PAPER.read_text("utf-8"), "facts": dict(facts), "tagged": tagged}
    program = [sys.executable, "-m", "crm.core.typeset.setter"]
    content = json.dumps(asked, ensure_ascii=True, default=str).encode()
    try:
        done = subprocess.run(
            program, input=content, capture_output=True, timeout=WAIT, preexec_fn=_limits, check=False, cwd=_ROOT
        )
    except subprocess.TimeoutExpired:
        raise TemplateUnfit(what=f"> {WAIT} s") from None
    if done.returncode == 1 and done.stderr:
        raise TemplateUnfit(what=base64.b64decode(done.stderr).decode("utf-8", "replace")[:200])
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise TemplateUnfit(what=f"exit {done.returncode}")
    return done.stdout


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
