"""The features of many pairs of names of one script at once, on columns: `evidence`'s figures, equal to the last bit.

It loads numpy.
"""

from array import array
from operator import eq

import numpy as np
from rapidfuzz.distance import OSA, JaroWinkler, LCSseq, Levenshtein

from crm.matching.rules import wordlists
from crm.matching.rules.evidence import (
    RAREST,
    leading_run,
    leftover_rarity,
    pair_weights,
    sign_rarity,
    word_likeness,
    word_rarity,
)
from crm.matching.rules.evidence_many import Columns, Pairs, figure, near, scored
from crm.matching.rules.hearing import heard
from crm.matching.rules.initials import among_heads
from crm.matching.rules.lexicon import Lexicon, leftover_keys, runs_left_over
from crm.matching.rules.names_many import Codes, Codings, Column, Flags, Names
from crm.matching.rules.pairing import Ints


def written(pairs: Pairs) -> Columns:
    """Two names in one script, letter by letter."""
    wholes, stems, cores = pairs.texts("whole"), pairs.texts("stem"), pairs.texts("core")
    shorter, longer = pairs.by_length("core")
    short_stem, long_stem = pairs.by_length("stem")
    osa = scored(*wholes, OSA.distance)
    size = np.maximum(np.maximum(*pairs.size("whole")), 1)
    less, more = _sizes(shorter), _sizes(longer)
    once = np.flatnonzero(osa == 1)
    swapped = np.zeros(len(pairs))
    swapped[once] = scored([wholes[0][at] for at in once], [wholes[1][at] for at in once], Levenshtein.distance) == 2
    stretched = np.minimum(1.0, size / 10)
    return {
        "core_ratio": near(*cores), "stem_ratio": near(*stems), "whole_ratio": near(*wholes),
        "core_equal": equal(*cores), "stem_equal": equal(*stems), "whole_equal": equal(*wholes),
        "one_typo": (osa == 1) * stretched, "near_miss": np.maximum(0.0, 1 - osa / 4) * stretched, "swapped": swapped,
        "stem_prefix": figure([y.startswith(x) for x, y in zip(short_stem, long_stem, strict=True)]) * (_sizes(short_stem) >= 2),
        "core_prefix": begins(shorter, longer) * (less >= 2),
        "inside": figure([x in y for x, y in zip(shorter, longer, strict=True)]) * (less >= 2),
        "same_sign_first": figure([x[:1] == y[:1] for x, y in zip(*stems, strict=True)]),
        "same_sign_last": figure([x[-1:] == y[-1:] for x, y in zip(*stems, strict=True)]),
        "jaro": scored(*stems, JaroWinkler.similarity),
        "length_gap": (more - less) / np.maximum(1, more),
    }  # fmt: skip


def _sizes(texts: list[str]) -> Ints:
    return np.fromiter(map(len, texts), np.int64, len(texts))


def equal(one: list[str], two: list[str]) -> Column:
    """1 for each pair of texts that are equal."""
    return np.fromiter(map(eq, one, two), np.float64, len(one))


def begins(one: list[str], two: list[str]) -> Column:
    """1 where the second text begins with the first one."""
    return figure([y.startswith(x) for x, y in zip(one, two, strict=True)])


