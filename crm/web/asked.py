"""What a request brings, as far as it can be stored or asked about: no door has to think of NUL, of a part without a name, of a
number that no column holds.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import UnicodeConverter, ValidationError

_LARGEST = 2**31 - 1  # of a page, a year, the number of a row: SQLite takes nothing above 2**63


class Asked(ImmutableMultiDict[str, Any]):
    """Fields of an address or of a form. PostgreSQL takes no NUL in a text, and a part of a broken multipart body has no name."""

    def __init__(self, mapping: Any = None) -> None:
        pairs = MultiDict(mapping).items(multi=True)
        super().__init__([(_storable(name), _storable(value)) for name, value in pairs if name is not None])

    def get(  # type: ignore[override]
        self, key: str, default: Any = None, type: Callable[[Any], Any] | None = None
    ) -> Any:  # fmt: skip
        """The first value; the default as well for a number that is out of all bounds."""
        found = super().get(key, default, type)
        return default if type is int and isinstance(found, int) and abs(found) > _LARGEST else found


def _storable(value: Any) -> Any:
    return value.replace("\x00", "") if isinstance(value, str) else value


class BoardRequest(Request):
    """A request whose fields are such."""

    parameter_storage_class = Asked


class Word(UnicodeConverter):
    """A part of an address: one with a NUL names nothing."""

    def to_python(self, value: str) -> str:
        """As it is; no match for NUL."""
        if "\x00" in value:
            raise ValidationError
        return super().to_python(value)


def register(app: Flask) -> None:
    """Before any door is hung."""
    app.request_class = BoardRequest
    app.url_map.converters["string"] = Word
