"""How alike the distinctive parts of two names are, and the sentence for it: what a person reads beside the score."""

from dataclasses import dataclass, field

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from crm.matching.rules import brands, wordlists
from crm.matching.rules.evidence import meeting
from crm.matching.rules.kinds import NameForms, Reason
from crm.matching.rules.scripts import letters_of

LIKE_FROM = 0.35


def held(score: float, most: float) -> float:
    """A score held at `most` or a little below it: of two that are held, the surer one stays the higher one."""
    return score if score <= most else most * (0.9 + 0.1 * score)


@dataclass(slots=True)
class Evidence:
    """What two names say together. `base` is how alike the distinctive parts are, `likeness` how alike the names, both before
    what tells entities of one group apart. `barred`: not to be called the same, however high the score. `features`: what the
    model read.
    """

    base: float = 0.0
    likeness: float = 0.0
    score: float = 0.0
    group: bool = False
    barred: bool = False
    reasons: list[Reason] = field(default_factory=list)
    features: dict[str, float] = field(default_factory=dict)

    def say(self, code: str, weight: str = "for", **facts: str) -> None:
        """Add a reason."""
        self.reasons.append(Reason(code, weight, tuple(sorted(facts.items()))))

    def lower(self, factor: float, code: str, weight: str = "against", **facts: str) -> None:
        """Lower the score, and say why."""
        self.score *= factor
        self.say(code, weight, **facts)

    def cap(self, most: float, code: str, weight: str = "against", **facts: str) -> None:
        """The score is at most this, and why."""
        self.score = held(self.score, most)
        self.say(code, weight, **facts)

    def bar(self, factor: float, code: str, **facts: str) -> None:
        """Never the same firm by these names, however sure they make one: the score stays what it is worth."""
        self.barred = True
        self.lower(factor, code, **facts)

    def has(self, *codes: str) -> bool:
        """Whether one of these was said."""
        return any(reason.code in codes for reason in self.reasons)


def compare_stems(found: Evidence, a: NameForms, b: NameForms) -> None:
    """Write into `found` how alike the distinctive parts are, and what to say about it."""
    if both_known(a, b):
        _brands(found, a, b)
        return
    if a.stem == b.stem:
        found.base = 0.6 if only_common(a, b) else 0.95
        found.say("same_core", value=a.stem)
        return
    if a.core == b.core:
        found.base = 0.95
        found.say("same_core", value=a.core)
        return
    card = meeting(a, b)
    if card == "latin":
        _latin_stems(found, a, b)
    elif card == "cross":
        _cross_stems(found, a, b)
    else:
        _cjk_stems(found, a, b)


def only_common(a: NameForms, b: NameForms) -> bool:
    """Whether two Latin names of different trades share nothing but a word that many firms are called by: Mercury Marine and
    Mercury Insurance.
    """
    return bool(a.stem in wordlists.common_words() and a.concepts and b.concepts and not a.concepts & b.concepts)


def both_known(a: NameForms, b: NameForms) -> bool:
    """Whether the brand table decides: one brand with nothing unexplained behind it, or two brands of our own.

    What only one name says behind the brand cannot be looked for in another script; registers do not speak of differences.
    """
    if not (a.brand and b.brand):
        return False
    if a.brand != b.brand:
        return ":" not in a.brand and ":" not in b.brand
    return not (a.tail or b.tail) or (meeting(a, b) == "cross" and not (a.tail and b.tail))


def inside_brand(a: NameForms, b: NameForms) -> bool:
    """Whether both names belong to one foreign brand, where every place, trade and holding word means another entity."""
    return bool(a.brand and a.brand == b.brand and a.brand not in wordlists.domestic() and not a.brand.startswith("reg:"))


def _brands(found: Evidence, a: NameForms, b: NameForms) -> None:
    if a.brand == b.brand:
        found.base = 0.96
        on = max(brands.confirmed_on(f.brand, f.core, f.whole, letters_of(f.folded)) for f in (a, b))
        if on:
            one, two = sorted((_short(a), _short(b)), key=str.isascii)
            found.say("brand_confirmed", a=one, b=two, on=on)
        else:
            found.say("brand", a=_short(a), b=_short(b))
        if a.brand_rest != b.brand_rest and not (a.concepts and b.concepts) and inside_brand(a, b):
            found.group = True
        if a.tail != b.tail:
            found.base, found.group = 0.5, True
            found.say("core_differs", "against", a=a.stem, b=b.stem)
    elif wordlists.one_group(a.brand, b.brand):
        found.base, found.group = 0.34, True
        found.say("same_group", a=_short(a), b=_short(b))
    else:
        found.base = 0.05
        found.say("brand_differs", "against", a=_short(a), b=_short(b))


