"""When a transfer is over, and which moves are moves inside the city."""

from datetime import date

from crm.transfers.rules import is_over, moves_inside


def test_days_and_moves():
    assert not is_over("open", date(2026, 6, 18), date(2026, 6, 18))
    assert is_over("open", date(2026, 6, 18), date(2026, 6, 19))
    assert not is_over("accepted", date(2026, 6, 18), date(2027, 6, 19))
    assert moves_inside("/1/3/", ["/1/4/"])
    assert not moves_inside("/1/3/", ["/1/3/", "/1/3/9/"])
    assert not moves_inside("/1/3/9/", ["/1/3/"])
    assert not moves_inside("/1/3/", [])
