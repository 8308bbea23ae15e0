"""The papers that have a Word template. Each room tells of its own; this room knows none of them by name."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from crm.core.errors import NotFound

_papers: dict[str, "Paper"] = {}


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper: its code, the folder where its room's data lie, the fields that a template of it may use. Beside the
    product's template (`<key>.docx`) stands an example of what it is filled with (`<key>.example.json`).
    """

    key: str
    data: Path
    fields: frozenset[str]

    @property
    def name(self) -> str:
        """What the file is called, here and in a folder of an office's own."""
        return f"{self.key}.docx"

    @property
    def shipped(self) -> Path:
        """The product's own template."""
        return self.data / self.name

    @property
    def example(self) -> dict[str, Any]:
        """Facts as the paper is filled with, invented: every field, every list with something in it."""
        return _example(self.data / f"{self.key}.example.json")


@cache
def _example(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def register(paper: Paper) -> Paper:
    """Tell of a paper; the same again."""
    _papers[paper.key] = paper
    return paper


def papers() -> list[Paper]:
    """All of them, in the order of their codes."""
    return [_papers[key] for key in sorted(_papers)]


def named(key: str) -> Paper:
    """The paper of a code. Raises NotFound."""
    if key not in _papers:
        raise NotFound
    return _papers[key]
