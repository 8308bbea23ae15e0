"""Which of many firms to compare, for hundreds of them at once: the choice that a question to the index makes, made on arrays.

It loads numpy: only who compares everything should load it. What is looked at at a time is bounded.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crm.matching.rules.kinds import Channel
from crm.matching.rules.nearness import POSTINGS, QUOTAS, worth_judging

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

# A firm with fewer rare tokens than this reads its rarest common ones too, so far.
RARE_ENOUGH, DEEPER = 2, 1_500
AT_ONCE = 1_000_000  # partners looked at in one go


class Partners(NamedTuple):
    """Pairs of places of firms, in the order of `mine`: the share of its own weight, and whether that alone is enough."""

    mine: Ints
    yours: Ints
    share: Floats
    sure: NDArray[np.bool_]


class Postings:
    """Who has which token. A firm is known by its place among the sorted `ids`, a token by its among the sorted `values`."""

    def __init__(
        self, ids: Ints, values: Ints, channels: NDArray[np.int8], sizes: NDArray[np.int32], owners: NDArray[np.int32]
    ) -> None:
        """`owners`: the ids of the firms of every token, one token after the other, so many each as `sizes` says."""
        groups = np.full(max(Channel) + 1, -1, np.int8)
        for number, (of_group, _quota, _share) in enumerate(QUOTAS):
            groups[list(of_group)] = number
        token = np.repeat(np.arange(len(values), dtype=np.int32), sizes)
        place = np.searchsorted(ids, owners).astype(np.int32)
        place[place == len(ids)] = 0
        known = ids[place] == owners
        token, place = token[known], place[known]
        self.values, self.groups, self.count = values, groups[channels], len(ids)
        self.sizes = np.bincount(token, minlength=len(values)).astype(np.int32)
        self.starts = np.cumsum(self.sizes, dtype=np.int64) - self.sizes
        self.owners = place
        self.firsts = np.concatenate(([0], np.cumsum(np.bincount(place, minlength=len(ids)))))
        by_firm = place.astype(np.int64) << 32 | token
        by_firm.sort()
        self.tokens = (by_firm & 0xFFFFFFFF).astype(np.int32)

    def find(self, values: Ints) -> Ints:
        """The places of tokens; -1 for one that no firm has."""
        if not len(self.values):
            return np.full(len(values), -1)
        at = np.minimum(np.searchsorted(self.values, values), len(self.values) - 1)
        return np.where(self.values[at] == values, at, -1)

    def asked(self, firms: Ints) -> tuple[Ints, Ints]:
        """The tokens of these firms: for each the firm's number in the list, and the token's place."""
        counts = self.firsts[firms + 1] - self.firsts[firms]
        number, within = runs(counts)
        return number, self.tokens[self.firsts[firms][number] + within].astype(np.int64)


def runs(counts: Ints) -> tuple[Ints, Ints]:
    """For runs of these lengths laid end to end: the number of each element's run, and its place in it."""
    number = np.repeat(np.arange(len(counts)), counts)
    return number, np.arange(len(number)) - np.repeat(np.cumsum(counts) - counts, counts)


def beginnings(numbers: Ints) -> Ints:
    """Where each run of one number begins."""
    return np.flatnonzero(np.concatenate(([True], numbers[1:] != numbers[:-1]))[: len(numbers)])


def partners(postings: Postings, firms: Ints, slips: tuple[Ints, Ints]) -> Partners:
    """The partners of these firms (places, ascending) by their rarest shared tokens: per group of channels the best.

    What a firm shares with itself is the measure: a partner has so much of that.
    `slips`: tokens that they would have without a slip, as `Postings.asked` gives those they have.
    """
    number, token = postings.asked(firms)
    both = np.concatenate((number * len(postings.values) + token, slips[0] * len(postings.values) + slips[1]))
    number, token = np.divmod(np.unique(both), max(1, len(postings.values)))
    keys: list[Ints] = []
    shares: list[Floats] = []
    sure: list[Ints] = []
    for group, (_channels, quota, least) in enumerate(QUOTAS):
        of_group = postings.groups[token] == group
        key, weight = _weighed(postings, number[of_group], token[of_group])
        key, share = _best(key, weight, postings.count, quota, least)
        keys.append(key)
        shares.append(share)
        if not least:
            sure.append(key)
    key, at = np.unique(np.concatenate(keys), return_inverse=True)
    share = np.zeros(len(key), np.float32)
    np.maximum.at(share, at, np.concatenate(shares))
    number, yours = np.divmod(key, postings.count)
    found = Partners(firms[number], yours, share, np.isin(key, np.concatenate(sure)))
    others = found.mine != found.yours
    return Partners(*(figures[others] for figures in found))


