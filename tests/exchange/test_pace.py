"""How many rows the next chunk of an import has."""

import pytest

from crm.exchange.rules.pace import LEAST, MOST, next_size


@pytest.mark.parametrize(
    ("size", "seconds", "wanted"),
    [(25, 0.1, 50), (25, 0.3, 25), (50, 0.6, 25), (80, 0.1, MOST), (MOST, 0.01, MOST), (12, 3.0, LEAST), (LEAST, 9.0, LEAST)],
)
def test_a_chunk_grows_while_it_is_quick_and_halves_when_it_is_slow(size: int, seconds: float, wanted: int) -> None:
    assert next_size(size, seconds) == wanted
