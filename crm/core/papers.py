"""Filling a Word template. The office may put its own in the place of the product's: it is a stranger's file, so it is filled in
a sandbox, and an unknown field is named before anything is written.
"""

import zipfile
from collections.abc import Set
from io import BytesIO
from pathlib import Path
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml.etree import XMLSyntaxError

from crm.core.errors import TemplateUnfit

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BROKEN = (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile, XMLSyntaxError, OSError)


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def checked(shipped: Path, own: Path | None, fields: Set[str]) -> bytes:
    """The template to fill: the office's own, when there is one, else the product's. Raises TemplateUnfit when it is no Word
    file, cannot be read, or asks for what is none of the `fields`.
    """
    content = (own if own is not None and own.exists() else shipped).read_bytes()
    try:
        asked: set[str] = DocxTemplate(BytesIO(content)).get_undeclared_template_variables(jinja_env=_environment())
    except TemplateError as error:
        raise TemplateUnfit(what=str(error)[:200]) from None
    except _BROKEN as error:
        raise TemplateUnfit(what=type(error).__name__) from None
    if asked - fields:
        raise TemplateUnfit(what=", ".join(sorted(asked - fields))[:200])
    return content


def fill(template: bytes, facts: dict[str, Any]) -> BytesIO:
    """The template with the facts in it. Raises TemplateUnfit for what only shows when it is filled."""
    paper, content = DocxTemplate(BytesIO(template)), BytesIO()
    try:
        paper.render(facts, jinja_env=_environment(), autoescape=True)
    except TemplateError as error:
        raise TemplateUnfit(what=str(error)[:200]) from None
    paper.save(content)
    content.seek(0)
    return content