def _short(forms: NameForms) -> str:
    return forms.original if len(forms.original) <= 24 else forms.stem


def _cjk_stems(found: Evidence, a: NameForms, b: NameForms) -> None:
    shorter, longer = sorted((a.stem, b.stem), key=lambda s: (len(s), s))
    distance = OSA.distance(a.stem, b.stem)
    ratio = fuzz.ratio(a.stem, b.stem) / 100
    if a.sound and a.sound == b.sound:
        found.base = 0.88
        found.say("pinyin_equal", value=a.sound)
    elif distance == 1 and len(shorter) >= 4:
        found.base = 0.80
        found.say("similar_core", a=a.stem, b=b.stem)
    elif distance == 1 and len(shorter) == 3 and len(longer) == 3:
        found.base = 0.62
        found.say("similar_core", "weak", a=a.stem, b=b.stem)
    elif len(shorter) >= 2 and longer.startswith(shorter):
        found.base = 0.74 if len(shorter) >= 3 or len(longer) - len(shorter) <= 2 else 0.6
        found.say("short_name", value=shorter)
    elif len(shorter) >= 3 and shorter in longer:
        found.base = 0.66
        found.say("short_name", value=shorter)
    else:
        found.base = min(0.6, ratio * 0.8)
        common = "".join(dict.fromkeys(c for c in a.stem if c in b.stem))
        if common:
            found.say("shared_characters", "weak", value=common)
        if found.base >= LIKE_FROM:
            found.say("core_differs", "against", a=a.stem, b=b.stem)


def _latin_stems(found: Evidence, a: NameForms, b: NameForms) -> None:
    ratio = fuzz.ratio(a.stem, b.stem) / 100
    sorted_ratio = fuzz.ratio("".join(sorted(a.stem)), "".join(sorted(b.stem))) / 100 if " " in a.folded else ratio
    shared = set(a.words) & set(b.words)
    subset = bool(shared) and (shared in (set(a.words), set(b.words))) and sum(map(len, shared)) >= 4
    best = min(ratio + 0.06, max(ratio, sorted_ratio))
    if best >= 0.9 and min(len(a.stem), len(b.stem)) >= 5:
        found.base = 0.86
        found.say("similar_core", a=a.stem, b=b.stem)
    elif best >= 0.84 and min(len(a.stem), len(b.stem)) >= 7:
        found.base = 0.74
        found.say("similar_core", a=a.stem, b=b.stem)
    elif subset:
        found.base = 0.64
        found.say("shared_words", value=" ".join(sorted(shared)))
    elif a.stem.startswith(b.stem) or b.stem.startswith(a.stem):
        found.base = 0.6 if min(len(a.stem), len(b.stem)) >= 5 else 0.45
        found.say("short_name", value=min(a.stem, b.stem, key=len))
    else:
        found.base = min(0.55, best * 0.7)
        if found.base >= LIKE_FROM:
            found.say("core_differs", "against", a=a.stem, b=b.stem)


def _cross_stems(found: Evidence, a: NameForms, b: NameForms) -> None:
    pairs = [(x, y) for x in a.readings for y in b.readings]
    if not pairs:
        return
    heard = max(pairs, key=lambda p: (fuzz.ratio(*p), p))
    ratio = max(fuzz.ratio(*heard) / 100, JaroWinkler.similarity(*heard) - 0.08)
    bones = max((fuzz.ratio(x, y) / 100 for x in a.bones for y in b.bones if min(len(x), len(y)) >= 2), default=0.0)
    size = min(len(a.skeleton), len(b.skeleton))
    kind = next((f"{script}_reading" for script in ("kana", "hangul") if script in (a.script, b.script)), "sound")
    if (ratio >= 0.92 and min(map(len, heard)) >= 4) or (bones >= 0.99 and size >= 4):
        found.base = 0.90
    elif (bones >= 0.99 and size == 3) or (bones >= 0.8 and size >= 4) or ratio >= 0.8:
        found.base = 0.74
    else:
        found.base = 0.5 * max(ratio, bones)
        if found.base < 0.3:
            return
    found.say(kind, "for" if found.base >= 0.7 else "weak", value=" / ".join(sorted(heard)))
