"""Which places and holding words only one of two names says, wherever in the name it says them."""

from collections.abc import Collection
from dataclasses import replace
from functools import cache

from crm.matching.rules import wordlists
from crm.matching.rules.kinds import NameForms
from crm.matching.rules.normalise import canonical_place
from crm.matching.rules.scripts import every_reading, is_han, letters_of

_SHORT = 3  # so few Latin letters stand in many a word
_READ = 6  # a Japanese reading of so many letters is no accident


@cache
def _called() -> dict[str, tuple[str, ...]]:
    """What each place is called, in signs and in Latin letters without spaces."""
    found: dict[str, set[str]] = {}
    for word in wordlists.places_zh() | wordlists.places_en():
        if not word.isascii() or len(word) > _SHORT:
            found.setdefault(canonical_place(word), set()).add(word.replace(" ", ""))
        if is_han(word[0]):  # 横浜 is Yokohama
            found[canonical_place(word)] |= {sound for sound in every_reading(word) if len(sound) >= _READ}
    return {place: tuple(sorted(words)) for place, words in found.items()}


@cache
def _first_signs() -> dict[str, frozenset[str]]:
    """With which signs a name in signs may say a place that its Latin form says in full: 杭氧 is Hangzhou Oxygen."""
    found: dict[str, set[str]] = {}
    for word in wordlists.places_zh():
        if is_han(word[0]):
            found.setdefault(canonical_place(word), set()).add(word[0])
    return {place: frozenset(signs) for place, signs in found.items()}


def _speaks_of(forms: NameForms, place: str, other: NameForms) -> bool:
    return speaks_of(forms.whole, forms.words if forms.script == "latin" else None, place, latin_beside=other.script == "latin")


def speaks_of(whole: str, words: Collection[str] | None, place: str, *, latin_beside: bool) -> bool:
    """Whether a name says a place that was cut off another one: by its whole, and by its words if it is a Latin one."""
    if any(word in whole for word in _called().get(place, ())):
        return True
    if words is not None:
        return any(word in words for word in wordlists.said_by().get(place, ()) if word.isascii())
    if not latin_beside:
        return False
    return whole[:1] in _first_signs().get(place, ()) or any(w in whole for w in wordlists.said_by().get(place, ()))


def places_of(a: NameForms, b: NameForms) -> tuple[frozenset[str], frozenset[str]]:
    """The places of two names. One that the other name speaks of as well is a place of both, whether cut off it or not:
    南京钢铁 keeps its place, because nothing but a trade would be left, Nanjing Iron & Steel does not.
    """
    mine, yours = a.places | a.head_places, b.places | b.head_places
    if mine == yours:
        return mine, yours
    here = frozenset(place for place in yours - mine if _speaks_of(a, place, b))
    there = frozenset(place for place in mine - yours if _speaks_of(b, place, a))
    return mine | here, yours | there


@cache
def _holding_ends() -> tuple[str, ...]:
    return tuple(letters_of(word) for word in wordlists.holding_words())


def says_holding(forms: NameForms) -> bool:
    """Whether a name ends with a holding word, be it the brand's own: Warner Music Group."""
    return forms.holding or ends_with_holding(forms.whole)


def ends_with_holding(whole: str) -> bool:
    """The same of a name's whole alone."""
    return whole.endswith(_holding_ends())


def without(forms: NameForms, gone: frozenset[str], holding: bool) -> NameForms:
    """The forms as if the name did not say these places, or, with `holding`, had no holding word."""
    mine = (forms.places | forms.head_places) & gone
    word = next((w for w in wordlists.holding_words() if forms.holding and forms.whole.endswith(letters_of(w))), "")
    whole = forms.whole
    if mine:
        whole = forms.core + letters_of(word) if mine == forms.places | forms.head_places else _cut(whole, mine)
    words = forms.folded.split(" ")
    if forms.script == "latin":
        words = _words_without(words, mine)
        words = [w for w in words if w not in wordlists.holding_words()] if holding else words
    return replace(
        forms,
        whole=whole.removesuffix(letters_of(word)) if holding and word else whole,
        folded=" ".join(words),
        head_places=forms.head_places - mine,
        places=forms.places - mine,
        holding=forms.holding and not holding,
    )


def _cut(whole: str, places: frozenset[str]) -> str:
    for place in sorted(places):
        called = max((word for word in _called().get(place, ()) if word in whole), key=len, default="")
        before, _called_so, behind = whole.partition(called) if called else (whole, "", "")
        whole = before + (behind[1:] if not before and behind[:1] in "市省区县" else behind)
    return whole


def _words_without(words: list[str], places: frozenset[str]) -> list[str]:
    kept, at = list[str](), 0
    while at < len(words):
        run = next((n for n in (2, 1) if _is_one(words[at : at + n], n, places)), 0)
        kept += [] if run else [words[at]]
        at += run or 1
    return kept


def _is_one(words: list[str], count: int, places: frozenset[str]) -> bool:
    text = " ".join(words)
    return len(words) == count and text in wordlists.places_en() and canonical_place(text) in places
