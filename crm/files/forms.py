"""Files that come with a form."""

from typing import Any

from crm.files.rules import FileRefused, check_file
from crm.web import refusals


def read_uploads(field: Any) -> list[tuple[str, bytes]]:
    """The uploaded files of a field, checked; each refusal becomes an error of the field."""
    kept: list[tuple[str, bytes]] = []
    for upload in field.data or []:
        if not getattr(upload, "filename", ""):
            continue
        content = upload.read()
        try:
            check_file(upload.filename, content)
        except FileRefused as refusal:
            field.errors = [*field.errors, refusals.sentence(refusal)]
        else:
            kept.append((upload.filename, content))
    return kept
