"""Taking a company name apart, once, on write. What is cut off is kept as evidence, and nothing is cut below two signs."""

import re
from functools import cache, lru_cache

from crm.matching.rules import brands, wordlists
from crm.matching.rules.kinds import NameForms, Subject
from crm.matching.rules.legal import counted, cut_legal, cut_legal_in_front, without_end
from crm.matching.rules.scripts import (
    is_cjk,
    is_han,
    is_hangul,
    is_kana,
    letters_of,
    plain,
    readings,
    skeleton,
    syllables,
)

_BRACKETS = re.compile(r"\(([^()]*)\)")
_NUMBERS = re.compile(r"\d+|[二三四五六七八九十]+(?=厂|分公司|期)")
_ADMIN = ("特别行政区", "自治区", "省", "市", "区", "县")
LONGEST = 250  # folded signs that are taken apart: no firm is called so much, and each reading is compared with each


def fold(name: str) -> str:
    """The name as all its disguises fold to: width, case, script variant, invisible signs, punctuation."""
    return plain(name)


_SPACED = re.compile(r"(?<=[\u3040-\u30ff\u3400-\u9fff]) (?=[\u3040-\u30ff\u3400-\u9fff])")
_LEGAL_IN_BRACKETS = re.compile(r"\(((?:股份|责任)?有限(?:责任)?公司|公司)\)$")


def _tidy(folded: str) -> str:
    """The folded name without spaces between Chinese signs and without brackets around its legal form: 光 学（有限公司）."""
    return _LEGAL_IN_BRACKETS.sub(r"\1", _SPACED.sub("", folded))


def name_key(name: str) -> str:
    """The unique key of a company by name: all spellings of one name give one key, other legal forms or places do not.

    Legal wordings of one class are one (Co., Ltd. and Company Limited); 有限公司 and 股份有限公司 differ.
    """
    return _key_of(plain(name))


def _key_of(folded: str) -> str:
    """All its letters and the class of its legal form. A text too long to be a name is its letters, to the last."""
    rest, legal = cut_legal(_tidy(folded)) if len(folded) <= LONGEST else (folded, "")
    return f"{letters_of(rest) or letters_of(folded)}|{legal}"


def forms_of(name: str, country: str | None = None) -> NameForms:
    """All forms of a name. Cached a while: a check compares a typed name with a hundred stored ones."""
    return _taken_apart(name, country, brands.present().number)


def forget_forms() -> None:
    """Take every name apart anew from now on: a table was changed in place."""
    _taken_apart.cache_clear()


@lru_cache(maxsize=50_000)
def _taken_apart(name: str, country: str | None, _table: int) -> NameForms:
    all_of_it = plain(name)
    tidy = _tidy(all_of_it[:LONGEST])
    folded = " ".join(map(_unglued, tidy.split())) if tidy.isascii() and _GLUED.search(tidy) else tidy
    text, legal = _cut_forms(_without_share_class(_without_article(folded)))
    whole = letters_of(text)
    text, places = _cut_brackets(text)
    text, inner_legal = cut_legal(text)
    text, holding = _cut_holding(text)
    cjk = any(is_cjk(c) for c in text)
    uncut = text
    text, head = _cut_head_places(text) if cjk else (text, frozenset())
    if not cjk:
        text, latin_places = _cut_latin_places(text)
        places |= latin_places
        if "china" in latin_places and not legal:  # Siemens Ltd., China
            text, legal = cut_legal(text)
    brand, rest = _brand_of(text, behind_place=uncut.split()[:1] != text.split()[:1], of_china="china" in places)
    called = _own_brand(folded) or _own_brand(whole)
    if called:  # the legal form, the holding word or the place is part of the brand: Capital Group, 新闻集团
        brand, rest, holding = called, "", False
    # What a register or index calls just this is a name of its own; no word of it is a mere trade.
    concepts, stem = (frozenset[str](), text) if ":" in brand else _concepts_of(text, keep=True)
    core, stem = text, _stem_or(text, stem)
    behind, tail = _concepts_of(rest, keep=False) if brand else (frozenset[str](), "")
    parts = syllables(stem)
    han = any(is_han(c) for c in stem)
    script = _script_of(stem)
    sounds = readings(letters_of(stem), japanese=_is_japanese(folded, country))
    pinyin = syllables(letters_of(folded))
    return NameForms(
        original=name,
        key=_key_of(all_of_it),
        folded=folded,
        core=letters_of(core),
        stem=letters_of(stem),
        sound="".join(parts),
        skeleton=skeleton(parts, han=han),
        syllables=parts,
        words=tuple(w for w in re.findall(r"[a-z0-9]+", core) if len(w) > 1),
        legal=legal or inner_legal,
        head_places=head,
        places=frozenset(places),
        holding=holding,
        concepts=concepts,
        numbers=frozenset(_NUMBERS.findall(stem)) | counted(stem),
        brand=brand,
        brand_rest=bool(letters_of(rest)) if brand else False,
        han=han,
        sort_key=" ".join(pinyin)[:400],
        initials="".join(p[0] for p in pinyin),
        whole=whole,
        readings=sounds,
        bones=tuple(dict.fromkeys((skeleton(parts, han=han), *(skeleton((sound,), han=False) for sound in sounds)))),
        script=script,
        latin="".join(re.findall(r"[a-z0-9]+", letters_of(stem))),
        tail=letters_of(tail),
        behind=behind,
    )


