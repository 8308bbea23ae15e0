"""Whether a free text says who the investor is: any of its names in any spelling, its brand, a contact's name, number or mail."""

import re
from collections.abc import Iterable

from crm.matching.rules import forms_of
from crm.matching.rules.brands import present
from crm.matching.rules.scripts import is_cjk, squeeze

_DIGITS = re.compile(r"\d[\d\s().-]{5,}\d")
_SHORTEST_WORD = 4  # a Latin word of a name that means something alone
_SHORTEST_SOUND = 6  # a Chinese name in pinyin
_HEAD = 3  # characters of a longer Chinese stem by which it is called for short: 瓦尔康 of 瓦尔康高岭


def told_in(texts: Iterable[str | None], names: Iterable[str | None], *, exact: Iterable[str | None] = ()) -> str | None:
    """The first words of the texts that tell one of `names` (firms and brands, in every form) or of `exact` (people, numbers,
    addresses, as they are), as they stand there; None when nothing does.
    """
    wanted = sorted({key for name in names if name for key in _keys_of(name)} | _exact_keys(exact), key=len, reverse=True)
    numbers = {re.sub(r"\D", "", text)[-8:] for text in exact if text and len(re.sub(r"\D", "", text)) >= 7}
    for text in texts:
        found = _in_text(text or "", wanted) or _number_in(text or "", numbers)
        if found:
            return found
    return None


def _keys_of(name: str) -> set[str]:
    forms = forms_of(name)
    keys = {squeeze(name), forms.whole, forms.core, forms.stem}
    first = re.match(r"[^\W\d_]+", name.strip())
    if first and first.group().isascii() and len(first.group()) >= _SHORTEST_WORD and not forms_of(first.group()).concepts:
        keys.add(squeeze(first.group()))
    if forms.han and len(forms.sound) >= _SHORTEST_SOUND:
        keys.add(forms.sound)
    if forms.han and len(forms.stem) > _HEAD:
        keys.add(forms.stem[:_HEAD])
    if forms.brand:
        keys |= {key for key, brand in present().names.items() if brand == forms.brand}
    return {key for key in keys if len(key) >= 2}


def _exact_keys(texts: Iterable[str | None]) -> set[str]:
    return {key for text in texts if text and len(key := squeeze(text)) >= 2 and not key.isdigit()}


def _in_text(text: str, wanted: list[str]) -> str | None:
    """A key that stands in the text: Chinese anywhere, Latin as whole words unless it is long."""
    folded, places = "", []
    for place, char in enumerate(text):
        piece = squeeze(char)
        folded += piece
        places += [place] * len(piece)
    for key in wanted:
        start = folded.find(key)
        while start >= 0:
            first, last = places[start], places[start + len(key) - 1]
            if any(is_cjk(char) for char in key) or _stands_alone(text, first, last):
                return text[first : last + 1]
            start = folded.find(key, start + 1)
    return next((key for key in wanted if len(key) > _SHORTEST_SOUND and key in squeeze(text)), None)


def _stands_alone(text: str, first: int, last: int) -> bool:
    before, after = text[first - 1 : first], text[last + 1 : last + 2]
    return not any(char.isascii() and char.isalnum() for char in before + after)


def _number_in(text: str, numbers: set[str]) -> str | None:
    for found in _DIGITS.finditer(text):
        digits = re.sub(r"\D", "", found.group())
        if any(number in digits for number in numbers):
            return found.group()
    return None
