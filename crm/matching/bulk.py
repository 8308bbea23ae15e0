"""The index read at once, to choose whom to compare with whom for all its subjects. Loads numpy: import it only where needed."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import String, Text, cast, func, select

from crm.core.db import db
from crm.matching.models import IndexEntry, NameToken
from crm.matching.rules.firms_many import Firms, Pair, worth_judging
from crm.matching.rules.nearness import QUOTAS, SHARED
from crm.matching.rules.nearness_many import Sketches
from crm.matching.rules.packing import entry_from, sketch, words_of
from crm.matching.rules.pairing import Ints, Postings, chosen, partners
from crm.matching.rules.scorecard import Beforehand
from crm.matching.rules.screening_columns import UNSURE, YES
from crm.matching.rules.tokens import slip_channel, slips, token

ENTRIES, TOKENS = 2_000, 20_000  # rows read at a time: an entry is long
COMPARED = [channel.value for channels, _quota, _share in QUOTAS for channel in channels]
MOST_SLIPS = 200_000  # slips of which the token is remembered
BUCKET = 500  # firms whose pairs are remembered together
Beat = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Screened:
    """Pairs that may be one firm by what the index kept, with what the model says of their names; and pairs of which that has to
    be found out.
    """

    worth: dict[Pair, Beforehand]
    unsure: list[Pair]


class Tokens(NamedTuple):
    """The tokens of the index, ascending, their channels, how many subjects each has, and the ids of these, end to end."""

    values: Ints
    channels: NDArray[np.int8]
    sizes: NDArray[np.int32]
    owners: NDArray[np.int32]


class Whole:
    """The whole index of a kind as it was when this was made; it tells each pair that is worth comparing once."""

    def __init__(self, kind: int, beat: Beat = lambda: None, tokens: Callable[[], Tokens] | None = None) -> None:
        """Read everything, page by page, `beat`ing between pages: nobody should think that the reader died. `tokens`: what
        `read_tokens` found, when somebody else reads them meanwhile.
        """
        self._sketches, self._firms = Sketches(), Firms()
        self._words: list[str] = []  # the first word of each name
        self._vocabulary: dict[str, str] = {}
        self._slips: dict[tuple[str, str], int] = {}
        self._told: dict[int, list[Ints]] = defaultdict(list)
        self.ids = self._read_entries(kind, beat)
        self._postings = Postings(self.ids, *(tokens() if tokens else read_tokens(kind, beat)))

    def _read_entries(self, kind: int, beat: Beat) -> Ints:
        ids = array("q")
        last = 0
        named, known = cast(IndexEntry.names, Text), cast(IndexEntry.identifiers, Text)
        entry = select(IndexEntry.subject_id, named, known, IndexEntry.country).order_by(IndexEntry.subject_id).limit(ENTRIES)
        while rows := db.session.execute(entry.where(IndexEntry.kind == kind, IndexEntry.subject_id > last)).all():
            for subject_id, names, identifiers, country in rows:
                ids.append(subject_id)
                kept = self._firms.add(entry_from(names, country, identifiers))
                self._sketches.add(map(sketch, kept))
                for packed in kept:
                    words = words_of(packed)
                    for word in words:
                        self._vocabulary.setdefault(word, word)
                    self._words.append(self._vocabulary[words[0]] if words else "")
            last = ids[-1]
            beat()
        self._sketches.close()
        self._firms.close()
        return np.array(ids, np.int64)

    def pairs(self, ids: Sequence[int]) -> list[Pair]:
        """Whom to compare with these subjects (ids, ascending; some of the index): pairs, the lower id first.

        A pair that was told before, for its other subject, is not told again.
        """
        return self._by_ids(*self._pairs(ids))

    def screened(self, chunks: Sequence[Sequence[int]], *, leave: Collection[str] = ()) -> list[Screened]:
        """The same of chunk after chunk of subjects, without the pairs that are surely not one firm by what the index kept.

        Pairs of names that meet in one of the ways `leave` are unsure: somebody else finds out.
        """
        pairs = [self._pairs(ids) for ids in chunks]
        lower, higher = (np.concatenate([one[side] for one in pairs]) for side in (0, 1))
        told, weighed = self._firms.tell(lower, higher, leave=leave)
        start, found = 0, list[Screened]()
        for one, other in pairs:
            mine = told[start : start + len(one)]
            worth, unsure = (self._by_ids(one[mine == what], other[mine == what]) for what in (YES, UNSURE))
            numbers = (start + np.flatnonzero(mine == YES)).tolist()
            found.append(Screened({both: weighed.get(at, {}) for both, at in zip(worth, numbers, strict=True)}, unsure))
            start += len(one)
        return found

    def worth_judging(self, pairs: list[Pair]) -> dict[Pair, Beforehand]:
        """What `worth_judging` says of pairs of these subjects, without reading them once more."""
        one, two = (np.searchsorted(self.ids, np.array([both[side] for both in pairs], np.int64)) for side in (0, 1))
        told, weighed = self._firms.tell(one, two)
        unsure = [pairs[at] for at in np.flatnonzero(told == UNSURE).tolist()]
        sure = {pairs[at]: weighed.get(at, {}) for at in np.flatnonzero(told == YES).tolist()}
        return sure | (worth_judging(unsure, self.entries({known for both in unsure for known in both})) if unsure else {})

    def _by_ids(self, lower: Ints, higher: Ints) -> list[Pair]:
        return list(zip(self.ids[lower].tolist(), self.ids[higher].tolist(), strict=True))

    def _pairs(self, ids: Sequence[int]) -> tuple[Ints, Ints]:
        """The pairs as places of firms."""
        wanted = np.array(ids, np.int64)
        firms = np.searchsorted(self.ids, wanted)
        firms = firms[self.ids[np.minimum(firms, len(self.ids) - 1)] == wanted] if len(self.ids) else firms[:0]
        if not len(firms):
            return firms, firms
        found = partners(self._postings, firms, self._slips_of(firms))
        kept = chosen(found, self._sketches.nearness(found.mine, found.yours))
        apart = self._sketches.plainly_apart(found.mine[kept], found.yours[kept])
        kept = kept[found.sure[kept] | (found.share[kept] >= SHARED) | ~apart]
        mine, yours = found.mine[kept], found.yours[kept]
        pairs = self._untold(np.unique(np.minimum(mine, yours) * len(self.ids) + np.maximum(mine, yours)), firms)
        lower, higher = np.divmod(pairs, len(self.ids))
        return lower, higher

    def entries(self, ids: Iterable[int]) -> dict[int, bytes]:
        """What the index keeps of these subjects of it, as `worth_judging` takes it."""
        wanted = list(ids)
        places = np.searchsorted(self.ids, np.array(wanted, np.int64)).tolist()
        return {subject_id: self._firms.entry(place) for subject_id, place in zip(wanted, places, strict=True)}

    def _untold(self, pairs: Ints, firms: Ints) -> Ints:
        """Those of the pairs that were not told before; they are remembered until their higher firm has had its turn."""
        first, last = int(firms[0]) // BUCKET, int(firms[-1]) // BUCKET
        for passed in [bucket for bucket in self._told if bucket < first]:
            del self._told[passed]
        before = [told for bucket in range(first, last + 1) for told in self._told.get(bucket, ())]
        fresh = np.setdiff1d(pairs, np.concatenate(before), assume_unique=True) if before else pairs
        higher = fresh % len(self.ids)
        ahead, bucket = fresh[higher > firms[-1]], higher[higher > firms[-1]] // BUCKET
        for number in np.unique(bucket).tolist():
            self._told[number].append(ahead[bucket == number])
        return fresh

    def _slips_of(self, firms: Ints) -> tuple[Ints, Ints]:
        """The tokens that these firms' names would have without a slip: the firm's number in the list, and the token's place."""
        numbers: list[int] = []
        texts: list[tuple[str, str]] = []
        names, kept = self._sketches, self._slips
        for number, firm in enumerate(firms.tolist()):
            for name in range(int(names.first[firm]), int(names.first[firm + 1])):
                script = names.script_of(name)
                found = slips(script, names.whole[name], self._words[name : name + 1])
                if script == "latin":
                    found = [text for text in found if text in self._vocabulary]
                numbers += [number] * len(found)
                texts += [(script, text) for text in found]
        if len(kept) > MOST_SLIPS:
            kept.clear()
        missing = list({one for one in texts if one not in kept})
        values = [token(slip_channel(script), text).value for script, text in missing]
        kept |= zip(missing, self._postings.find(np.array(values, np.int64)).tolist(), strict=True)
        places = np.array([kept[one] for one in texts], np.int64)
        there = places >= 0
        return np.array(numbers, np.int64)[there], places[there]


def read_tokens(kind: int, beat: Beat = lambda: None) -> Tokens:
    """Every token that matching looks up, with its subjects."""
    owned = func.aggregate_strings(cast(NameToken.subject_id, String), ",")
    query = select(NameToken.value, func.min(NameToken.channel), owned).group_by(NameToken.value).order_by(NameToken.value)
    query = query.where(NameToken.kind == kind, NameToken.channel.in_(COMPARED)).limit(TOKENS)
    values, channels, sizes, owners = array("q"), array("b"), array("i"), array("i")
    behind = query
    while rows := db.session.execute(behind).all():
        values.extend([row[0] for row in rows])
        channels.extend([row[1] for row in rows])
        sizes.extend([row[2].count(",") + 1 for row in rows])
        owners.frombytes(np.fromstring(",".join([row[2] for row in rows]), np.int32, sep=",").tobytes())
        behind = query.where(NameToken.value > values[-1])
        beat()
    return Tokens(
        np.frombuffer(values, np.int64), np.frombuffer(channels, np.int8), np.frombuffer(sizes, np.int32),
        np.frombuffer(owners, np.int32),
    )  # fmt: skip
