"""The word lists of the data files, compiled once: legal forms, places, trade words, brands."""

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from crm.matching.rules import brands as brandtable
from crm.matching.rules.scripts import is_han, letters_of, plain, syllables

_DATA = Path(__file__).resolve().parent.parent / "data"


@cache
def _words() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((_DATA / "words.json").read_text("utf-8"))
    return loaded


@cache
def legal_forms() -> list[tuple[str, str]]:
    """(folded wording, class), longest first; CJK wordings without spaces."""
    pairs = [(plain(word), kind) for kind, words in _words()["legal"].items() for word in words]
    return sorted(set(pairs), key=lambda pair: -len(pair[0]))


@cache
def legal_by_end() -> dict[str, list[tuple[str, str]]]:
    """The legal forms by their last sign, longest first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for wording, kind in legal_forms():
        found.setdefault(wording[-1], []).append((wording, kind))
    return found


@cache
def legal_in_front() -> tuple[tuple[bool, dict[str, list[str]]], ...]:
    """The Latin legal forms that stand in front, by class; True with those that do so only where no form stands at the end."""
    return (False, _words()["legal_in_front"]), (True, _words()["legal_in_front_alone"])


@cache
def laws() -> tuple[tuple[str, str], ...]:
    """(wording of a Latin legal form, whose law it is from), longest first."""
    pairs = [(wording, law) for law, wordings in _words()["laws"].items() for wording in wordings]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))


@cache
def holding_words() -> tuple[str, ...]:
    """Words that tell a holding or group from its operating company, longest first."""
    return tuple(sorted({plain(word) for word in _words()["holding"]}, key=len, reverse=True))


@cache
def places_zh() -> frozenset[str]:
    """Place names in Chinese characters, kana and hangul."""
    return frozenset(plain(word) for word in _words()["regions_zh"])


@cache
def places_listed() -> tuple[str, ...]:
    """Those names as they are written in the list, Chinese ones first."""
    return tuple(_words()["regions_zh"])


@cache
def place_lengths() -> tuple[int, ...]:
    """How long those names are, longest first."""
    return tuple(sorted({len(word) for word in places_zh()}, reverse=True))


@cache
def places_en() -> frozenset[str]:
    """Places and area words in Latin script, the Chinese ones also as they sound."""
    sounds = {"".join(syllables(plain(word))) for word in _words()["regions_zh"]}
    return frozenset(_words()["regions_en"]) | places_behind() | (sounds - set(_words()["sound_like_words"]))


@cache
def places_behind() -> frozenset[str]:
    """Places in Latin script that are cut off the end of a name only: Norway Royal Salmon keeps its own."""
    return frozenset(_words()["regions_en_behind"])


@cache
def common_words() -> frozenset[str]:
    """Latin words that many firms are called by and that tell none: nations, surnames, stars, beasts, points of the compass."""
    return frozenset(_words()["common"])


def kept_whole() -> tuple[str, ...]:
    """Names that begin like a place and are none: 阿里, 中山, 长安 (never stripped), and brands that do: 法国电力."""
    return _kept_whole(brandtable.present())


@lru_cache(maxsize=8)
def _kept_whole(table: brandtable.Table) -> tuple[str, ...]:
    listed = {plain(word) for word in _words()["brand_not_region"]}
    places = tuple(places_zh())
    return tuple(sorted(listed | {name for name in table.beginnings if name.startswith(places)}))


@cache
def concepts_cjk() -> tuple[tuple[str, str], ...]:
    """(trade word in CJK, concept), longest first."""
    table = {letters_of(plain(w)): c for c, words in _words()["concepts"].items() for w in words if not w.isascii()}
    return tuple(sorted(table.items(), key=lambda pair: (-len(pair[0]), pair[0])))


@cache
def concepts_found() -> tuple[dict[str, str], re.Pattern[str]]:
    """Those words as a table, and what finds the longest at each place."""
    return dict(concepts_cjk()), re.compile("|".join(re.escape(word) for word, _concept in concepts_cjk()))


@cache
def concepts_latin() -> dict[tuple[str, ...], str]:
    """Trade words in Latin script, as tuples of words."""
    return {tuple(plain(w).split()): c for c, words in _words()["concepts"].items() for w in words if w.isascii()}


@cache
def trades_glued() -> tuple[str, ...]:
    """Trade words of one Latin word that is found at the end of a longer one, longest first."""
    return tuple(
        sorted((words[0] for words in concepts_latin() if len(words) == 1 and len(words[0]) >= 6), key=lambda w: (-len(w), w))
    )


@cache
def weak_concepts() -> frozenset[str]:
    """Trade words that hardly tell firms apart."""
    return frozenset(_words()["weak_concepts"])


@cache
def same_place() -> dict[str, str]:
    """Places that several scripts name, so that (中国) and (China) are one piece of evidence."""
    return dict(_words()["same_place"])


@cache
def said_by() -> dict[str, tuple[str, ...]]:
    """What says a place inside a name in signs, besides its own name: 亚 for Asia, 华 for China."""
    return {place: tuple(plain(word) for word in words) for place, words in _words()["said_by"].items()}


@cache
def kin() -> tuple[frozenset[str], ...]:
    """Trades that one firm's names in two languages often swap."""
    return tuple(frozenset(group) for group in _words()["kin"])


