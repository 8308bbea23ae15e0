"""What stands on one A4."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.reports.rules import CAPS, cut, shortened
from crm.reports.rules.fitting import ems


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
    assert ems(found) <= most + 1e-9
    assert found == " ".join(text.split()) or found.endswith("…")


def test_latin_letters_are_narrower_than_chinese_signs():
    both = "USD 15.48 m (reported), confirmed USD 13.93 m"
    assert shortened(both, 36) == both, "a sum is not cut where there is room for it"
    assert shortened("SOLVIKAR UNION PRECISION INSTRUMENTS S.A.", 26) == "SOLVIKAR UNION PRECISION INSTRUMENTS S.A."
    assert shortened("海晏智能装备科技股份有限公司", 8) == "海晏智能装备科…"
