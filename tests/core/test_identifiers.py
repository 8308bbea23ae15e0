import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core import identifiers as i


@pytest.mark.parametrize(
    "typed, found",
    [
        ("http://www.cables.com.tw/x", "cables.com.tw"), ("WWW.Siemens.DE", "siemens.de"), ("https://a.b.example.co.jp:8080/", "example.co.jp"),
        ("münchen-optik.de", "xn--mnchen-optik-dlb.de"), ("127.0.0.1", None), ("localhost", None), ("facebook.com/firm", None), ("", None),
        ("http://[::1", None), ("no spaces here.com", None), ("com.tw", None), ("a" * 70 + ".com", None), ("x..com", None),
    ],
)  # fmt: skip
def test_domains(typed, found):
    assert i.registrable_domain(typed) == found


def test_mail():
    assert i.mail_domain("a@firm.com.sg") == "firm.com.sg"
    assert [i.mail_domain(a) for a in ("a@gmail.com", "firm.com", "@firm.com", "a@qq.com")] == [None] * 4


def test_credit_codes():
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    valid = [one for c in alphabet if (one := f"91110000600037341{c}") == i.normalise_uscc(one)]
    assert valid == ["91110000600037341L"], "exactly one check digit fits"
    assert i.normalise_uscc(" 9111 0000 6000 3734 1l ") == valid[0]
    assert [i.normalise_uscc(text) for text in ("", "911100006000373411", "91110000600037341", "x" * 18)] == [None] * 4


def test_phones():
    assert i.normalise_phone("138 0013 8000") == "+8613800138000"
    assert i.normalise_phone("0049 30 901820") == "+4930901820"
    assert i.normalise_phone("no number") is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_something_or_nothing(text):
    for read in (i.registrable_domain, i.mail_domain, i.normalise_uscc, i.normalise_phone, i.fold_registration):
        found = read(text)
        assert found is None or found
