"""Index tokens of a name, and of what somebody types into a search box. One table serves matching and search alike."""

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from crm.matching.rules import wordlists
from crm.matching.rules.kinds import Channel, NameForms, Subject, Token
from crm.matching.rules.normalise import forms_of
from crm.matching.rules.scripts import is_cjk, is_han, plain, skeleton, squeeze, syllables

# Free mail and shared identifiers never become tokens; schemes do, so that a number is found in its own scheme only.
PREFIX_MIN, PREFIX_MAX = 3, 5
# How much of a name's sound and of its consonants is looked up: short finds more, long is rarer and so counts more.
SOUND_PREFIXES = (4, 6, 8)
SKELETON_PREFIXES = (3, 4, 5)
# No name is looked up by more of its signs, or by more of its words, than these.
LONGEST, MOST_WORDS = 60, 12


@lru_cache(maxsize=16_384)
def token(channel: Channel, value: str) -> Token:
    """The token of a value in a channel: 64 bits of BLAKE2b, signed."""
    digest = hashlib.blake2b(f"{channel.value}:{value}".encode(), digest_size=8).digest()
    return Token(channel, int.from_bytes(digest, "big", signed=True))


def _grams(text: str, n: int) -> list[str]:
    return [text[i : i + n] for i in range(len(text) - n + 1)]


def _cjk_bigrams(text: str) -> list[str]:
    return [gram for gram in _grams(text[:LONGEST], 2) if is_cjk(gram[0]) and is_cjk(gram[1])]


def tokens_of(forms: NameForms) -> tuple[Token, ...]:
    """Tokens by which other spellings of this name are found: about seventeen a name.

    Pairs of signs are those of the name with and without its place and trade, so that neither a place cut in error nor one left
    out hides a firm.
    """
    found = [token(Channel.HAN, gram) for gram in (*_cjk_bigrams(forms.core), *_cjk_bigrams(forms.whole))]
    found += [token(Channel.HAN, f"={forms.stem}")]
    found += [token(Channel.HAN, f"^{pair}") for pair in _abbreviations(forms)]
    found += [token(Channel.WORD, word) for word in forms.words[:MOST_WORDS]]
    for sound in forms.readings[:3]:
        found += [token(Channel.SOUND, sound[:n]) for n in SOUND_PREFIXES if len(sound) >= n]
        found.append(token(Channel.SOUND, f"={_heard(sound)}"))
    for bones in _bones(forms):
        found += [token(Channel.SKELETON, bones[:n]) for n in SKELETON_PREFIXES if len(bones) >= n]
    if forms.bones and forms.bones[0]:
        found += [token(Channel.SKELETON, f"{forms.bones[0][:2]}+{concept}") for concept in sorted(forms.concepts)[:3]]
    if forms.script == "latin":
        found += [token(Channel.SOUND, word[:n]) for word in forms.words[1:3] for n in SOUND_PREFIXES[:2] if len(word) >= n]
        found += [token(Channel.WORD, f"{word[-4:]}$") for word in forms.words[:1] if len(word) >= 5]
    if forms.brand:
        found.append(token(Channel.BRAND, forms.brand))
    return tuple(dict.fromkeys(found))


def _abbreviations(forms: NameForms) -> list[str]:
    """How a longer Chinese name may be shortened: its first sign with the third, fourth or fifth (台化 for 台湾化学纤维)."""
    text = forms.whole
    if forms.script != "han" or len(text) < 4:
        return [text[:2]] if 2 <= len(text) <= 4 and is_cjk(text[0]) else []
    return list(dict.fromkeys([*(text[0] + sign for sign in text[2:5] if is_cjk(sign)), *([text[:2]] if len(text) == 4 else [])]))


_HEARD = (("ph", "f"), ("th", "s"), ("sh", "s"), ("ch", "s"), ("ck", "k"), ("qu", "k"), ("x", "ks"), ("ou", "o"),
          ("oo", "u"), ("ee", "i"), ("l", "r"), ("v", "b"), ("c", "k"), ("q", "k"), ("z", "s"), ("j", "s"), ("y", "i"),
          ("w", "u"), ("h", ""))  # fmt: skip


@lru_cache(maxsize=8192)
def _heard(sound: str) -> str:
    """A reading without what two languages spell differently: doubled letters, l and r, v and b, a vowel that ends a syllable."""
    for letters, sign in _HEARD:
        sound = sound.replace(letters, sign)
    sound = re.sub(r"(.)\1+", r"\1", sound)
    sound = re.sub(r"r(?=[^aeiou]|$)", "", sound)
    return re.sub(r"(?<=[bdfgkmprst])[uo]?(?=[bdfgkmnprst]|$)|e$", "", sound) if len(sound) > 3 else sound


def _bones(forms: NameForms) -> tuple[str, ...]:
    """The consonants of a name's readings; of Latin ones also without the r that Japanese leaves unspoken."""
    bones = forms.bones[:3]
    if forms.script == "latin":
        soft = [re.sub(r"r(?=[^aeiou]|$)", "", sound) for sound in forms.readings[:1]]
        bones += tuple(skeleton((sound,), han=False) for sound in soft)
    return tuple(dict.fromkeys(bones))


def asked_tokens(subject: Subject) -> tuple[Token, ...]:
    """Tokens to look a subject up by: its own, and those its names would have without a slip or in short."""
    found = list(tokens_for(subject))
    for name in subject.names:
        forms = forms_of(name, subject.country)
        channel = slip_channel(forms.script)
        found += [token(channel, slip) for slip in slips(forms.script, forms.whole, forms.words[:1])]
    return tuple(dict.fromkeys(found))