class Signs:
    """The figures of names in Chinese characters, kana or hangul."""

    def __init__(self, names: Names, lexicon: Lexicon) -> None:
        """Of these names."""
        self._names, self._lexicon = names, lexicon
        self._weight = names.values["grams"].each(lambda gram: pair_weights(gram).get(gram, 0.0))

    def __call__(self, pairs: Pairs, trade: Column, conflict: Column) -> Columns:
        """`trade`, `conflict`: whether the names share a trade, or have two."""
        short = np.logical_or(*pairs.short())
        shorter, longer = pairs.by_length("core")
        wholes, stems, sounds = pairs.texts("whole"), pairs.texts("stem"), pairs.texts("sound")
        inside = scored(shorter, [x if len(x) >= len(y) else y for x, y in zip(*wholes, strict=True)], LCSseq.similarity)
        inside = inside / np.maximum(1, _sizes(shorter))
        run = [leading_run(x, y) if x[:1] == y[:1] else "" for x, y in zip(*stems, strict=True)]
        rare_run = np.array([min(1.0, sum(map(sign_rarity, signs)) / 15) if signs else 0.0 for signs in run])
        sound, same_sound = near(*sounds), equal(*sounds) * (_sizes(sounds[0]) > 0)
        same_stem, sizes = equal(*stems), pairs.size("stem")
        as_long = np.flatnonzero(sizes[0] == sizes[1]).tolist()
        other_sign = np.zeros(len(pairs))
        other_sign[as_long] = (
            scored([stems[0][at] for at in as_long], [stems[1][at] for at in as_long], Levenshtein.distance) == 1
        )
        hangul = self._names.values["script"].of("hangul")
        return self._grams(pairs) | self._left_over(pairs, short) | {
            "subsequence": figure(inside == 1.0), "abbreviation": figure((inside == 1.0) & short), "sign_inside": inside,
            "rare_run": rare_run, "rare_run_short": rare_run * short, "two_signs_same": figure(_sizes(run) >= 2),
            "sound": sound, "sound_equal": same_sound, "sound_not_sign": same_sound * (same_stem == 0),
            "stem_equal_trade": same_stem * trade, "stem_equal_conflict": same_stem * conflict,
            "stem_size": np.minimum(1.0, np.minimum(*sizes) / 6), "hangul": figure(pairs.code("script")[0] == hangul),
            "prefix_short": begins(shorter, longer) * short, "other_sign": other_sign, "other_sign_sound": other_sign * sound,
        }  # fmt: skip

    def _grams(self, pairs: Pairs) -> Columns:
        """How much of the rarer pairs of signs the names share: of the lighter name's, of both names', and what is left."""
        count, grams = len(pairs), self._names.grams
        (mine, my_grams), (yours, your_grams) = grams.of(pairs.a), grams.of(pairs.b)
        here, there = self._weight[my_grams], self._weight[your_grams]
        shared, other_shared = grams.shared(pairs.a, pairs.b), grams.shared(pairs.b, pairs.a)
        both = np.bincount(mine[shared], here[shared], count)
        least = np.minimum(np.bincount(mine, here, count), np.bincount(yours, there, count))
        union = np.bincount(np.concatenate((mine, yours[~other_shared])), np.concatenate((here, there[~other_shared])), count)
        left, right = np.zeros(count), np.zeros(count)
        np.maximum.at(left, mine[~shared], here[~shared])
        np.maximum.at(right, yours[~other_shared], there[~other_shared])
        return {
            "gram_inside": np.divide(both, least, out=np.zeros(count), where=least > 0),
            "gram_jaccard": np.divide(both, union, out=np.zeros(count), where=union > 0),
            "remainder": np.minimum(left, right) / RAREST,
        }

    def _left_over(self, pairs: Pairs, short: Flags) -> Columns:
        runs, sides = Codes(), (array("q"), array("q"), array("q"), array("q"))
        for number, (one, two) in enumerate(zip(*pairs.texts("whole"), strict=True)):
            left, right = runs_left_over(one, two)
            for word in left:
                sides[0].append(number)
                sides[1].append(runs.of(word))
            for word in right:
                sides[2].append(number)
                sides[3].append(runs.of(word))
        left_of, left_words, right_of, right_words = (np.array(side, np.int64) for side in sides)
        return Unsaid(runs, self._lexicon)(short, (left_of, left_words), (right_of, right_words))


