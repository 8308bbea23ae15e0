"""The board with an official map, and its page."""

import re
from io import BytesIO

import pytest

from crm.maps import queries
from tests.maps.test_rules import collection, feature, square

pytestmark = pytest.mark.only_on("sqlite")
CITY = collection(feature("南山区", square(113.9, 22.5)), feature("宝安区", square(113.8, 22.6)), feature("海", square(114, 22)))
FACTS = {"approval_number": "粤S(2026)001号", "source": "市规划和自然资源局"}


def put(browser, content=CITY, status=303, **facts):
    return browser.post("/maps/", FACTS | {"file": (BytesIO(content), "city.geojson")} | facts, status=status)


def test_it_takes_the_place_of_the_sketch_until_it_is_taken_down(signed_in):
    city, officer = signed_in("coordinator"), signed_in("officer.nanshan")
    assert "示意图，不反映实际边界与面积" in officer.get("/board").main
    put(city)
    page = officer.get("/board")
    assert "审图号：粤S(2026)001号" in page.main
    assert "示意图，不反映" not in page.main
    assert page.html.count('class="ob-shade-') > 1
    assert re.search(r"地图上没有：.*龙岗", page.main)
    assert "示意图，不反映" in officer.get("/board?draw=sketch").main
    put(city, approval_number="粤S(2026)002号")
    assert "粤S(2026)002号" in officer.get("/board").main
    city.post("/maps/down", {}, status=303)
    assert "示意图，不反映" in officer.get("/board").main
    city.post("/maps/down", {}, status=404)


@pytest.mark.parametrize(("facts", "says"), [
    ({"approval_number": ""}, "审图号"), ({"approval_number": "none"}, "请照地图上的审图号填写"), ({"source": " "}, "来源"),
    ({"file": (BytesIO(b""), "")}, "请选择文件"), ({"file": (BytesIO(b"PK"), "a.zip")}, "不是可以读取的 GeoJSON"),
    ({"approval_number": "号1" * 40}, "60"),
])  # fmt: skip
def test_bad_input_says_so_and_the_map_before_stays(app, signed_in, facts, says):
    city = signed_in("coordinator")
    put(city)
    answer = put(city, status=422, **facts)
    assert says in answer.main
    assert (facts.get("source") or FACTS["source"]).strip() in answer.html
    with app.app_context():
        assert queries.current().approval_number == FACTS["approval_number"]


def test_only_the_coordinator_changes_it(signed_in):
    for who in ("officer.nanshan", "manager.nanshan", "leader", "sysadmin"):
        browser = signed_in(who)
        browser.get("/maps/", status=403)
        put(browser, status=403)