def chosen(found: Partners, near: Floats) -> Ints:
    """Which of the partners are worth the judge's time."""
    place, _highest = ranked(found.mine, found.share + near)
    return np.flatnonzero(found.sure | worth_judging(place, near))


def _weighed(postings: Postings, number: Ints, token: Ints) -> tuple[Ints, Floats]:
    """Who has these tokens of the firms, the firms themselves too, as firm's number x count + place, and their summed weights."""
    number, token = _worth_reading(postings, number, token)
    sizes = postings.sizes[token].astype(np.int64)
    weights = (1.0 / np.log2(2 + sizes)).astype(np.float32)
    keys, sums = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
    cuts = np.searchsorted(np.cumsum(sizes), np.arange(AT_ONCE, int(sizes.sum()) + AT_ONCE, AT_ONCE), side="right")
    start = 0
    for cut in sorted({*cuts.tolist(), len(token)}):
        part = slice(start, cut)
        run, within = runs(sizes[part])
        yours = postings.owners[postings.starts[token[part]][run] + within]
        key, total = _summed(number[part][run] * postings.count + yours, weights[part][run])
        keys.append(key)
        sums.append(total)
        start = cut
    return _summed(np.concatenate(keys), np.concatenate(sums)) if len(keys) > 2 else (keys[-1], sums[-1])


def _worth_reading(postings: Postings, number: Ints, token: Ints) -> tuple[Ints, Ints]:
    """All rare tokens of each firm; where it has hardly any, also its rarest common ones, as far as the allowance goes."""
    sizes = postings.sizes[token]
    rare = np.bincount(number[sizes <= POSTINGS], minlength=int(number.max(initial=-1)) + 1)
    few = rare[number] < RARE_ENOUGH
    order = np.lexsort((sizes, number))
    run_of, sorted_sizes = number[order], sizes[order].astype(np.int64)
    so_far = np.cumsum(sorted_sizes)
    first = beginnings(run_of)
    before = np.repeat(so_far[first] - sorted_sizes[first], np.diff(np.append(first, len(order))))
    affordable = (so_far - before <= DEEPER) & few[order]
    read = order[(sorted_sizes <= POSTINGS) | affordable]
    read = read[sizes[read] > 0]
    return number[read], token[read]


def _summed(key: Ints, weight: Floats) -> tuple[Ints, Floats]:
    """Each key once, in order, with the sum of its weights."""
    if len(key) == 0:
        return key, weight
    order = np.argsort(key, kind="stable")
    key, weight = key[order], weight[order]
    first = beginnings(key)
    return key[first], np.add.reduceat(weight, first)


def _best(key: Ints, weight: Floats, count: int, quota: int, least: float) -> tuple[Ints, Floats]:
    """Of each firm's partners the heaviest, by their share of the very heaviest (the firm itself is among them)."""
    place, best = ranked(key // count, weight)
    share = weight / best
    kept = (place < quota) & (share >= least)
    return key[kept], share[kept]


def ranked(owner: Ints, score: Floats) -> tuple[Ints, Floats]:
    """Where each entry stands among those of its owner, the highest score first, and its owner's highest score."""
    order = np.lexsort((-score, owner))
    sorted_owner = owner[order]
    first = beginnings(sorted_owner)
    lengths = np.diff(np.append(first, len(order)))
    place, best = np.empty(len(order), np.int64), np.empty(len(order), np.float32)
    place[order] = np.arange(len(order)) - np.repeat(first, lengths)
    best[order] = np.repeat(score[order][first], lengths)
    return place, best
