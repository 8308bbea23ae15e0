"""Forms of a name as they are stored with the index, so that judging a hundred candidates takes no name apart again."""

from operator import attrgetter, itemgetter
from typing import Any

from crm.matching.rules.kinds import NameForms
from crm.matching.rules.nearness import Sketch
from crm.matching.rules.normalise import forms_of

# Raise it whenever `forms_of` or its word lists change: forms stored before are then worked out anew until the next reindex.
VERSION = 5
_TEXTS = ("key", "folded", "core", "stem", "sound", "skeleton", "legal", "brand", "initials", "whole", "script", "latin", "tail")
_LISTS = ("syllables", "words", "readings", "bones")
_SETS = ("head_places", "places", "concepts", "numbers", "behind")
_FLAGS = ("holding", "brand_rest", "han")


def pack(forms: NameForms) -> list[Any]:
    """What JSON can hold: the name, the version, and its forms without what judging does not read."""
    return [
        forms.original,
        VERSION,
        *(getattr(forms, name) for name in _TEXTS),
        *(list(getattr(forms, name)) for name in _LISTS),
        *(sorted(getattr(forms, name)) for name in _SETS),
        *(int(getattr(forms, name)) for name in _FLAGS),
    ]


def original_of(packed: list[Any] | str) -> str:
    """The name as it was written."""
    return packed if isinstance(packed, str) else str(packed[0])


def _fresh(packed: list[Any] | str) -> bool:
    """Whether the forms were stored by these rules: not by others, nor (at first) as the bare name."""
    return isinstance(packed, list) and packed[1] == VERSION


def unpack(packed: list[Any] | str, country: str | None) -> NameForms:
    """The forms again; worked out anew when they were stored by other rules."""
    original = original_of(packed)
    if not _fresh(packed):
        return forms_of(original, country)
    values = iter(packed[2:])
    facts: dict[str, Any] = {name: next(values) for name in _TEXTS}
    facts |= {name: tuple(next(values)) for name in _LISTS}
    facts |= {name: frozenset(next(values)) for name in _SETS}
    facts |= {name: bool(next(values)) for name in _FLAGS}
    return NameForms(original=original, sort_key="", **facts)


_AT = {name: 2 + index for index, name in enumerate((*_TEXTS, *_LISTS, *_SETS))}
_SKETCHED = itemgetter(*(_AT[name] for name in Sketch._fields))
_DRAWN = attrgetter(*Sketch._fields)


def sketch(forms: NameForms | list[Any] | str) -> Sketch:
    """The sketch of a name, packed or not; of a packed one without unpacking it."""
    if isinstance(forms, NameForms):
        return Sketch(*_DRAWN(forms))
    return Sketch(*(_SKETCHED(forms) if _fresh(forms) else _DRAWN(unpack(forms, None))))


def words_of(packed: list[Any] | str) -> list[str]:
    """The Latin words of a packed name, without unpacking it."""
    return list(packed[_AT["words"]] if _fresh(packed) else unpack(packed, None).words)
