"""Names that mix scripts, Globalウェイ: the Latin letters that another name has too are not the whole firm."""

from crm.matching.rules import wordlists
from crm.matching.rules.kinds import NameForms
from crm.matching.rules.lexicon import latin_words
from crm.matching.rules.normalise import forms_of
from crm.matching.rules.scorecard import score_of

# What stands beside the common letters is judged as two names of their own. Of real names with a Latin word in common that were
# called one firm, 27 pairs are scored less than this there; two of them are one firm (技研 and Technical Laboratory).
_ANOTHER_FIRM = 0.35


def another_beside_latin(a: NameForms, b: NameForms) -> bool:
    """Whether two names in two scripts have a Latin word in common, and beside it each another name: Globalウェイ and Global
    Leasing. Where only one says more, that is another firm when the word is one that many are called by. Symmetric.
    """
    latin, other = (a, b) if a.script == "latin" else (b, a)
    own, words = other.latin, latin_words(latin.folded)
    if len(own) < 2 or own.isdigit() or latin.script != "latin" or own not in words or own not in other.whole:
        return False
    signs, more = other.whole.replace(own, " ", 1).strip(), " ".join(word for word in words if word != own)
    if signs and more:
        return score_of(forms_of(signs), forms_of(more)) < _ANOTHER_FIRM
    return bool(signs or more) and own in wordlists.common_words()
