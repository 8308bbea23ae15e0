"""Scripts: one folded form for all spellings of a text, and how Han, kana and hangul sound in Latin letters."""

import json
import re
import unicodedata
from functools import cache, lru_cache
from itertools import islice, product
from pathlib import Path

from anyascii import anyascii
from opencc import OpenCC
from pypinyin import lazy_pinyin
from pypinyin.seg.mmseg import seg as phrases

from crm.core.text import clean


@cache
def _converters() -> tuple[OpenCC, OpenCC]:
    return OpenCC("jp2t"), OpenCC("t2s")


def simplified(text: str) -> str:
    """Traditional characters and Japanese new forms as simplified Chinese: 電 and 沢 as 电 and 泽."""
    if text.isascii():
        return text
    japanese, chinese = _converters()
    return chinese.convert(japanese.convert(text))


_SEPARATORS = re.compile(r"[^\w()&+]+")
_LATIN_MARKS = re.compile(r"[\u00c0-\u024f\u0370-\u052f\u1e00-\u1eff]")  # Greek and Cyrillic letters too


_RUSSIAN = re.compile(r"кс|(?<=[ао])й(?=[бвгджзклмнпрстфх])")  # Яндекс is Yandex, Лукойл is Lukoil
_GLUED_FORM = re.compile(r"(?<=[a-z0-9])(?=co\.,? ?ltd)")  # IMCo.,LTD


@lru_cache(maxsize=16_384)
def plain(text: str) -> str:
    """Folded once: NFKC, no invisible signs, lower case, simplified, Latin accents gone, punctuation as single spaces.

    Brackets stay, because a place in brackets is evidence: 西门子(中国)有限公司.
    """
    text = _RUSSIAN.sub(lambda m: "x" if m.group() == "кс" else "и", clean(text).casefold())
    text = _LATIN_MARKS.sub(lambda m: anyascii(m.group()).casefold(), text)
    text = simplified(unicodedata.normalize("NFKC", text)).replace("【", "(").replace("】", ")").replace("&", " & ")
    text = _GLUED_FORM.sub(" ", text.replace("'", "").replace("\u2019", "").replace("_", " "))
    return " ".join(_SEPARATORS.sub(" ", text).split())


def letters_of(folded: str) -> str:
    """A folded text without anything but letters and digits."""
    return folded if folded.isalnum() else "".join(filter(str.isalnum, folded))


def squeeze(text: str) -> str:
    """The folded text without anything but letters and digits: what two spellings of one name share."""
    return letters_of(plain(text))


def is_han(char: str) -> bool:
    """Whether a character is Chinese."""
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff"


def is_kana(char: str) -> bool:
    """Whether a character is Japanese kana."""
    return "\u3040" <= char <= "\u30ff"


def is_hangul(char: str) -> bool:
    """Whether a character is a Korean syllable."""
    return "\uac00" <= char <= "\ud7a3"


def is_cjk(char: str) -> bool:
    """Han, kana or hangul."""
    return is_han(char) or is_kana(char) or is_hangul(char)


_KANA_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト", "n": "ナニヌネノ", "h": "ハヒフヘホ",
    "m": "マミムメモ", "r": "ラリルレロ", "g": "ガギグゲゴ", "z": "ザジズゼゾ", "d": "ダヂヅデド", "b": "バビブベボ",
    "p": "パピプペポ",
}  # fmt: skip
_KANA = {kana: head + vowel for head, row in _KANA_ROWS.items() for kana, vowel in zip(row, "aiueo", strict=True)}
_KANA |= {
    "シ": "shi", "チ": "chi", "ツ": "tsu", "フ": "fu", "ジ": "ji", "ヂ": "ji", "ヅ": "zu", "ヤ": "ya", "ユ": "yu", "ヨ": "yo",
    "ワ": "wa", "ヲ": "o", "ン": "n", "ヴ": "v", "ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o", "ー": "",
    "ャ": "ya", "ュ": "yu", "ョ": "yo", "ッ": "", "ヵ": "ka", "ヶ": "ke",
}  # fmt: skip
_INITIALS = ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "-", "j", "jj", "ch", "k", "t", "p", "h"]
_MEDIALS = [
    "a",
    "ae",
    "ya",
    "yae",
    "eo",
    "e",
    "yeo",
    "ye",
    "o",
    "wa",
    "wae",
    "oe",
    "yo",
    "u",
    "wo",
    "we",
    "wi",
    "yu",
    "eu",
    "ui",
    "i",
]
_FINALS = [
    "",
    "k",
    "kk",
    "ks",
    "n",
    "nj",
    "nh",
    "t",
    "l",
    "lk",
    "lm",
    "lb",
    "ls",
    "lt",
    "lp",
    "lh",
    "m",
    "p",
    "ps",
    "t",
    "t",
    "ng",
    "t",
    "t",
    "k",
    "t",
    "p",
    "h",
]


def _kana_sound(text: str) -> list[str]:
    syllables: list[str] = []
    for char in text:
        kana = chr(ord(char) + 0x60) if "\u3041" <= char <= "\u3096" else char
        sound = _KANA.get(kana, "")
        small = kana in "ァィゥェォャュョ"
        if small and syllables:
            head = syllables[-1][:-1].removesuffix("y") or {"v": "v", "u": "w"}.get(syllables[-1], "")
            syllables[-1] = head + (sound.removeprefix("y") if head.endswith(("sh", "ch", "j")) else sound)
        elif sound:
            syllables.append(sound)
    return syllables


