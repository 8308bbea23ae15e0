"""Filling a Word template. The office may put its own in the place of the product's: it is a stranger's file, so it is filled in
a sandbox, and an unknown field is named before anything is written.
"""

import re
import zipfile
from collections.abc import Set
from io import BytesIO
from pathlib import Path
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.ext import Extension
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml.etree import XMLSyntaxError
from markupsafe import escape

from crm.core.errors import TemplateUnfit

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What a file that is no Word document raises on opening, and what a template's own sums and texts raise on filling.
BROKEN = (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile, XMLSyntaxError, OSError)
FILLING = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, XMLSyntaxError)
_NONE, _SAID = re.compile(r"\{\{\s*none\s*\}\}"), "_nothing"


class _Nothing(Extension):
    """{{ none }} is a field of ours and a word of the template's language: as the latter it would print "None"."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template with the word for nothing in the place of the field."""
        return _NONE.sub(lambda _found: str(escape(self.environment.globals[_SAID])), source)


def environment(nothing: str = "") -> ImmutableSandboxedEnvironment:
    """What templates are read and filled in: nothing of the machine can be reached, an unknown field is an error. `nothing` is
    what stands where there is none.
    """
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=True, extensions=[_Nothing],
        finalize=lambda value: nothing if value is None else value,
    )  # fmt: skip
    made.globals[_SAID] = nothing
    return made


def checked(shipped: Path, own: Path | None, fields: Set[str]) -> bytes:
    """The template to fill: the office's own, when there is one, else the product's. Raises what `check` raises."""
    return check((own if own is not None and own.exists() else shipped).read_bytes(), fields)


def check(content: bytes, fields: Set[str]) -> bytes:
    """The same template again. Raises TemplateUnfit when it is no Word file, cannot be read, or asks for what is none of the
    `fields`.
    """
    try:
        asked: set[str] = DocxTemplate(BytesIO(content)).get_undeclared_template_variables(jinja_env=environment())
    except TemplateError as error:
        raise TemplateUnfit(what=str(error)[:200]) from None
    except BROKEN as error:
        raise TemplateUnfit(what=type(error).__name__) from None
    if asked - fields:
        raise TemplateUnfit(what=", ".join(sorted(asked - fields))[:200])
    return content


def fill(template: bytes, facts: dict[str, Any]) -> BytesIO:
    """The template with the facts in it. Raises TemplateUnfit for what only shows when it is filled."""
    paper, content = DocxTemplate(BytesIO(template)), BytesIO()
    try:
        paper.render(facts, jinja_env=environment(str(facts.get("none", ""))), autoescape=True)
    except TemplateError as error:
        raise TemplateUnfit(what=str(error)[:200]) from None
    except FILLING as error:
        raise TemplateUnfit(what=f"{type(error).__name__}: {error}"[:200]) from None
    paper.save(content)
    content.seek(0)
    return content
