"""Which pairs cannot be one firm, or not even of one group, told without judging them: for who compares very many and does not
ask how unlike the others are.
"""

from crm.matching.rules.evidence import meeting
from crm.matching.rules.home import names_beside
from crm.matching.rules.judge import SAME_FROM, capped, one_group
from crm.matching.rules.kinds import NameForms, Subject
from crm.matching.rules.packing import Entry, may_have_brand
from crm.matching.rules.resemblance import Evidence, both_known, compare_stems
from crm.matching.rules.scorecard import Beforehand, features_between, reaches


def cannot_be_same(a: Subject, b: Subject) -> bool:
    """True when `judge` is sure not to call the two the same; False says nothing. Symmetric, a third of the judge's price.

    Without an identifier in common only the names speak for one firm, and nothing lifts two names over what the model says of
    them: places, trades, countries only lower it, and other numbers or signs hold it down whatever it is. Equal keys and known
    brands are not the model's matter, so the judge is asked.
    """
    if not a.identifiers.isdisjoint(b.identifiers) or not a.phones.isdisjoint(b.phones):
        return False
    return not any(_may_be_same(mine, yours) for mine, yours in names_beside(a, b))


def _may_be_same(a: NameForms, b: NameForms) -> bool:
    return a.key == b.key or both_known(a, b) or (not capped(a, b) and reaches(SAME_FROM, a, b))


def score_at_most(a: Subject, b: Entry, told: Beforehand) -> float:
    """How high `judge` may score `a`, taken apart, and `b`: the model's word for their names, which is only lowered after it.
    1 where it has not spoken of all their names, or something else may raise it: identifiers, brands, a country in common.
    """
    else_told = (a.identifiers or a.phones) and b.identifiers
    at_home = a.country is not None and a.country == b.country != "CN"
    brands = any(forms.brand for forms in a.forms) and any(map(may_have_brand, b.names))
    if not told or len(told) < len(a.forms) * len(b.names) or else_told or at_home or brands:
        return 1.0
    return max(weighed.score for weighed in told.values())


def cannot_be_kin(a: Subject, b: Subject) -> bool:
    """True when `judge` is sure to call the two different; False says nothing. Symmetric, two thirds of the judge's price.

    Two firms are of one group by what their distinctive parts look like, which costs little; only then is the model asked.
    """
    if not a.identifiers.isdisjoint(b.identifiers) or not a.phones.isdisjoint(b.phones):
        return False
    return not any(_may_be_kin(mine, yours) for mine, yours in names_beside(a, b))


def _may_be_kin(a: NameForms, b: NameForms) -> bool:
    if a.key == b.key or both_known(a, b):
        return True
    found = Evidence()
    compare_stems(found, a, b)
    if meeting(a, b) == "cross":
        found.features = features_between(a, b)  # a daughter is told by them
    return found.group or one_group(found, a, b) or reaches(SAME_FROM, a, b)