class Unsaid:
    """The figures of what only one of two names says: `unsaid`, on columns."""

    def __init__(self, words: Codes, lexicon: Lexicon) -> None:
        """Of these words or runs of signs."""
        nothing = float("nan")
        self._rarity, self._size = words.each(leftover_rarity), words.each(len)
        self._odds = np.array([
            [lexicon.leftovers.get(key, nothing) for key in leftover_keys(words.values, short=short)] for short in (False, True)
        ])  # fmt: skip

    def __call__(self, short: Flags, one: tuple[Ints, Ints], two: tuple[Ints, Ints]) -> Columns:
        """`one`, `two`: the words that only the first, only the second name says: which pair, and the word."""
        count, (left, left_words), (right, right_words) = len(short), one, two
        pair, words = np.concatenate((left, right)), np.concatenate((left_words, right_words))
        odds = self._odds[short[pair].astype(int), words]
        known = ~np.isnan(odds)
        worst, best = np.full(count, np.inf), np.full(count, -np.inf)
        np.minimum.at(worst, pair[known], odds[known])
        np.maximum.at(best, pair[known], odds[known])
        none = np.bincount(pair[known], minlength=count) == 0
        signs, others = (np.bincount(p, self._size[w], count) for p, w in (one, two))
        here, there = (np.bincount(p, self._rarity[w], count) for p, w in (one, two))
        rarest, other_rarest = np.zeros(count), np.zeros(count)
        np.maximum.at(rarest, left, self._rarity[left_words])
        np.maximum.at(other_rarest, right, self._rarity[right_words])
        return {
            "left_worst": np.where(none, 0.0, worst), "left_best": np.where(none, 0.0, best),
            "left_sum": np.bincount(pair[known], odds[known], count),
            "left_unknown": np.bincount(pair[~known], minlength=count).astype(np.float64),
            "left_sides": figure(np.bincount(left, minlength=count) > 0) + figure(np.bincount(right, minlength=count) > 0),
            "left_signs": np.minimum(signs, others), "left_signs_all": signs + others,
            "left_rarest": np.maximum(rarest, other_rarest), "left_rarest_both": np.minimum(rarest, other_rarest),
            "left_rare_least": np.minimum(here, there), "left_rare_most": np.maximum(here, there), "left_short": figure(short),
        }  # fmt: skip


