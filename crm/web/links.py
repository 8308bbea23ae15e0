"""Addresses within a page: its own question with something changed."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for


def link_to(endpoint: str, **fixed: Any) -> Callable[..., str]:
    """Gives an address with this page's question and some parameters changed (None takes one out), back at the first page."""
    path = url_for(endpoint, **fixed)
    asked = {key: _encoded(key, values) for key, values in request.args.lists() if values != [""] and key != "page"}

    def link(**changes: Any) -> str:
        parts = asked | {key: _encoded(key, value) for key, value in changes.items()}
        query = "&".join(part for part in parts.values() if part)
        return f"{path}?{query}" if query else path

    return link


def _encoded(key: str, value: Any) -> str:
    """A parameter of an address; none for None. `key` is ours where `value` is no list. A page has hundreds of addresses: what
    need not be quoted is not looked at letter by letter.
    """
    if value is None:
        return ""
    if type(value) is int or (isinstance(value, str) and value.isascii() and value.isalnum()):
        return f"{key}={value}"
    return urlencode({key: value}, doseq=True)
