"""The pages of the pipeline: moving with proof, the queue, many at once, bad input, two people, sealed leads."""

from datetime import timedelta
from io import BytesIO

import pytest

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.leads.models import Lead
from crm.leads.rules.lead import Stage
from crm.pipeline import services
from crm.pipeline.models import Milestone
from crm.pipeline.rules import Kind
from tests.builders import make_ready, put_milestone
from tests.leads.stories import PDF
from tests.pipeline.stories import decide, enter, negotiating

pytestmark = pytest.mark.only_on("sqlite")


def within(app, act, *args, **named):
    with app.app_context():
        return act(*args, **named)


def version_of(app, lead):
    with app.app_context():
        return str(db.session.get_one(Lead, lead.id, populate_existing=True).version)


def row_of(app, public_id):
    with app.app_context():
        return db.session.query(Milestone).filter_by(public_id=public_id).one()


def typed(app, lead, **changed):
    return {
        "to": "signed", "on": clock.today().isoformat(), "note": "", "kind": "contract_signed", "number": "800", "unit": "wan",
        "currency": "USD", "proofs": (BytesIO(PDF), "contract.pdf"), "version": version_of(app, lead), **changed,
    }  # fmt: skip


def test_a_move_with_its_milestone_in_one_form(app, signed_in):
    lead = within(app, negotiating)
    ours = signed_in("officer.nanshan")
    page = ours.get(f"/stages/{lead.public_id}")
    assert "正式签约 或 注册落地" in page.main
    assert "带缺口放行" not in page.main
    assert "投产运营" in ours.get(f"/stages/{lead.public_id}?to=operating").main
    assert ours.get(f"/stages/{lead.public_id}?to=nonsense").status == 200
    ours.post(f"/stages/{lead.public_id}", typed(app, lead), status=303)
    page = ours.get(f"/leads/{lead.public_id}")
    for word in ("正式签约", "800 万美元", "contract.pdf", "已申报", "进入在建(实施)还缺"):
        assert word in page.main


def test_what_is_missing_is_filled_in_and_one_is_back_at_the_stage_form(app, signed_in):
    """From the stage form one went to the facts or the clusters, saved, and stood on the lead's page."""
    lead = within(app, negotiating)
    with app.app_context(), unit_of_work():
        row = db.session.get_one(Lead, lead.id)
        row.contracted_amount = row.contracted_currency = row.project_type = None
        for tag in list(row.clusters):
            db.session.delete(tag)
    ours, at = signed_in("officer.nanshan"), f"/stages/{lead.public_id}?to=signed"
    links = [one["href"] for one in ours.get(at).root.first("ul", **{"class": "ob-miss"}).all("a")]
    edit, tags = (
        next(href for href in links if what in href) for what in ("/edit?to=signed#contracted_number", "/clusters?to=signed")
    )
    page = ours.get(edit)
    assert [one["href"] for one in page.root.all("a") if one.text == "取消"] == [at]
    assert page.form("/edit").get("action") == page.form("/edit").get("hx-post")
    wrong = page.submit("/edit", {"contracted_number": "many"}, status=422)
    assert wrong.submit("/edit", {"contracted_number": "800"}).location == at, "after a slip too"
    assert ours.get(tags).submit("/clusters").location == at
    assert ours.get(tags).submit("/clusters", htmx=True, status=204).location == at
    for nonsense in ("?to=//evil.example", "?to=nowhere", ""):
        back = ours.get(f"/leads/{lead.public_id}/edit{nonsense}").submit("/edit").location
        assert back == f"/leads/{lead.public_id}"
    owner = signed_in("manager.nanshan").get(f"/leads/{lead.public_id}/owner?to=signed")
    assert owner.submit("/owner").location == at