class Words:
    """The figures of Latin words."""

    def __init__(self, names: Names, lexicon: Lexicon) -> None:
        """Of the words of these names."""
        words = names.values["words"]
        common = wordlists.common_words()
        self._names, self._values = names, words.values
        self._rarity, self._common = words.each(word_rarity), words.each(lambda word: word in common)
        self._size = words.each(len).astype(np.int64)
        self._unsaid = Unsaid(words, lexicon)
        self._letters = np.array([_letters(word) for word in words.values], np.int64)
        self._two = np.array([hash(word[:2]) for word in words.values], np.int64)

    def __call__(self, pairs: Pairs, trade: Column, conflict: Column) -> Columns:
        """Two names in Latin letters, word by word."""
        names, a, b = self._names, pairs.a, pairs.b
        stems, letters, heads = pairs.texts("stem"), pairs.texts("letters"), pairs.texts("heads")
        first_a, first_b = names.first_word[a], names.first_word[b]
        both = (first_a > 0) & (first_b > 0)
        first = np.where(both, self._likeness(first_a, first_b), 0.0)
        words_a, words_b = [self._values[x] for x in first_a.tolist()], [self._values[x] for x in first_b.tolist()]
        lesser = np.where([x <= y for x, y in zip(words_a, words_b, strict=True)], first_a, first_b)
        ordered, counts = pairs.texts("ordered"), (names.word_count[a], names.word_count[b])
        same_stem, bones = equal(*stems), pairs.texts("skeleton")
        laws = pairs.code("law")
        spelled = [max(among_heads(x, k), among_heads(y, h)) for x, y, h, k in zip(*stems, *heads, strict=True)]
        acronym = [(len(p) >= 3 and p == y) or (len(q) >= 3 and q == x) for x, y, p, q in zip(*stems, *letters, strict=True)]
        boned = (_sizes(bones[0]) > 0) & (_sizes(bones[1]) > 0)
        left_over = self._unsaid(np.logical_or(*pairs.short()), self._left(a, b), self._left(b, a))
        return self._overlap(pairs) | left_over | {
            "word_sorted": near(*ordered), "first_word": first,
            "first_word_rare": first * self._rarity[lesser] / RAREST, "first_word_alone": first * (np.minimum(*counts) == 1),
            "first_word_differs": figure(first == 0.0), "acronym": figure(acronym), "spelled": np.array(spelled, np.float64),
            "law_differs": figure((laws[0] > 0) & (laws[1] > 0) & (laws[0] != laws[1])),
            "law_one": figure((laws[0] > 0) != (laws[1] > 0)), "words_equal": equal(*ordered) * (counts[0] > 1),
            "common_first": np.maximum(self._common[first_a], self._common[first_b]),
            "stem_equal_trade": same_stem * trade, "stem_equal_conflict": same_stem * conflict,
            "stem_size": np.minimum(1.0, np.minimum(*pairs.size("stem")) / 12),
            "bones": near(*bones) * boned, "ear": near(*pairs.texts("ear")),
            "ear_first": near([heard(word) for word in words_a], [heard(word) for word in words_b]) * both,
        }  # fmt: skip

    def _likeness(self, a: Codings, b: Codings) -> Column:
        """How alike these words are. Only such as may be alike are compared: two that begin alike, of different lengths, or of
        about one length and of nearly the same letters (each other letter is a slip).
        """
        shorter, longer = np.minimum(self._size[a], self._size[b]), np.maximum(self._size[a], self._size[b])
        slips = longer // 4
        mine, yours = self._letters[a], self._letters[b]
        few = (np.bitwise_count(mine & ~yours) <= slips) & (np.bitwise_count(yours & ~mine) <= slips)
        like = (shorter >= 4) & (longer - shorter <= slips) & few
        like |= (shorter >= 3) & (longer > shorter) & (self._two[a] == self._two[b])
        found = figure(a == b)
        values = self._values
        for at in np.flatnonzero(like & (a != b)).tolist():
            found[at] = word_likeness(values[a[at]], values[b[at]])
        return found

    def _overlap(self, pairs: Pairs) -> Columns:
        count = len(pairs)
        one, two = self._covered(pairs.a, pairs.b), self._covered(pairs.b, pairs.a)
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = np.maximum(one[1] / one[0], two[1] / two[0])
            overall = (one[1] + two[1]) / (one[0] + two[0])
        none = (one[0] == 0) | (two[0] == 0)
        _word, pair, mine, yours = self._names.words.beside(pairs.a, pairs.b)
        same = mine == yours
        shared = np.bincount(pair[same], minlength=count)
        common = np.bincount(pair[same], self._common[mine[same]], minlength=count)
        return {
            "word_inside": np.where(none, 0.0, inside), "word_overall": np.where(none, 0.0, overall),
            "word_lost": np.where(none, 1.0, np.minimum(one[2], two[2]) / RAREST),
            "common_only": np.where(shared > 0, common / np.maximum(shared, 1), -1.0),
        }  # fmt: skip

    def _covered(self, a: Ints, b: Ints) -> tuple[Column, Column, Column]:
        """The weight of all words of each name, of what its partner has of them, and of the heaviest that it has not."""
        pair, words = self._names.words.of(a)
        word, _pair, mine, yours = self._names.words.beside(a, b)
        best = np.zeros(len(words))
        np.maximum.at(best, word, self._likeness(mine, yours))
        weight = self._rarity[words]
        lost = np.zeros(len(a))
        np.maximum.at(lost, pair, weight * (1 - best))
        total, shared = np.bincount(pair, weight, len(a)), np.bincount(pair, weight * best, len(a))
        return total.astype(np.float64), shared.astype(np.float64), lost

    def _left(self, a: Ints, b: Ints) -> tuple[Ints, Ints]:
        """The words of each name of `a` that its partner does not say: which pair, and the word."""
        pair, words = self._names.latin_words.of(a)
        said = self._names.latin_words.shared(a, b)
        return pair[~said], words[~said].astype(np.int64)


def _letters(word: str) -> int:
    """Which letters and digits a word has, a bit for each."""
    return sum(1 << _BIT[sign] for sign in set(word) if sign in _BIT)


_BIT = {sign: at for at, sign in enumerate("abcdefghijklmnopqrstuvwxyz0123456789")}

__all__ = ["Signs", "Words", "written"]
