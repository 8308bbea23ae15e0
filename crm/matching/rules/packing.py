"""Forms of a name as they are stored with the index, so that judging a hundred candidates takes no name apart again."""

import json
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, TypeGuard

from crm.matching.rules.kinds import NameForms, Subject
from crm.matching.rules.nearness import Sketch
from crm.matching.rules.normalise import forms_of, forms_of_subject

# Raise it whenever `forms_of` or its word lists change: forms stored before are then worked out anew until the next reindex.
VERSION = 6
_TEXTS = ("key", "folded", "core", "stem", "sound", "skeleton", "legal", "brand", "initials", "whole", "script", "latin", "tail")
_LISTS = ("syllables", "words", "readings", "bones")
_SETS = ("head_places", "places", "concepts", "numbers", "behind")
_FLAGS = ("holding", "brand_rest", "han")
_BEHIND_TEXTS = 2 + len(_TEXTS)
_BEHIND_LISTS = _BEHIND_TEXTS + len(_LISTS)
_BEHIND_SETS = _BEHIND_LISTS + len(_SETS)


def pack(forms: NameForms) -> list[Any]:
    """What JSON can hold: the name, the version, and its forms without what judging does not read.

    Most forms of a name are alike: a text that stands further in front already is kept as the place where it stands.
    """
    texts: list[Any] = [forms.original, VERSION]
    places = {forms.original: 0}
    for name in _TEXTS:
        text = getattr(forms, name)
        known = places.setdefault(text, len(texts))
        texts.append(text if known == len(texts) or len(text) < 2 else known)
    return [
        *texts,
        *(list(getattr(forms, name)) for name in _LISTS),
        *(sorted(getattr(forms, name)) for name in _SETS),
        *(int(getattr(forms, name)) for name in _FLAGS),
    ]


def original_of(packed: list[Any] | str) -> str:
    """The name as it was written."""
    return packed if isinstance(packed, str) else str(packed[0])


def _text(packed: list[Any], value: str | int) -> Any:
    """A text of packed forms: it, or what stands at the place that is told instead."""
    return value if isinstance(value, str) else packed[value]


def _fresh(packed: list[Any] | str) -> TypeGuard[list[Any]]:
    """Whether the forms were stored by these rules: not by others, nor (at first) as the bare name."""
    return isinstance(packed, list) and packed[1] == VERSION


def unpack(packed: list[Any] | str, country: str | None) -> NameForms:
    """The forms again; worked out anew when they were stored by other rules."""
    original = original_of(packed)
    if not _fresh(packed):
        return forms_of(original, country)
    texts = _texts_of(packed)
    key, folded, core, stem, sound, skeleton, legal, brand, initials, whole, script, latin, tail = texts
    syllables, words, readings, bones = map(tuple, packed[_BEHIND_TEXTS:_BEHIND_LISTS])
    head_places, places, concepts, numbers, behind = map(frozenset, packed[_BEHIND_LISTS:_BEHIND_SETS])
    holding, brand_rest, han = map(bool, packed[_BEHIND_SETS:])
    return NameForms(
        original, key, folded, core, stem, sound, skeleton, syllables, words, legal, head_places, places, holding, concepts,
        numbers, brand, brand_rest, han, "", initials, whole, readings, bones, script, latin, tail, behind,
    )  # fmt: skip


def _texts_of(packed: list[Any]) -> list[str]:
    return [value if value.__class__ is str else packed[value] for value in packed[2:_BEHIND_TEXTS]]


def laid_out(packed: list[Any] | str, country: str | None) -> list[Any]:
    """The forms as a flat list, for columns: the texts, then the lists, sets (sorted lists) and flags, as `pack` orders them."""
    fresh = packed if _fresh(packed) else pack(unpack(packed, country))
    return [*_texts_of(fresh), *fresh[_BEHIND_TEXTS:]]


def subject_from(names: list[Any], country: str | None, identifiers: list[list[str]]) -> Subject:
    """A subject of what an index entry keeps of it."""
    phones = frozenset(value for scheme, value in identifiers if scheme == "phone")
    rest = frozenset((scheme, value) for scheme, value in identifiers if scheme != "phone")
    forms = tuple(unpack(packed, country) for packed in names)
    return Subject(tuple(one.original for one in forms), country, rest, phones, forms)


class Entry(NamedTuple):
    """What the index keeps of a subject, read: its packed names, its country, [scheme, value] of each identifier."""

    names: list[Any]
    country: str | None
    identifiers: list[list[str]]

    @property
    def subject(self) -> Subject:
        """As it was written."""
        return subject_from(*self)


def entry_from(names: str, country: str | None, identifiers: str) -> bytes:
    """An index entry whole, of the texts of its parts: JSON of names, country, identifiers."""
    return f"[{names},{json.dumps(country)},{identifiers}]".encode()


def entry_of(subject: Subject) -> Entry:
    """A subject as the index would keep it."""
    names = [pack(forms) for forms in forms_of_subject(subject)]
    identifiers = [*map(list, subject.identifiers), *(["phone", phone] for phone in subject.phones)]
    return Entry(names, subject.country, identifiers)


def subject_of(entry: bytes) -> Subject:
    """The subject of a whole entry."""
    return subject_from(*json.loads(entry))


def read_together(texts: list[tuple[str, str]]) -> list[tuple[list[Any], list[list[str]]]]:
    """The names and identifiers of many entries, by the texts that they are kept as: one call costs less than a call for each."""
    parts = json.loads(f"[{','.join([f'{names},{identifiers}' for names, identifiers in texts])}]")
    return list(zip(parts[::2], parts[1::2], strict=True))


# Where each form of a packed name stands; in `laid_out` two further in front.
AT = {name: 2 + index for index, name in enumerate((*_TEXTS, *_LISTS, *_SETS))}
_SKETCHED = itemgetter(*(AT[name] for name in Sketch._fields))
_DRAWN = attrgetter(*Sketch._fields)


def sketch(forms: NameForms | list[Any] | str) -> Sketch:
    """The sketch of a name, packed or not; of a packed one without unpacking it."""
    if isinstance(forms, NameForms):
        return Sketch(*_DRAWN(forms))
    if not _fresh(forms):
        return Sketch(*_DRAWN(unpack(forms, None)))
    whole, stem, script, *rest = _SKETCHED(forms)
    return Sketch(_text(forms, whole), _text(forms, stem), _text(forms, script), *rest)


def may_have_brand(packed: list[Any] | str) -> bool:
    """Whether a packed name begins with a brand of the table, as far as it is known without unpacking it."""
    return not _fresh(packed) or packed[AT["brand"]] != ""


def words_of(packed: list[Any] | str) -> list[str]:
    """The Latin words of a packed name, without unpacking it."""
    return list(packed[AT["words"]] if _fresh(packed) else unpack(packed, None).words)