def _cut_forms(text: str) -> tuple[str, str]:
    """The text without its legal form, wherever a Latin one stands: behind, doubled (SE & Co. KG), in front (AB Volvo)."""
    rest, legal = cut_legal(text)
    if not text.isascii():
        return rest, legal
    if legal == "lp":
        rest, _again = cut_legal(rest)
    if not _brand_words(rest.split()):
        rest, front = cut_legal_in_front(rest, bare=not legal)
        legal = legal or front
    return rest, legal


_ARTICLE = re.compile(r"^the (?=[a-z0-9]{2})|(?<=[a-z0-9]{2}) (?:the|\(the\))$")


def _without_article(text: str) -> str:
    """A Latin name without the article that registers put in front or behind: The Boeing Company; Boeing Company, The."""
    bare = _ARTICLE.sub("", text) if text.isascii() else text
    return bare if len(letters_of(bare)) >= 3 else text


def forms_of_subject(subject: Subject) -> tuple[NameForms, ...]:
    """The forms of all names of a subject: those it brings along, else worked out."""
    return subject.forms or tuple(forms_of(name, subject.country) for name in subject.names)


def _script_of(text: str) -> str:
    if any(is_kana(c) for c in text):
        return "kana"
    if any(is_hangul(c) for c in text):
        return "hangul"
    return "han" if any(is_han(c) for c in text) else "latin"


def _is_japanese(folded: str, country: str | None) -> bool | None:
    """Whether characters are read the Japanese way: by the country, else by the name's own wording; None: nothing tells."""
    if country or any(word in folded for word in ("有限公司", "有限责任", "集团", "主板", "股份")):
        return country == "JP"
    return True if any(is_kana(c) for c in folded) or "株式" in folded or "(株)" in folded else None


_GLUED = re.compile(r"[a-z]{13}")
_LEGAL_GLUED = ("corporation", "incorporated", "company", "coltd", "co")


def _unglued(word: str) -> str:
    """A long word that no list knows, with the trade words and the legal form at its end apart: dongkookpharmaceuticalco."""
    trades = wordlists.trades_glued()
    if len(word) < 13 or (word,) in wordlists.concepts_latin() or word in wordlists.rarity()["word"]:
        return word
    legal = next((end for end in _LEGAL_GLUED if word.endswith(end)), "")
    rest, ends = word.removesuffix(legal), list[str]()
    while end := next((trade for trade in trades if rest.endswith(trade) and len(rest) - len(trade) >= 4), ""):
        rest = rest.removesuffix(end)
        ends.insert(0, end)
    if not ends and len(legal) < 7:
        return word
    return " ".join([rest, *ends, *({"coltd": "co ltd"}.get(legal, legal),) * bool(legal)])