def test_an_investor_that_is_not_known_yet_has_a_way(app, signed_in):
    """The link led to a form without a field for it."""
    lead = within(app, negotiating)
    with app.app_context(), unit_of_work():
        row = db.session.get_one(Lead, lead.id)
        row.investor_id, row.amount_band = None, "from_1yi"
    missing = signed_in("officer.nanshan").get(f"/stages/{lead.public_id}").root.first("ul", **{"class": "ob-miss"})
    assert "投资方 得知名称后按名称登记" in " ".join(missing.text.split())
    assert not any("/edit" in one["href"] for one in missing.all("a"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": ""}, "还缺 1 项"),
        ({"number": ""}, "须填写金额"),
        ({"number": "-3"}, "金额不能为负"),
        ({"number": "0"}, "须大于零"),
        ({"number": "12x"}, "请填写数字"),
        ({"number": "1e99"}, "金额过大"),
        ({"currency": "XXX"}, "金额"),
        ({"proofs": (BytesIO(b"MZ"), "a.pdf")}, "a.pdf"),
        ({"proofs": (BytesIO(b""), "a.pdf")}, "空文件"),
        ({"proofs": (BytesIO(b"said so"), "a.txt")}, "不能作为节点佐证"),
        ({"on": "2099-01-01"}, "不能晚于今天"),
        ({"on": "soon"}, "发生日期"),
        ({"kind": "in_operation"}, "同时登记节点"),
        ({"to": "sold"}, "进入阶段"),
        ({"version": "0"}, "已有同事保存过"),
        ({"version": "x"}, ""),
    ],
)
def test_bad_input_is_said_and_nothing_is_half_done(app, signed_in, changed, said):
    lead = within(app, negotiating)
    page = signed_in("officer.nanshan").post(f"/stages/{lead.public_id}", typed(app, lead, **changed), status=(422, 409))
    assert said in page.main
    with app.app_context():
        assert db.session.get_one(Lead, lead.id).stage == "negotiating"
        assert [row.kind for row in db.session.query(Milestone)] == ["first_talks"]


def test_the_city_lets_it_through_and_the_gap_shows(app, signed_in):
    lead = within(app, negotiating)
    city = signed_in("coordinator")
    page = city.get(f"/stages/{lead.public_id}")
    assert "带缺口放行" in page.main
    gap = {"kind": "", "override": "y", "reason": "", "until": ""}
    assert "须写明理由" in city.post(f"/stages/{lead.public_id}", typed(app, lead, **gap), status=422).main
    until = (clock.today() + timedelta(days=9)).isoformat()
    city.post(
        f"/stages/{lead.public_id}", typed(app, lead, **gap | {"reason": "the seal is on its way", "until": until}), status=303
    )
    assert "the seal is on its way" in signed_in("officer.nanshan").get(f"/leads/{lead.public_id}").main


def test_from_the_entry_to_the_confirmation(app, signed_in):
    lead = within(app, negotiating)
    ours, manager, city = (signed_in(who) for who in ("officer.nanshan", "manager.nanshan", "coordinator"))
    form = {"kind": "framework", "on": clock.today().isoformat(), "number": "1", "unit": "yi", "currency": "USD", "note": "LOI"}
    form |= {"once": "a", "proofs": (BytesIO(PDF), "loi.pdf")}
    ours.post(f"/milestones/new/{lead.public_id}", form, status=303)
    assert "未核实" in ours.get(f"/leads/{lead.public_id}").main
    form |= {"kind": "contract_signed", "once": "b", "proofs": (BytesIO(PDF), "c.pdf"), "checked": f"USD{10**10}"}
    made = ours.post(f"/milestones/new/{lead.public_id}?to=signed", form, status=303)
    assert made.location.endswith("to=signed")
    with app.app_context():
        public_id = db.session.query(Milestone).filter_by(kind="contract_signed").one().public_id
    assert "1 个节点待初审" in manager.get("/").main
    assert public_id in manager.get("/milestones/").html
    address = f"/milestones/{public_id}"
    page = manager.post(f"{address}/return", {"version": "1", "reason": ""}, status=422)
    assert '<details class="ob-more" open>' in page.html, "said beside the form"
    manager.post(f"{address}/review", {"version": "1"}, status=303)
    city.get("/")
    manager.post(f"{address}/review", {"version": "1"}, status=303)
    assert row_of(app, public_id).state == "reviewed", "the second click is told so"
    assert "认定值" in city.get(address).main
    another = {"version": "2", "number": "9000", "unit": "wan", "currency": "USD", "note": ""}
    page = city.post(f"{address}/confirm", another, status=422)
    assert row_of(app, public_id).state == "reviewed", "another sum wants a reason"
    assert "请写明理由" in page.main
    assert 'value="9000"' in page.html, "nothing typed is lost"
    city.post(
        f"{address}/confirm", {"version": "2", "number": "9000", "unit": "wan", "currency": "USD", "note": "annex"}, status=303
    )
    page = ours.get(f"/leads/{lead.public_id}")
    assert "认定 9,000 万美元" in page.main
    assert "10,000 万美元" in page.main
    form = {"kind": "contract_signed", "on": clock.today().isoformat(), "number": "95", "unit": "wan", "currency": "USD"}
    form |= {"note": "", "once": "c", "version": "3", "checked": f"USD{95 * 10**6}"}
    assert "请写明理由" in ours.post(f"{address}/correct", form, status=422).main
    ours.post(f"{address}/correct", form | {"note": "the annex again", "once": "d"}, status=303)
    assert "更正申请" in ours.get(f"/leads/{lead.public_id}").main
    ours.post(f"{address}/withdraw", {"version": "3", "reason": "no"}, status=403)