def brands() -> dict[str, str]:
    """Squeezed brand or entity name -> id, our own first; ids of other sources have a colon."""
    return brandtable.present().names


def register_names() -> list[tuple[str, list[str]]]:
    """(firm, names) of the public registers in the brand table."""
    rows = brandtable.public_rows()
    return [(brand.removeprefix("reg:"), names) for brand, names, _kind in rows if brand.startswith("reg:") and len(names) > 1]


def brand_beginnings() -> frozenset[str]:
    """The names of our own table, squeezed, that explain the beginning of a longer name: 博世 in 博世汽车部件."""
    return brandtable.present().beginnings


@cache
def rarity() -> dict[str, dict[str, float]]:
    """How rare words, pairs of signs and signs are in company names: ln(names / names with it). Unlisted ones are rare."""
    found: dict[str, dict[str, float]] = json.loads((_DATA / "rarity.json").read_text("utf-8"))
    return found


_TELLING_SIGNS = frozenset("铜铝钛锌锂钨钼锡镍钴氟氢碳硅泵膜酶肽")  # one sign, and yet hardly ever part of a name
_LONGEST = 4  # signs of a run that is looked up


@cache
def dictionary() -> dict[str, frozenset[str]]:
    """Run of signs -> the English words it stands for, from the trade words and our own dictionary of what firms make."""
    rows = [([w for w in words if w.isascii()], [w for w in words if not w.isascii()]) for words in _words()["concepts"].values()]
    rows += [([latin], signs) for latin, signs in json.loads((_DATA / "dictionary.json").read_text("utf-8"))["words"]]
    found: dict[str, set[str]] = {}
    for latin, signs in rows:
        words = {word for wording in latin for word in plain(wording).split()}
        for sign in signs:
            run = letters_of(plain(sign))
            if len(run) > 1 or run in _TELLING_SIGNS:
                for part in {run[:_LONGEST], run[-_LONGEST:]}:
                    found.setdefault(part, set()).update(words)
    return {run: frozenset(words) for run, words in found.items()}


@cache
def _signs_by_word() -> dict[str, str]:
    rows: list[list[str]] = json.loads((_DATA / "dictionary.json").read_text("utf-8"))["signs"]
    found: dict[str, str] = {}
    for latin, signs in rows:
        for word in latin.split():
            for form in (word, f"{word}s"):
                found[form] = found.get(form, "") + plain(signs).replace(" ", "")
    return found


def signs_of(word: str) -> str:
    """The single signs that an English word now and then stands for in a name of its own: red for 红 and 赤."""
    return _signs_by_word().get(word, "")


@cache
def domestic() -> frozenset[str]:
    """Chinese firms of the brand table: their full names carry a city and a trade that their short names leave out.

    Of the name index those are Chinese that are called in Latin letters as they sound: 全聚德, Quanjude.
    """
    found = set(brandtable.own_rows()["domestic"])
    for brand, names, _kind in brandtable.public_rows():
        if brand.startswith("nsi:"):
            keys = [brandtable.key_of(name) for name in names]
            if {"".join(syllables(key)) for key in keys if key and all(map(is_han, key))} & set(keys):
                found.add(brand)
    return frozenset(found)


@cache
def _group_of() -> dict[str, str]:
    return {brand: group for group, brands_ in brandtable.own_rows()["groups"].items() for brand in brands_}


def one_group(a: str, b: str) -> bool:
    """Whether two brand ids belong to one group: samsung and samsung-electronics; not delta-electronics and delta-air."""
    group = _group_of().get(a)
    return group is not None and group == _group_of().get(b)
