"""Icons: one SVG sprite made at set-up from the kit's set, one weight, only the icons that are used."""

from flask import url_for
from markupsafe import Markup

_DRAWING = Markup('<svg class="ob-icon" width="20" height="20" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>')


def icon(name: str) -> Markup:
    """The icon as an inline reference; always beside or inside something that has a word."""
    return _DRAWING.format(url_for("static", filename="vendor/icons.svg"), name)
