"""Which places and holding words only one of two names says, wherever in the name it says them."""

from functools import cache

from crm.matching.rules import wordlists
from crm.matching.rules.kinds import NameForms
from crm.matching.rules.normalise import canonical_place
from crm.matching.rules.scripts import letters_of

_SHORT = 3  # so few Latin letters stand in many a word


@cache
def _called() -> dict[str, tuple[str, ...]]:
    """What each place is called, in signs and in Latin letters without spaces."""
    found: dict[str, set[str]] = {}
    for word in wordlists.places_zh() | wordlists.places_en():
        if not word.isascii() or len(word) > _SHORT:
            found.setdefault(canonical_place(word), set()).add(word.replace(" ", ""))
    return {place: tuple(sorted(words)) for place, words in found.items()}


def _speaks_of(forms: NameForms, place: str) -> bool:
    return any(word in forms.whole for word in _called().get(place, ()))


def places_of(a: NameForms, b: NameForms) -> tuple[frozenset[str], frozenset[str]]:
    """The places of two names. One that the other name speaks of as well is a place of both, whether cut off it or not:
    南京钢铁 keeps its place, because nothing but a trade would be left, Nanjing Iron & Steel does not.
    """
    mine, yours = a.places | a.head_places, b.places | b.head_places
    if mine == yours:
        return mine, yours
    here = frozenset(place for place in yours - mine if _speaks_of(a, place))
    there = frozenset(place for place in mine - yours if _speaks_of(b, place))
    return mine | here, yours | there


@cache
def _holding_ends() -> tuple[str, ...]:
    return tuple(letters_of(word) for word in wordlists.holding_words())


def says_holding(forms: NameForms) -> bool:
    """Whether a name ends with a holding word, be it the brand's own: Warner Music Group."""
    return forms.holding or forms.whole.endswith(_holding_ends())
