from types import SimpleNamespace

import pytest

from crm.core.errors import AlreadyDone, Forbidden, NotFound, Refusal, StaleVersion, Throttled
from crm.core.versions import check_version


def test_each_refusal_has_its_answer():
    assert [cls().status for cls in (Refusal, NotFound, Forbidden, StaleVersion, AlreadyDone, Throttled)] == [
        422,
        404,
        403,
        409,
        409,
        429,
    ]
    assert str(Refusal("own_code", n=3)) == "own_code {'n': 3}"
    assert Refusal().code == "refused"


def test_a_version_must_be_the_one_that_was_opened():
    record = SimpleNamespace(version=3)
    check_version(record, 3)
    for opened in (2, 4):
        with pytest.raises(StaleVersion) as caught:
            check_version(record, opened)
        assert caught.value.facts == {"record": record, "opened": opened, "saved": 3}
