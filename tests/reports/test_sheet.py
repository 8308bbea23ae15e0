"""What stands on one A4."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.reports.rules import CAPS, cut, shortened


@given(st.integers(0, 20), st.sampled_from(sorted(CAPS)))
def test_what_is_left_out_is_counted(number, part):
    rows = range(number)
    found = cut(rows, part)
    assert len(found.rows) + found.left == len(rows)
    assert len(found.rows) <= CAPS[part]
    with pytest.raises(KeyError):
        cut(rows, "nonsense")


@given(st.text(max_size=120), st.integers(2, 60))
def test_shortened(text, most):
    found = shortened(text, most)
    assert len(found) <= most
    assert found == " ".join(text.split()) or found.endswith("…")
