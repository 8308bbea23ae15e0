"""Icons: one sprite drawn by us, one weight, only the icons that are used."""

from functools import cache

from flask import request, url_for
from markupsafe import Markup

_DRAWING = Markup('<svg class="ob-ic" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>')


def icon(name: str) -> Markup:
    """The icon as an inline reference; always beside or inside something that has a word."""
    return _drawn(request.script_root, name)


@cache
def _drawn(_root: str, name: str) -> Markup:
    return _DRAWING.format(url_for("static", filename="img/icons.svg"), name)
