"""The pages of expected days: typed, refused at its place, stale, and where the state is shown."""

import pytest

from crm.core import clock
from tests.pipeline.stories import negotiating
from tests.pipeline.test_pages import within

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture(autouse=True)
def november(clock_at):
    clock_at("2026-11-16 09:00")


def test_expected_days_from_form_to_list(app, signed_in, clock_at):
    lead = within(app, negotiating, clock.today())
    ours, at = signed_in("officer.nanshan"), f"/expected/{lead.public_id}"
    page = ours.get(at)
    assert "正式签约" in page.main
    assert "装修/实施启动" not in page.main, "not on the path of a building project"
    assert "还没有填写预计日期" in ours.get(f"/leads/{lead.public_id}").main
    ours.post(at, {"contract_signed": "2026-12-01", "reason": "", "version": "0"}, status=303)
    page = ours.post(at, {"contract_signed": "2027-01-15", "reason": "", "version": "1"}, status=422)
    assert "须写明原因" in page.main
    assert 'value="2027-01-15"' in page.html
    page = ours.post(at, {"contract_signed": "2026-11-01", "reason": "x", "version": "1"}, status=422)
    assert "不能早于今天" in page.main
    page = ours.post(at, {"contract_signed": "someday", "reason": "x", "version": "1"}, status=422)
    page = ours.post(at, {"contract_signed": "2027-01-15", "reason": "总部审议延后", "version": "0"}, status=409)
    assert "同事刚调整过" in page.main
    assert "总部审议延后" in page.main
    ours.post(at, {"contract_signed": "2027-01-15", "reason": "总部审议延后", "version": "1"}, status=303)
    page = ours.get(f"/leads/{lead.public_id}")
    for word in ("2026-12-01", "2027-01-15", "推迟 45 天", "调整 1 次", "已推迟", "总部审议延后"):
        assert word in page.main
    assert "推迟 45 天" in ours.get("/leads?scope=mine&expected=30&col=expected").main
    assert lead.number.partition("-")[2] not in ours.get("/leads?scope=mine&expected=90&col=expected").main
    assert "推迟 45 天" in ours.get("/leads/board?scope=mine").main
    assert "推迟 45 天" in ours.get("/batches/").main
    clock_at("2027-01-17 09:00")
    home = signed_in("officer.nanshan").get("/")
    assert "预计正式签约的日期已过" in home.main
    signed_in("officer.baoan").get(at, status=404)
