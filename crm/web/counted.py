"""One day, two days: an English text says what follows its number in both ways, `"%(n)s {day|days} late"`.

Chinese counts without a plural, so the source texts need none. The braces belong to the last placeholder before them: its value
1 takes the first way, every other value ("1,204", "1,000+", 0) the second.
"""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import Domain

_TOKEN = re.compile(r"%\((\w+)\)s|\{([^{}|]*)\|([^{}|]*)\}")


def is_counted(text: str) -> bool:
    """Whether a text has two ways to go on after a number."""
    return any(token[1] is None for token in _TOKEN.finditer(text))


def chosen(text: str, values: Mapping[str, Any]) -> str:
    """The text with the way that its values ask for; its placeholders stand as they were."""
    last = ""

    def way(token: re.Match[str]) -> str:
        nonlocal last
        if token[1] is not None:
            last = token[1]
            return token[0]
        return token[2] if str(values.get(last)) == "1" else token[3]

    return _TOKEN.sub(way, text)


class Counted(str):
    """A text that chooses its way when its values are filled in."""

    def __str__(self) -> str:
        return self  # a lazy text asks for it, and must not lose the choice

    def __mod__(self, values: Any) -> str:
        return chosen(self, values) % values


class CountedDomain(Domain):  # type: ignore[misc]
    """The texts as Flask-Babel reads them, those with two ways as `Counted`."""

    def gettext(self, string: str, **variables: Any) -> str:
        """The text in the language of the request, filled in where values are given."""
        text = self.get_translations().ugettext(string)
        text = Counted(text) if is_counted(text) else text
        return text % variables if variables else text