def slip_channel(script: str) -> Channel:
    """The channel in which the slips of a name in this script are looked up."""
    return Channel.WORD if script == "latin" else Channel.HAN


def slips(script: str, whole: str, first: Sequence[str]) -> list[str]:
    """What the name might have had in the index without a slip or in short: of Latin ones the `first` word, if any, tells."""
    if script != "latin":
        signs = whole[:12]
        pairs = [signs[i] + signs[i + 2] for i in range(len(signs) - 2)] + [b + a for a, b in pairwise(signs)]
        pairs += [signs[0] + sign for sign in signs[3:5]]
        found = [pair for pair in pairs if is_cjk(pair[0]) and is_cjk(pair[1])]
        return [*found, f"^{signs[:2]}"] if len(signs) <= 6 else found
    found = []
    for word in first:
        found += [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word[:12]) - 1)]
        found += [word[:i] + word[i + 1 :] for i in range(len(word[:12]))] if len(word) > 3 else []
    return found


def identifier_tokens(identifiers: frozenset[tuple[str, str]]) -> tuple[Token, ...]:
    """Tokens of credit codes, domains, registration numbers and phones."""
    return tuple(token(Channel.IDENTIFIER, f"{scheme}={value}") for scheme, value in sorted(identifiers))


def tokens_for(subject: Subject) -> tuple[Token, ...]:
    """Every token under which a subject is found: of all its names, identifiers and phones."""
    found: list[Token] = []
    for name in subject.names:
        found += tokens_of(forms_of(name, subject.country))
    phones = frozenset(("phone", phone) for phone in subject.phones)
    found += identifier_tokens(subject.identifiers | phones)
    return tuple(dict.fromkeys(found))


def tokens_within(name: str) -> tuple[tuple[Token, ...], ...]:
    """Sets of tokens: whoever has a name that begins with `name`, a place before it or not, has all tokens of one set."""
    key = squeeze(name)
    found: list[tuple[Token, ...]] = [(token(Channel.HAN, f"={key}"),), (token(Channel.WORD, key),)]
    pairs = _cjk_bigrams(key)
    cut = wordlists.places_en() | set(wordlists.holding_words()) | {wording for wording, _kind in wordlists.legal_forms()}
    words = [word for word in re.findall(r"[a-z0-9]+", plain(name)) if len(word) > 1 and word not in cut]
    if pairs:
        found.append(tuple(token(Channel.HAN, pair) for pair in pairs))
    elif words:
        found.append(tuple(token(Channel.WORD, word) for word in words[:MOST_WORDS]))
    if key.isascii() and len(key) >= SOUND_PREFIXES[0]:
        found.append((token(Channel.SOUND, key[: max(n for n in SOUND_PREFIXES if n <= len(key))]),))
    return tuple(found)


def search_text_of(*texts: str) -> str:
    """What a search is checked against: the words of every text, the text squeezed, its pinyin and its initials."""
    parts: list[str] = []
    for text in dict.fromkeys(texts):
        flat = squeeze(text)
        sounds = syllables(flat) if any(is_han(c) for c in flat) else ()
        parts += [*(squeeze(word) for word in plain(text).split()), flat, "".join(sounds), "".join(s[0] for s in sounds)]
    return " ".join(part for part in dict.fromkeys(parts) if part)


# Where a word or a syllable may begin inside a run of letters: a consonant that sounds with what follows, a vowel after a coda.
_ONSET = re.compile(r"(?=[b-df-hj-np-tv-z][aeiouv]|[csz]h[aeiou])|(?<=[aeiougn])(?=[aeo])|(?<![aeiou])(?=[b-df-hj-np-tv-z]{2})")


def _starts(run: str) -> list[int]:
    """Positions in a run of letters or digits from which somebody may type: all in initials and numbers, else syllables."""
    vowels = sum(letter in "aeiou" for letter in run)
    if len(run) <= 24 and vowels * 4 < len(run):
        return list(range(len(run)))
    return sorted({0, *(match.start() for match in _ONSET.finditer(run))})


def search_index_tokens(text: str) -> tuple[Token, ...]:
    """Tokens by which a search finds a record whose `search_text_of` is `text`."""
    found: list[Token] = []
    for part in text.split():
        found += [token(Channel.HAN, gram) for gram in _grams(part, 2) if is_cjk(gram[0]) and is_cjk(gram[1])]
        for run in re.findall(r"[a-z0-9]+", part):
            for start in _starts(run):
                found += [
                    token(Channel.PREFIX, run[start : start + n]) for n in (PREFIX_MIN, PREFIX_MAX) if start + n <= len(run)
                ]
    return tuple(dict.fromkeys(found))


def search_terms(query: str) -> tuple[str, ...]:
    """The words of a query, squeezed: each has to occur in a record's search text."""
    terms = [squeeze(part) for part in plain(query).split()]
    return tuple(dict.fromkeys(t for t in terms if t))[:6]


def search_tokens(term: str) -> tuple[Token, ...] | None:
    """Tokens that every record with `term` in its search text, from the start of a word or syllable on, has.

    None when the term is too short for the index.
    """
    if any(is_cjk(c) for c in term):
        grams = _cjk_bigrams(term)
        return tuple(token(Channel.HAN, gram) for gram in grams) or None
    if len(term) >= PREFIX_MIN:
        return (token(Channel.PREFIX, term[: PREFIX_MAX if len(term) >= PREFIX_MAX else PREFIX_MIN]),)
    return None
