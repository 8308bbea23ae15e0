"""A firm need not say the country it is at home in, and its daughter abroad must."""

import pytest

from crm.matching.rules import Subject, Verdict, judge
from crm.matching.rules.screening import cannot_be_kin, cannot_be_same
from crm.matching.rules.screening_many import may_be_same

FULL, SHORT = "骁泓医疗器械(新加坡)私人有限公司", "骁泓医疗器械"


def of(name: str, country: str | None) -> Subject:
    return Subject((name,), country)


@pytest.mark.parametrize(("full", "short", "country"), [
    (FULL, SHORT, "SG"), ("瓦尔康航空(德国)有限公司", "瓦尔康航空", "DE"), ("Hiuwang Devices (Singapore) Pte. Ltd.", "Hiuwang Devices", "SG"),
])  # fmt: skip
def test_at_home_the_country_tells_nothing(full: str, short: str, country: str) -> None:
    for a, b in ((of(full, country), of(short, country)), (of(short, country), of(full, country))):
        assert judge(a, b).verdict is Verdict.SAME
        assert not cannot_be_same(a, b)
        assert not cannot_be_kin(a, b)
        assert may_be_same([(a, b)]) == [True]


@pytest.mark.parametrize(("a", "b"), [
    (of(FULL, None), of(SHORT, None)), (of(FULL, "SG"), of(SHORT, None)), (of(FULL, "SG"), of(SHORT, "DE")),
    (of(FULL, "DE"), of(SHORT, "DE")), (of("骁泓医疗器械(中国)有限公司", "CN"), of(SHORT, "CN")),
    (of("骁泓医疗器械(新加坡)有限公司", "SG"), of("骁泓医疗器械(香港)有限公司", "SG")),
])  # fmt: skip
def test_elsewhere_it_does(a: Subject, b: Subject) -> None:
    assert judge(a, b).verdict is not Verdict.SAME
    assert judge(b, a).verdict is not Verdict.SAME