def test_many_are_looked_at_first(app, signed_in):
    with app.app_context():
        leads = [negotiating() for _ in range(3)]
        rows = [enter(app, lead) for lead in leads]
        for row in rows[:2]:
            decide(services.review_milestone, row, by="manager.nanshan")
        ids = [row.public_id for row in rows]
    city = signed_in("coordinator")
    picked = {"act": "confirm", "pick": [f"{ids[0]}:2", f"{ids[1]}:1", f"{ids[2]}:1", "junk", "nobody:1"]}
    page = city.post("/milestones/batch", picked, status=200)
    assert "将办理 1 项，略过 2 项" in page.main
    assert "区级尚未初审" in page.main
    assert 'data-label="按申报值"' in page.html, "on a phone a lone dash says nothing"
    city.post("/milestones/batch/now", picked, status=303)
    with app.app_context():
        number = db.session.get_one(Lead, leads[1].id).number
    assert f"{number} 正式签约" in city.get("/milestones/").html, "what was left out is named"
    assert [row_of(app, public_id).state for public_id in ids] == ["confirmed", "reviewed", "reported"]
    for bad in ({}, {"act": "confirm"}, {"act": "return", "pick": f"{ids[0]}:2"}):
        for door in ("/milestones/batch", "/milestones/batch/now"):
            city.post(door, bad, status=303)
    assert 'data-label="申报值"' in city.get("/milestones/?tab=done").html
    signed_in("officer.nanshan").post("/milestones/batch/now", picked, status=303)
    for tab in ("review", "confirm", "mine", "done", "nonsense"):
        for page in ("1", "0", "x", "99999"):
            city.get(f"/milestones/?tab={tab}&page={page}")
    assert "这里没有节点" in signed_in("officer.baoan").get("/milestones/").main


def test_pausing_ending_and_back(app, signed_in):
    lead = within(app, negotiating)
    ours, address = signed_in("officer.nanshan"), f"/status/{lead.public_id}"
    ours.get(address)
    wake = (clock.today() + timedelta(days=20)).isoformat()
    for wrong in ({"wake_on": ""}, {"wake_on": clock.today().isoformat()}, {"reason": ""}, {"version": "99"}):
        form = {"wake_on": wake, "reason": "waits", "version": version_of(app, lead)} | wrong
        ours.post(f"{address}/pause", form, status=(422, 409))
    ours.post(f"{address}/pause", {"wake_on": wake, "reason": "waits", "version": version_of(app, lead)}, status=303)
    assert "暂缓" in ours.get(f"/leads/{lead.public_id}").main
    assert "恢复推进" in ours.get(f"/stages/{lead.public_id}").main
    form = {"cause": "lost", "reason": "cheaper land", "lost_to": "", "would_have_won": "", "version": version_of(app, lead)}
    assert "请填写落户到哪里" in ours.post(f"{address}/end", form, status=422).main
    ours.post(f"{address}/end", form | {"lost_to": "Suzhou", "would_have_won": "a plant"}, status=303)
    page = ours.get(f"/leads/{lead.public_id}").main
    assert "Suzhou" in page
    assert "a plant" in page
    ours.post(f"{address}/resume", {"reason": "they are back", "version": version_of(app, lead)}, status=303)
    signed_in("officer.baoan").get(address, status=404)


def test_a_sealed_lead_tells_nobody_else(app, signed_in):
    """What goes by a code name: no milestone, no file name, no count for those who have nothing to do with it."""
    from tests.web.shared_city import seal

    with app.app_context():
        lead = negotiating()
        row = put_milestone(lead, Kind.CONTRACT_SIGNED)
        public_id = row.public_id
        seal(lead.public_id, "Lynx")
    signed_in("officer.baoan").get(f"/milestones/{public_id}", status=404)
    signed_in("leader").get(f"/milestones/{public_id}", status=404)
    assert public_id not in signed_in("leader").get("/milestones/?tab=review").html
    signed_in("manager.nanshan").get(f"/milestones/{public_id}", status=200)


def test_what_is_ready_says_so(app, signed_in):
    lead = within(app, negotiating)
    within(app, make_ready, lead, Stage.SIGNED)
    assert "条件已满足" in signed_in("officer.nanshan").get(f"/stages/{lead.public_id}").main


