"""Which of very many pairs of firms may be one, by all their names and identifiers: `may_be_same` on columns. It loads numpy."""

import json
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np

from crm.matching.rules.apart import COUNTRY_PLACE
from crm.matching.rules.kinds import NameForms, Subject
from crm.matching.rules.names_many import Codes, Names, Ragged
from crm.matching.rules.nearness_many import highest, product
from crm.matching.rules.packing import Entry, entry_of, subject_of, unpack
from crm.matching.rules.pairing import Ints
from crm.matching.rules.scorecard import Beforehand, Weighed
from crm.matching.rules.screening_columns import NO, UNSURE, YES, Screen
from crm.matching.rules.screening_many import may_be_same

Pair = tuple[int, int]
Sorted = tuple[dict[Pair, Beforehand], set[Pair]]  # those that may be, with what the model says; those to be found out one by one
_HOMES = ["", *COUNTRY_PLACE.values()]


class Firms:
    """Firms in columns, a firm known by its place: `add`ed one after the other, then `close`d."""

    def __init__(self) -> None:
        self._kept: list[bytes | Entry] = []  # each entry, as JSON or read
        self._names, self._first = Names(), array("q", [0])
        self._homes, self._at_home = array("b"), array("b")  # of each firm the foreign country; of each name whether it says it
        self._numbers, self._identifiers = Ragged(), Codes()

    def add(self, entry: bytes) -> list[Any]:
        """The next firm, by its entry in the index: JSON of names, country, identifiers. Its names, as they are kept."""
        self._kept.append(entry)
        return self._lay_out(*json.loads(entry))

    def put(self, entry: Entry) -> None:
        """The next firm, by its entry as it was read."""
        self._kept.append(entry)
        self._lay_out(*entry)

    def _lay_out(self, names: list[Any], country: str | None, identifiers: list[list[str]]) -> list[Any]:
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
        """What the index keeps of a firm that was `add`ed."""
        kept = self._kept[place]
        assert isinstance(kept, bytes)
        return kept

    def _forms(self, name: int) -> NameForms:
        """A name of the columns taken apart."""
        firm = int(np.searchsorted(self.first, name, side="right")) - 1
        kept = self._kept[firm]
        names, country, _identifiers = json.loads(kept) if isinstance(kept, bytes) else kept
        return unpack(names[name - int(self.first[firm])], country)

    def tell(
        self, one: Ints, two: Ints, *, leave: Collection[str] = (), holdings: bool = False, kin: bool = False
    ) -> tuple[Ints, dict[int, Beforehand]]:
        """YES, NO or UNSURE for each pair of places of firms; UNSURE of pairs of names that meet in one of the ways `leave`. With
        `kin` it is YES for firms that may be of one group too, with `holdings` where one of two names says it is a holding. With
        it, by the number of the pair, what the model says of the names for which it is YES.
        """
        pair, a, b = product(self.first, one, two)
        says = self._names.flag["says_holding"]
        group = np.full(len(a), True) if kin else says[a] != says[b] if holdings else np.full(len(a), False)
        told, names = self._screen.tell(a, b, leave=leave, kin=group)
        weighed: dict[int, dict[tuple[int, int], Weighed]] = defaultdict(dict)
        for at, found_of in names.items():
            both = int(pair[at])
            places = int(a[at] - self.first[one[both]]), int(b[at] - self.first[two[both]])
            weighed[both][places] = found_of
        # Of two firms of one foreign country which only one name says, that is left out: `names_beside`.
        home = self._home[one[pair]]
        told[(home > 0) & (home == self._home[two[pair]]) & (self._said[a] != self._said[b]) & (told == NO)] = UNSURE
        found = highest(pair, told.astype(np.float32), len(one)).astype(np.int64)
        number, _identifiers = self._numbers.of(one)
        found[number[self._numbers.shared(one, two)]] = YES
        return found, {**weighed}


def worth_judging(pairs: list[Pair], entries: Mapping[int, bytes]) -> dict[Pair, Beforehand]:
    """Those of the pairs of ids that `judge` may call the same, by the `entries` of all of them; most are told on columns. With
    each what the model then says of their names.
    """
    told, weighed = _told(pairs, entries)
    unsure = [both for both, what in zip(pairs, told, strict=True) if what == UNSURE]
    subjects = {known: subject_of(entries[known]) for known in _ids_of(unsure)}
    may_be = may_be_same((subjects[a], subjects[b]) for a, b in unsure)
    sure = {both: weighed.get(number, {}) for number, (both, what) in enumerate(zip(pairs, told, strict=True)) if what == YES}
    return sure | {both: {} for both, may in zip(unsure, may_be, strict=True) if may}


def may_be_kin(pairs: list[Pair], asked: Mapping[int, Subject], entries: Mapping[int, Entry]) -> Sorted:
    """Of pairs of one who is `asked` about and one of the `entries`: those that `judge` may call the same or related, with what
    the model says of their names; and those of which that has to be found out one by one.
    """
    firms = Firms()
    places = {known: at for at, known in enumerate(asked)}
    others = {known: at for at, known in enumerate(entries, start=len(places))}
    for entry in (*map(entry_of, asked.values()), *entries.values()):
        firms.put(entry)
    firms.close()
    one, two = (np.array([place[both[side]] for both in pairs], np.int64) for side, place in enumerate((places, others)))
    return _sorted(pairs, *firms.tell(one, two, kin=True))


def same_or_holding(pairs: list[Pair], subjects: Mapping[int, Subject]) -> Sorted:
    """The same of pairs of subjects, of those that `judge` may call the same, or of one group where one says it is a holding."""
    firms, place = Firms(), {known: at for at, known in enumerate(sorted(_ids_of(pairs)))}
    for known in place:
        firms.put(entry_of(subjects[known]))
    firms.close()
    one, two = (np.array([place[both[side]] for both in pairs], np.int64) for side in (0, 1))
    return _sorted(pairs, *firms.tell(one, two, holdings=True))


def _sorted(pairs: list[Pair], told: Ints, weighed: dict[int, Beforehand]) -> Sorted:
    said = list(enumerate(zip(pairs, told.tolist(), strict=True)))
    return (
        {both: weighed.get(number, {}) for number, (both, what) in said if what == YES},
        {both for _number, (both, what) in said if what == UNSURE},
    )


def _told(pairs: list[Pair], entries: Mapping[int, bytes]) -> tuple[list[int], dict[int, Beforehand]]:
    ids = sorted(_ids_of(pairs))
    firms, place = Firms(), {known: at for at, known in enumerate(ids)}
    for known in ids:
        firms.add(entries[known])
    firms.close()
    one, two = (np.array([place[both[side]] for both in pairs], np.int64) for side in (0, 1))
    told, weighed = firms.tell(one, two)
    return list(told.tolist()), weighed


def _ids_of(pairs: Iterable[Pair]) -> set[int]:
    return {known for both in pairs for known in both}
