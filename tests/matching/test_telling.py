"""What a stranger's text must not hold: names in every spelling, brands, contacts; and what it may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.matching.rules.telling import told_in

FIRMS = ["维德港传感器有限公司", "Veldhaven Sensors GmbH"]
PEOPLE = ["Anna Lindqvist", "+86 755 8888 1234", "a.lindqvist@veldhaven.example", "张维德"]


@pytest.mark.parametrize(
    "text, word",
    [
        ("一家德国传感器企业", None),
        ("维德港拟建研发中心", "维德港"),
        ("維德港擬建", "維德港"),
        ("即维 德 港项目", "维 德 港"),
        ("ＶＥＬＤＨＡＶＥＮ to come", "ＶＥＬＤＨＡＶＥＮ"),
        ("the Veldhaven-Sensors line", "Veldhaven-Sensors"),
        ("weidegang 项目", "weidegang"),
        ("please call 0755 8888-1234 now", "0755 8888-1234"),
        ("write to a.lindqvist@veldhaven.example", "a.lindqvist@veldhaven.example"),
        ("Ms Anna Lindqvist leads it", "Anna Lindqvist"),
        ("张维德总经理", "张维德"),
        ("Sensors for cars", None),
        ("传感器有限公司一家", None),
        ("need 30000 m2, 8 m high, 2026-06-18", None),
        ("", None),
        (None, None),
    ],
)
def test_it_finds_the_word(text, word):
    assert told_in([None, text], FIRMS, exact=PEOPLE) == word


@pytest.mark.parametrize(
    "text, word", [("与博世合作", "博世"), ("like BOSCH", "BOSCH"), ("boschungen", None), ("汽车部件制造", None)]
)
def test_a_brand_tells_in_all_its_names(text, word):
    assert told_in([text], ["博世汽车部件（苏州）有限公司"]) == word


@given(st.text(max_size=80), st.text(max_size=20))
def test_it_never_fails_and_names_what_stands_there(text, name):
    found = told_in([text], [name], exact=[name])
    assert found is None or found


@given(st.text(alphabet="厂房用地高层用能工人", max_size=30), st.text(alphabet="厂房用地高层用能工人", max_size=30))
def test_a_name_is_found_wherever_it_stands(before, after):
    assert told_in([before + "维德港" + after], FIRMS) == "维德港"


@pytest.mark.parametrize(
    "text, word",
    [
        ("瓦尔康拟建实验室", "瓦尔康"),
        ("瓦爾康公司", "瓦爾康"),
        ("瓦尔道夫酒店附近", None),
        ("高岭土加工", None),
        ("智能装备一家", None),
    ],
)
def test_what_a_long_chinese_name_is_called_for_short_tells(text, word):
    assert told_in([text], ["瓦尔康高岭智能有限公司"]) == word
