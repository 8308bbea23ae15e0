"""Each name of one firm beside each of another, as they are compared: at home a firm need not say where it is."""

from collections.abc import Iterator

from crm.matching.rules.apart import COUNTRY_PLACE
from crm.matching.rules.kinds import NameForms, Subject
from crm.matching.rules.normalise import forms_of_subject
from crm.matching.rules.places import places_of, without
from crm.matching.rules.resemblance import both_known


def names_beside(a: Subject, b: Subject) -> Iterator[tuple[NameForms, NameForms]]:
    """All pairs of a name of `a` and a name of `b`. Where both are of one foreign country that only one of the two names says, it
    is left out: of two firms of Singapore, 骁泓(新加坡)有限公司 and 骁泓, the brackets tell nothing. Of brands the table decides.
    """
    home = COUNTRY_PLACE.get(a.country or "") if a.country == b.country and a.country != "CN" else None
    theirs = forms_of_subject(b)
    for mine in forms_of_subject(a):
        for yours in theirs:
            if home is not None and not both_known(mine, yours):
                here, there = places_of(mine, yours)
                if (home in here) != (home in there):
                    gone = frozenset({home})
                    yield without(mine, gone, holding=False), without(yours, gone, holding=False)
                    continue
            yield mine, yours