_SHARE_CLASS = re.compile(
    r"(?<=[a-z0-9] )(?:(?:dl|yc|hd|rp|nk|sk|eo|ls|ad|sp|zy|sf|dk|cd|yn|rc|bl|inh|na|konv|vna|nam|ord|shs|adr|gdr|sponsored|"
    r"reg|unsp|pref|ser|cl|class [abc]|o n|on|vz|st|a|b)(?: ?[\d ]+)?(?: |$))+$"
)


def _without_share_class(text: str) -> str:
    """Without what brokers write behind a name: "DL-,0001", "O.N.", "ORD SHS". A legal form stays: the A of S.p.A."""
    found = _SHARE_CLASS.search(text) if text.isascii() else None
    if found is None:
        return text
    name, marks = text[: found.start()].strip(), found.group().split()
    for end in range(len(marks), 0, -1):
        shorter = " ".join([name, *marks[:end]])
        if cut_legal(shorter)[1]:
            return shorter
    return name if len(letters_of(name)) >= 3 else text


def _stem_or(core: str, stem: str) -> str:
    return stem if len(letters_of(stem)) >= (2 if any(is_cjk(c) for c in core) else 3) else core


def _cut_brackets(text: str) -> tuple[str, set[str]]:
    places: set[str] = set()

    def take(match: re.Match[str]) -> str:
        inner = match.group(1).strip()
        if not inner:
            return " "
        bare = _bare_place(inner)
        if bare:
            places.add(bare)
            return " "
        return f" {inner} "

    return " ".join(_BRACKETS.sub(take, text).replace("(", " ").replace(")", " ").split()), places


def _bare_place(text: str) -> str:
    if text in wordlists.places_en():
        return canonical_place(text)
    for suffix in ("", *_ADMIN):
        bare = text.removesuffix(suffix) if suffix else text
        if bare in wordlists.places_zh():
            return canonical_place(bare)
    return ""


@lru_cache(maxsize=2048)
def canonical_place(place: str) -> str:
    """One name of a place in both scripts: by the table, else as it sounds (无锡 and Wuxi)."""
    known = wordlists.same_place().get(place, "") or ("".join(syllables(place)) if is_cjk(place[0]) else place)
    return known.replace(" ", "")


@cache
def _labels() -> dict[str, str]:
    labels: dict[str, str] = {}
    for word in wordlists.places_listed():
        labels.setdefault(canonical_place(plain(word)), word)
    return labels


def place_label(canonical: str) -> str:
    """What a place is called on a page: its Chinese name, else as it is."""
    return _labels().get(canonical, canonical.title())


def _cut_holding(text: str) -> tuple[str, bool]:
    for word in wordlists.holding_words():
        cut = without_end(text, word)
        if cut is not None and len(letters_of(cut)) >= 2:
            return cut, True
    return text, False


def _cut_head_places(text: str) -> tuple[str, frozenset[str]]:
    found: set[str] = set()
    while not (text.startswith(wordlists.kept_whole()) or _own_brand(text)):
        place = next((text[:n] for n in wordlists.place_lengths() if text[:n] in wordlists.places_zh()), None)
        if place is None:
            break
        rest = text[len(place) :].lstrip()
        rest = next((rest[len(a) :] for a in _ADMIN if rest.startswith(a) and len(rest) > len(a) + 1), rest).lstrip()
        if len(letters_of(rest)) < 2 or _only_trade(rest):
            break
        found.add(canonical_place(place))
        text = rest
    return text, frozenset(found)


def _only_trade(text: str) -> bool:
    """Whether nothing but trade words would be left: 中国银行 keeps its place, it is the name."""
    return not wordlists.concepts_found()[1].sub("", letters_of(text))


