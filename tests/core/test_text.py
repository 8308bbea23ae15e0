"""What a door lets in. (Twice cleaned is once cleaned: tests/kernel/test_text.py.)"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.text import clean


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("  西门子（中国）  ", "西门子(中国)"),
        ("ＡＢＣ　１２３", "ABC 123"),
        ("a\u200bb\u00adc\ufeff", "abc"),
        ("a\x00b\x07c\x1b[0m", "abc[0m"),
        ("a\u202eb\u2066c", "abc"),
        ("a\ud800b", "ab"),
        ("one\r\ntwo\rthree\u2028four", "one two three four"),
        ("a\tb", "a b"),
        ("Cafe\u0301", "Café"),
        ("\u3000", ""),
    ],
)
def test_one_line(typed, kept):
    assert clean(typed) == kept


def test_many_lines_keep_their_breaks():
    assert clean(" one \r\n\r\n\r\n\r\n two\t2 \u2029three ", multiline=True) == "one\n\ntwo 2\nthree"


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("首次洽谈，对方（总部）问：选址；还有！？", "首次洽谈，对方（总部）问：选址；还有！？"),
        ("ＡＢＣ，１２３　㎡", "ABC，123 m2"),
        ("＜script＞，​\nend", "<script>，\nend"),
    ],
)
def test_prose_keeps_its_punctuation(typed, kept):
    assert clean(typed, multiline=True, prose=True) == kept == clean(kept, multiline=True, prose=True)


@given(st.text(max_size=80))
def test_nothing_invisible_stays(text):
    kept = clean(text, multiline=True)
    assert not [c for c in kept if ord(c) < 32 and c != "\n"]
    assert not [c for c in kept if c in "\u200b\u200e\u202e\u2066\ufeff\u00ad" or 0xD800 <= ord(c) <= 0xDFFF]
    assert "\n" not in clean(text)


@given(st.text(alphabet="线索项目ABCdef 019-./,", max_size=40))
def test_plain_text_stays_itself(text):
    assert clean(text) == " ".join(text.split())