def _hangul_sound(char: str) -> str:
    index = ord(char) - 0xAC00
    head = _INITIALS[index // 588].replace("-", "")
    return head + _MEDIALS[index % 588 // 28] + _FINALS[index % 28]


@lru_cache(maxsize=16_384)
def _pinyin(phrase: str) -> tuple[str, ...]:
    """The pinyin of a phrase of pypinyin's own list, or of one sign. Kept: names are made of few trades and places."""
    return tuple(lazy_pinyin(phrase, v_to_u=False))


@lru_cache(maxsize=16_384)
def syllables(text: str) -> tuple[str, ...]:
    """How a text sounds, in syllables of Latin letters: pinyin, Hepburn, revised romanisation; Latin words as they are."""
    found: list[str] = []
    for run in re.findall(r"[\u3400-\u9fff]+|[\u3040-\u30ff]+|[\uac00-\ud7a3]+|[a-z0-9]+", text):
        if is_han(run[0]):
            for phrase in phrases.cut(run):
                found += _pinyin(phrase)
        elif is_kana(run[0]):
            found += _kana_sound(run)
        elif is_hangul(run[0]):
            found += [_hangul_sound(char) for char in run]
        else:
            found.append(run)
    return tuple(found)


_DATA = Path(__file__).resolve().parent.parent / "data"


@cache
def _letters() -> tuple[dict[str, str], re.Pattern[str]]:
    """Latin letters as they are called in kana and hangul: 케이티씨 is KTC, ジェイ is J. Longest first."""
    table: dict[str, str] = json.loads((_DATA / "words.json").read_text("utf-8"))["letters"]
    return table, re.compile("|".join(sorted(table, key=len, reverse=True)))


@lru_cache(maxsize=16_384)
def spelled_letters(text: str) -> str:
    """The Latin letters that a text in kana or hangul is made of by their names, else "": tck for 티씨케이, "" for 대한."""
    if not any(is_kana(c) or is_hangul(c) for c in text):
        return ""
    letters, run = _letters()
    spelled = run.sub(lambda match: letters[match.group()], text).replace("&", "")
    return spelled if spelled.isascii() and spelled.isalnum() else ""


@cache
def _kanji() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads((_DATA / "kanji.json").read_text("utf-8"))["readings"]
    return found


@lru_cache(maxsize=16_384)
def readings(text: str, *, japanese: bool | None) -> tuple[str, ...]:
    """The ways a text may be written in Latin letters, likeliest first: pinyin or the Japanese readings, letters by name.

    `japanese` None: nothing tells; then the two likeliest Japanese readings follow the pinyin.
    """
    found = ["".join(syllables(text))]
    if japanese is not False and any(is_han(c) for c in text):
        found = _japanese(text) + found if japanese else found + _japanese(text)[:2]
    if any(is_kana(c) or is_hangul(c) for c in text):
        letters, run = _letters()
        spelled = run.sub(lambda m: letters[m.group()], text)
        if spelled != text:
            found.append("".join(syllables(spelled)))
    return tuple(dict.fromkeys(sound for sound in found if sound))[:6]


def _japanese(text: str) -> list[str]:
    """Up to four readings: each sign at its usual one, the first two signs at their second as well."""
    table = _kanji()
    options: list[tuple[str, ...]] = []
    for run in re.findall(r"[\u3400-\u9fff]|[^\u3400-\u9fff]+", text):
        if is_han(run):
            options.append(tuple(table.get(run, ()))[: 2 if len(options) < 2 else 1] or (lazy_pinyin(run)[0],))
        else:
            options.append(("".join(syllables(run)),))
    return ["".join(parts) for parts in islice(product(*options), 4)]


@lru_cache(maxsize=65536)
def every_reading(text: str) -> tuple[str, ...]:
    """The Japanese readings of a text in signs, each sign at any of its own: up to sixteen."""
    table = _kanji()
    options = [table.get(run) or ["".join(syllables(run))] for run in re.findall(r"[\u3400-\u9fff]|[^\u3400-\u9fff]+", text)]
    return tuple("".join(parts) for parts in islice(product(*options), 16))


_CLASSES = (("tsch", "c"), ("tion", "sn"), ("sion", "sn"), ("tur", "cr"),
            ("sch", "s"), ("sh", "s"), ("ch", "c"), ("zh", "c"), ("th", "s"), ("ph", "f"), ("ck", "k"),
            ("ts", "s"), ("qu", "k"), ("ng", "n"), ("x", "s"), ("z", "s"), ("j", "c"), ("q", "k"), ("c", "k"), ("g", "k"),
            ("b", "p"), ("d", "t"), ("l", "r"), ("v", "f"), ("w", ""), ("h", ""), ("y", ""))  # fmt: skip
_PINYIN_HEADS = {"q": "c", "x": "s", "zh": "c", "ch": "c", "sh": "s", "z": "s", "c": "s", "j": "c"}


def skeleton(parts: tuple[str, ...], *, han: bool) -> str:
    """The consonants that survive a journey between languages: 特里斯克 and Trisk both give "trsk"."""
    if han:
        parts = tuple(_pinyin_plain(part) for part in parts)
    text = "".join(parts)
    if not han:
        for letters, sign in _CLASSES:
            text = text.replace(letters, sign)
    else:
        for letters, sign in (("ng", "n"), ("g", "k"), ("b", "p"), ("d", "t"), ("l", "r"), ("v", "f"), ("w", ""), ("h", ""),
                              ("y", "")):  # fmt: skip
            text = text.replace(letters, sign)
    return _TWICE.sub(r"\1", text.translate(_NO_VOWELS))


_TWICE, _NO_VOWELS = re.compile(r"(.)\1+"), dict.fromkeys(map(ord, "aeiou"))


def _pinyin_plain(part: str) -> str:
    if part in ("er", "r"):
        return "r"
    for head in ("zh", "ch", "sh", "q", "x", "j", "z", "c"):
        if part.startswith(head):
            return _PINYIN_HEADS[head].upper().lower() + part[len(head) :]
    return part