def _cut_latin_places(text: str) -> tuple[str, set[str]]:
    words, found = text.split(), set()
    index = _brand_words(words)
    kept: list[str] = words[:index]
    while index < len(words):
        run = next((n for n in (2, 1) if _is_place(words, index, n)), 0)
        if run:
            found.add(canonical_place(" ".join(words[index : index + run])))
        else:
            kept.append(words[index])
        index += run or 1
    if len(letters_of("".join(kept))) < 2 or (found and _only_latin_trade(kept)):
        return text, set()
    return " ".join(kept), found


def _is_place(words: list[str], at: int, count: int) -> bool:
    """Whether this many words from a place on name one: not in Bank of Ireland, nor in front where only the known ones do."""
    text = " ".join(words[at : at + count])
    if text not in wordlists.places_en() or len(words[at : at + count]) < count or len(words) == 1:
        return False
    return text not in wordlists.places_behind() or (at > 0 and words[at - 1] not in ("of", "de", "di", "do", "du", "for"))


def _only_latin_trade(words: list[str]) -> bool:
    trades = wordlists.concepts_latin()
    return all((word,) in trades for word in words)


def _own_brand(text: str) -> str:
    """The brand of our own table that is called just this."""
    brand = wordlists.brands().get(letters_of(text), "")
    return brand if ":" not in brand else ""


def _brand_words(words: list[str]) -> int:
    """How many words in front are a brand of our own table: two of tokyo electron device, where Tokyo is no place."""
    for end in range(len(words), 1, -1):
        run = letters_of("".join(words[:end]))
        if run in wordlists.brand_beginnings() or (end == len(words) and _own_brand(run)):
            return end
    return 0


def _brand_of(text: str, *, behind_place: bool, of_china: bool) -> tuple[str, str]:
    """The brand a name begins with, and what is left of the name: the longest run that the table knows.

    A name that is a brand only when it stands alone does not stand alone behind a place: 深圳市莱宝 is not Leybold. It does in
    front of a (中国), which only firms from abroad need to say: 强生（中国）投资.
    """
    table, beginnings = wordlists.brands(), wordlists.brand_beginnings()
    cjk = any(is_cjk(c) for c in text)
    parts = list(text.replace(" ", "")) if cjk else text.split()
    alone = (len(text.split()[0]) if cjk else len(parts)) if of_china and text else 0
    for end in range(len(parts), 1 if cjk else 0, -1):
        run = letters_of("".join(parts[:end]))
        brand = table.get(run)
        if brand is None:
            continue
        begins = run in beginnings or (":" not in brand and (end == alone if cjk else end <= alone))
        if end == len(parts) and (begins or ":" in brand or not behind_place):
            return brand, ""
        if begins and len(run) >= (2 if cjk else 3) and not (cjk and _inside_word(parts[end - 1], parts[end])):
            return brand, ("" if cjk else " ").join(parts[end:])
    return "", ""


def _inside_word(last: str, following: str) -> bool:
    """Whether two signs stand inside one word: the e and the l of Nestle日本."""
    return following == "ー" or (last.isascii() and following.isascii() and following.isalnum())


def _concepts_of(text: str, *, keep: bool) -> tuple[frozenset[str], str]:
    """The trades a name speaks of, in any language, and the name without those words."""
    found: set[str] = set()
    words = text.split()
    index, kept = 0, []
    latin = wordlists.concepts_latin()
    while index < len(words):
        run = next((n for n in (3, 2, 1) if tuple(words[index : index + n]) in latin and len(words[index : index + n]) == n), 0)
        if run and (index > 0 or not keep):
            found.add(latin[tuple(words[index : index + run])])
            index += run
            continue
        kept.append(words[index])
        index += 1
    rest = " ".join(kept)
    table, anywhere = wordlists.concepts_found()
    first = 1 if keep else 0

    def take(match: re.Match[str]) -> str:
        if match.start() < first:
            return match.group()
        found.add(table[match.group()])
        return " "

    if any(is_cjk(c) for c in rest):
        rest = " ".join(anywhere.sub(take, rest).split())
    return frozenset(found), rest
