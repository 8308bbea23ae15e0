"""Which of very many pairs of firms may be one, by all their names and identifiers: `may_be_same` on columns. It loads numpy."""

import json
from array import array
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np

from crm.matching.rules.apart import COUNTRY_PLACE
from crm.matching.rules.kinds import NameForms, Subject
from crm.matching.rules.names_many import Codes, Names, Ragged
from crm.matching.rules.nearness_many import highest, product
from crm.matching.rules.normalise import forms_of_subject
from crm.matching.rules.packing import pack, subject_from, unpack
from crm.matching.rules.pairing import Ints
from crm.matching.rules.screening_columns import NO, UNSURE, YES, Screen
from crm.matching.rules.screening_many import may_be_same

Pair = tuple[int, int]
_HOMES = ["", *COUNTRY_PLACE.values()]


class Firms:
    """Firms in columns, a firm known by its place: `add`ed one after the other, then `close`d."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []  # each entry, as JSON
        self._names, self._first = Names(), array("q", [0])
        self._homes, self._at_home = array("b"), array("b")  # of each firm the foreign country; of each name whether it says it
        self._numbers, self._identifiers = Ragged(), Codes()

    def add(self, entry: bytes) -> list[Any]:
        """The next firm, by its entry in the index: JSON of names, country, identifiers. Its names, as they are kept."""
        self._kept.append(entry)
        names, country, identifiers = json.loads(entry)
        home = COUNTRY_PLACE.get(country or "", "") if country != "CN" else ""
        self._homes.append(_HOMES.index(home))
        self._numbers.add([self._identifiers.of(tuple(one)) for one in identifiers])
        for packed in names:
            places = self._names.add(packed, country)
            self._at_home.append(home in places)
        self._first.append(len(self._names))
        return list(names)

    def close(self) -> None:
        """All firms are there."""
        self._names.close()
        self._numbers.close()
        self.first = np.frombuffer(self._first, np.int64)
        self._home, self._said = np.frombuffer(self._homes, np.int8), np.frombuffer(self._at_home, np.int8)
        self._screen = Screen(self._names, self._forms)

    def entry(self, place: int) -> bytes:
        """What the index keeps of a firm."""
        return self._kept[place]

    def _forms(self, name: int) -> NameForms:
        """A name of the columns taken apart."""
        firm = int(np.searchsorted(self.first, name, side="right")) - 1
        names, country, _identifiers = json.loads(self._kept[firm])
        return unpack(names[name - int(self.first[firm])], country)

    def tell(self, one: Ints, two: Ints, *, leave: Collection[str] = (), holdings: bool = False) -> Ints:
        """YES, NO or UNSURE for each pair of places of firms; UNSURE of pairs of names that meet in one of the ways `leave`, and,
        with `holdings`, of which only one says that it is a holding.
        """
        pair, a, b = product(self.first, one, two)
        told = self._screen.tell(a, b, leave=leave)
        # Of two firms of one foreign country which only one name says, that is left out: `names_beside`.
        home = self._home[one[pair]]
        told[(home > 0) & (home == self._home[two[pair]]) & (self._said[a] != self._said[b]) & (told == NO)] = UNSURE
        if holdings:
            says = self._names.flag["says_holding"]
            told[(says[a] != says[b]) & (told == NO)] = UNSURE
        found = highest(pair, told.astype(np.float32), len(one)).astype(np.int64)
        number, _identifiers = self._numbers.of(one)
        found[number[self._numbers.shared(one, two)]] = YES
        return found


def subject_of(entry: bytes) -> Subject:
    """The subject of an entry as the index keeps it: JSON of names, country, identifiers."""
    return subject_from(*json.loads(entry))


def entry_of(subject: Subject) -> bytes:
    """A subject as the index would keep it."""
    names = [pack(forms) for forms in forms_of_subject(subject)]
    return json.dumps([names, subject.country, [*subject.identifiers, *(("phone", phone) for phone in subject.phones)]]).encode()


def worth_judging(pairs: list[Pair], entries: dict[int, bytes]) -> set[Pair]:
    """Those of the pairs of ids that `judge` may call the same, by the `entries` of all of them; most are told on columns."""
    told = _told(pairs, entries)
    unsure = [both for both, what in zip(pairs, told, strict=True) if what == UNSURE]
    subjects = {known: subject_of(entries[known]) for known in _ids_of(unsure)}
    may_be = may_be_same((subjects[a], subjects[b]) for a, b in unsure)
    return {both for both, what in zip(pairs, told, strict=True) if what == YES} | {
        both for both, may in zip(unsure, may_be, strict=True) if may
    }


def same_or_holding(pairs: list[Pair], subjects: Mapping[int, Subject]) -> list[Pair]:
    """The pairs without those that are surely not the same and of which both, or neither, say that they are a holding."""
    told = _told(pairs, {known: entry_of(subjects[known]) for known in _ids_of(pairs)}, holdings=True)
    return [both for both, what in zip(pairs, told, strict=True) if what != NO]


def _told(pairs: list[Pair], entries: dict[int, bytes], *, holdings: bool = False) -> list[int]:
    ids = sorted(entries)
    firms, place = Firms(), {known: at for at, known in enumerate(ids)}
    for known in ids:
        firms.add(entries[known])
    firms.close()
    one, two = (np.array([place[both[side]] for both in pairs], np.int64) for side in (0, 1))
    return list(firms.tell(one, two, holdings=holdings).tolist())


def _ids_of(pairs: Iterable[Pair]) -> set[int]:
    return {known for both in pairs for known in both}
