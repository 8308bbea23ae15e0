"""Whether a name in another script is a firm's own name with a place, a trade and a legal form more: its daughter somewhere."""

from crm.matching.rules import wordlists
from crm.matching.rules.apart import is_full
from crm.matching.rules.evidence import Features
from crm.matching.rules.kinds import NameForms
from crm.matching.rules.normalise import forms_of
from crm.matching.rules.places import without
from crm.matching.rules.scorecard import score_of

EXPLAINED = 0.4
_ONE_NAME = 0.5  # from which score on what is left of the longer name is the shorter one
_TRADES = 2  # so many trade words at the end are taken off


def is_daughter(a: NameForms, b: NameForms, features: Features) -> bool:
    """Whether one of two names in two scripts is the other one with a place more. Symmetric.

    德国铁路(中国)投资有限公司 and Deutsche Bahn: what is left of the longer name is judged as a name of its own. `features` are
    those of the two whole names: nothing is judged where the longer one explains little of the shorter one.
    """
    for longer, shorter in ((a, b), (b, a)):
        explained = features.get("words_explained" if shorter.script == "latin" else "signs_explained", 0.0)
        if explained >= EXPLAINED and _is_daughter_of(longer, shorter):
            return True
    return False


def _is_daughter_of(longer: NameForms, shorter: NameForms) -> bool:
    more = (longer.places | longer.head_places) - shorter.places - shorter.head_places
    if not more or not is_full(longer) or (is_full(shorter) and not longer.places & more):
        return False
    bare = [forms_of(name) for name in _bare_names(longer, shorter)]
    # Less of the name may be a brand that it was not in whole: 博通集成电路 is not Broadcom.
    return any(score_of(forms, shorter) >= _ONE_NAME for forms in bare if forms.brand == longer.brand)


def _bare_names(longer: NameForms, shorter: NameForms) -> list[str]:
    """The longer name without the place in brackets, else in front, and without the trades at its end that only it speaks of."""
    if longer.script == "latin":
        name = " ".join(longer.words)
    else:
        name = without(longer, longer.places or longer.head_places, False).whole
    bare = name
    for _ in range(_TRADES):
        bare = _without_trade(bare, shorter)
    return list(dict.fromkeys((bare, name)))


def _without_trade(name: str, shorter: NameForms) -> str:
    if name.isascii():
        *words, last = name.split() or [""]
        trade = wordlists.concepts_latin().get((last,), "")
        return " ".join(words) if words and trade and trade not in shorter.concepts else name
    for word, trade in wordlists.concepts_cjk():
        if name.endswith(word) and trade not in shorter.concepts and len(name) - len(word) >= 2:
            return name.removesuffix(word)
    return name
