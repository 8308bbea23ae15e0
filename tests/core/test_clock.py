from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from crm.core import clock


def test_the_day_is_the_citys():
    late = datetime(2026, 6, 17, 16, 30, tzinfo=UTC)  # half past midnight in Shenzhen
    assert clock.city_day(late) == date(2026, 6, 18)
    with clock.fixed(late):
        assert clock.today() == date(2026, 6, 18)
        assert clock.now() == late
        assert clock.now().tzinfo is UTC


def test_held_time_nests_and_ends():
    one, two = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=timezone(timedelta(hours=8)))
    with clock.fixed(one):
        with clock.fixed(two):
            assert clock.now() == two
        assert clock.now() == one
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize("moment", [datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), datetime(2026, 12, 31, 16, 0, tzinfo=UTC)])
def test_new_year(moment):
    assert clock.city_day(moment).year == (2026 if moment.hour == 15 else 2027)
