"""Whether a name in another script is a firm's own name with a place, a trade and a legal form more: its daughter somewhere."""

from crm.matching.rules import wordlists
from crm.matching.rules.apart import is_full
from crm.matching.rules.kinds import NameForms
from crm.matching.rules.normalise import forms_of
from crm.matching.rules.scorecard import score_of

_ONE_NAME = 0.5  # from which score on what is left of the longer name is the shorter one
_TRADES = 2  # so many trade words at the end are taken off


def is_daughter(a: NameForms, b: NameForms) -> bool:
    """Whether one of two names in two scripts is the other one with a place more: 德国铁路(中国)投资有限公司, Deutsche Bahn. Symmetric."""
    return _is_daughter_of(a, b) or _is_daughter_of(b, a)


def _is_daughter_of(longer: NameForms, shorter: NameForms) -> bool:
    if not is_full(longer) or not (longer.places | longer.head_places) - shorter.places - shorter.head_places:
        return False
    return any(score_of(forms_of(name), shorter) >= _ONE_NAME for name in _bare_names(longer, shorter))


def _bare_names(longer: NameForms, shorter: NameForms) -> list[str]:
    """The longer name without its place, and without the trades at its end that the shorter one does not speak of."""
    found = [" ".join(longer.words) if longer.script == "latin" else longer.core]
    while len(found) <= _TRADES:
        rest = _without_trade(found[-1], shorter)
        if rest == found[-1]:
            break
        found.append(rest)
    return found


def _without_trade(name: str, shorter: NameForms) -> str:
    if name.isascii():
        *words, last = name.split() or [""]
        trade = wordlists.concepts_latin().get((last,), "")
        return " ".join(words) if words and trade and trade not in shorter.concepts else name
    for word, trade in wordlists.concepts_cjk():
        if name.endswith(word) and trade not in shorter.concepts and len(name) - len(word) >= 2:
            return name.removesuffix(word)
    return name