def test_a_sum_that_looks_like_a_slip_is_asked_about(app, signed_in):
    lead = within(app, negotiating)
    ours, manager, city = (signed_in(who) for who in ("officer.nanshan", "manager.nanshan", "coordinator"))
    form = {
        "kind": "contract_signed",
        "on": clock.today().isoformat(),
        "number": "9999",
        "unit": "yi",
        "currency": "USD",
        "note": "",
    }
    page = ours.post(f"/milestones/new/{lead.public_id}", form | {"once": "a", "proofs": (BytesIO(PDF), "c.pdf")}, status=422)
    assert "请核对是否多写了零、错选了万和亿" in page.main
    assert "佐证材料需要重新选择一次" in page.main
    said = {"once": "b", "checked": f"USD{9998 * 100_000_000 * 100}", "proofs": (BytesIO(PDF), "c.pdf")}
    ours.post(f"/milestones/new/{lead.public_id}", form | said, status=422)  # of another sum
    with app.app_context():
        assert db.session.query(Milestone).filter_by(kind="contract_signed").count() == 0
    checked = {"checked": f"USD{9999 * 100_000_000 * 100}", "once": "c", "proofs": (BytesIO(PDF), "c.pdf")}
    ours.post(f"/milestones/new/{lead.public_id}", form | checked, status=303)
    with app.app_context():
        public_id = db.session.query(Milestone).filter_by(kind="contract_signed").one().public_id
    manager.post(f"/milestones/{public_id}/review", {"version": "1"}, status=303)
    said = {"version": "2", "number": "9999", "unit": "wan", "currency": "USD", "note": "the contract says 万"}
    page = city.post(f"/milestones/{public_id}/confirm", said, status=422)
    assert "认定值只有申报值的 1/10,000" in page.main
    assert "the contract says 万" in page.main
    city.post(f"/milestones/{public_id}/confirm", said | {"checked": f"USD{9999 * 10_000 * 100}"}, status=303)
    assert row_of(app, public_id).confirmed_amount == 9999 * 10_000 * 100


def test_letting_through_with_gaps_enters_no_empty_milestone(app, signed_in):
    lead = within(app, negotiating)
    until = (clock.today() + timedelta(days=9)).isoformat()
    form = {
        "kind": "contract_signed",
        "number": "",
        "proofs": (BytesIO(b""), ""),
        "override": "y",
        "reason": "the seal is on its way",
        "until": until,
    }
    signed_in("coordinator").post(f"/stages/{lead.public_id}", typed(app, lead, **form), status=303)
    with app.app_context():
        assert [row.kind for row in db.session.query(Milestone)] == ["first_talks"]


def test_the_second_who_moves_it_sees_who_was_first(app, signed_in):
    lead = within(app, negotiating)
    back = {"to": "lead", "kind": "", "number": "", "proofs": (BytesIO(b""), "")}
    seen = version_of(app, lead)
    signed_in("officer.nanshan").post(f"/stages/{lead.public_id}", typed(app, lead, **back, note="a pause"), status=303)
    second = typed(app, lead, **back | {"proofs": (BytesIO(b""), "")}, note="my own words") | {"version": seen}
    page = signed_in("manager.nanshan").post(f"/stages/{lead.public_id}", second, status=409).main
    assert "最近一次调整阶段：在谈 → 线索，测试officer.nanshan" in page
    assert "my own words" in page


def test_the_city_is_told_that_the_district_never_looked(app, signed_in, clock_at):
    clock_at("2026-11-16 09:00")
    with app.app_context():
        public_id = enter(app, negotiating()).public_id
    clock_at("2026-11-20 09:00")
    city = signed_in("coordinator")
    assert "区级逾期未初审" in city.get(f"/milestones/{public_id}").main
    assert "区级逾期未初审" in city.post("/milestones/batch", {"act": "confirm", "pick": f"{public_id}:1"}, status=200).main


def test_a_pause_past_its_day_shows_late(app, signed_in, clock_at):
    clock_at("2026-11-16 09:00")
    lead = within(app, negotiating)
    ours = signed_in("officer.nanshan")
    form = {"wake_on": "2026-11-30", "reason": "waits", "version": version_of(app, lead)}
    ours.post(f"/status/{lead.public_id}/pause", form, status=303)
    clock_at("2026-12-02 09:00")
    assert "逾期 2 天" in signed_in("officer.nanshan").get(f"/status/{lead.public_id}").main


def test_what_came_back_stands_first(app, signed_in):
    with app.app_context():
        enter(app, negotiating())
        back = enter(app, negotiating())
        decide(services.return_milestone, back, "no signature page", by="manager.nanshan")
        public_id = back.public_id
    page = signed_in("officer.nanshan").get("/milestones/?tab=mine")
    first = page.root.first("tbody").all("tr")[0]
    assert public_id in first.first("a")["href"]
