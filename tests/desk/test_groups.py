"""Groups and matters for coordination as people meet them: the strip, a company's page, the coordinator's list and home."""

import pytest
from sqlalchemy import select

from crm.companies import services as companies
from crm.companies.models import Company, CompanyName
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.leads.models import Lead
from tests.builders import a_company, a_lead, actor

FIRM, SISTER, TOP = "Falkenby Sensors GmbH", "Iskarim Pumpen GmbH", "Hollowmere Holding AG"


def put(company_id, parent_id):
    with unit_of_work():
        company, parent = (db.session.get_one(Company, one) for one in (company_id, parent_id))
        companies.set_parent(company, parent, "annual report", actor=actor("coordinator"), now=clock.now())


@pytest.fixture
def group(app):
    """Nanshan's firm and Bao'an's sister under one parent: public ids of firm, sister, parent and the two leads."""
    with app.app_context():
        mine, theirs, top = a_lead(FIRM, by="officer.nanshan"), a_lead(SISTER, by="officer.baoan"), a_company(TOP)
        for lead in (mine, theirs):
            put(lead.investor_id, top.id)
        found = {
            "firm": mine.investor.public_id, "sister": theirs.investor.public_id, "top": top.public_id, "mine": mine.public_id,
            "theirs": theirs.public_id,
        }  # fmt: skip
        db.session.remove()
    return found


def parent_of(app, public_id):
    with app.app_context():
        company = db.session.scalars(select(Company).where(Company.public_id == public_id)).one()
        parent = db.session.get(Company, company.parent_id) if company.parent_id else None
        name = parent.name if parent else None
        db.session.remove()
    return name


class TestTree:
    def test_on_the_leads_page_and_the_companys(self, group, signed_in):
        for page in (
            signed_in("officer.nanshan").get(f"/leads/{group['mine']}"),
            signed_in("officer.nanshan").get(f"/companies/{group['firm']}"),
            signed_in("officer.nanshan").get(f"/companies/{group['top']}"),
        ):
            assert TOP in page.main
            assert SISTER not in page.html, "another unit's, not signed"
            assert "其他单位跟进的企业 1 家" in page.main
        page = signed_in("coordinator").get(f"/companies/{group['firm']}")
        assert SISTER in page.main
        assert "annual report" in page.main

    def test_its_leads_and_names_and_who_gave_them(self, app, group, signed_in):
        """Beside the group. A district is not told which person of another unit gave a name."""
        page = signed_in("officer.nanshan").get(f"/companies/{group['firm']}")
        assert f"/leads/{group['mine']}" in page.html
        assert FIRM in page.main
        assert "测试officer.nanshan" in page.main
        with app.app_context(), unit_of_work():
            firm = db.session.scalars(select(Company).where(Company.public_id == group["firm"])).one()
            facts = {"kind": "alias", "lang": "zh", "key": "法尔肯比传感器", "added_at": clock.now()}
            theirs = actor("officer.baoan").user_id
            db.session.add(CompanyName(company_id=firm.id, text="法尔肯比传感器", added_by_id=theirs, **facts))
        page = signed_in("officer.nanshan").get(f"/companies/{group['firm']}")
        assert "法尔肯比传感器" in page.main
        assert "测试officer.baoan" not in page.main
        assert "测试officer.baoan" in signed_in("coordinator").get(f"/companies/{group['firm']}").main
        page = signed_in("officer.nanshan").get(f"/companies/{group['top']}")
        assert "还没有关于这家企业的线索" in page.main

    def test_a_company_that_one_may_not_know_of_is_not_there(self, group, signed_in):
        officer = signed_in("officer.nanshan")
        officer.get(f"/companies/{group['sister']}", status=404)
        officer.get("/companies/" + "A" * 22, status=404)
        officer.post(f"/companies/{group['sister']}/parent", {"parent_name": TOP, "reason": "x"}, status=404)
        signed_in("auditor").get(f"/companies/{group['top']}", status=403)

    def test_a_lead_without_a_group_says_nothing_to_those_who_cannot_change_it(self, app, signed_in):
        lead = a_lead(FIRM, by="officer.nanshan")
        assert "集团" not in signed_in("leader").get(f"/leads/{lead.public_id}").main
        assert "登记上级公司" in signed_in("officer.nanshan").get(f"/leads/{lead.public_id}").main


class TestParent:
    def test_typed_chosen_and_taken_off(self, app, signed_in):
        with app.app_context():
            firm = a_lead(FIRM, by="officer.nanshan").investor.public_id
            top = a_company(TOP).public_id
        officer, door = signed_in("officer.nanshan"), f"/companies/{firm}/parent"
        page = officer.post(door, {"parent_name": "Hollowmere Holdings", "reason": "annual report"}, status=409)
        assert "请选择是哪一家" in page.main
        assert f'value="{top}"' in page.html
        officer.post(door, {"parent_name": "Hollowmere Holdings", "reason": "annual report", "parent": top}, status=303)
        assert parent_of(app, firm) == TOP
        page = officer.post(door, {"parent_name": TOP, "reason": "again"}, status=422)
        assert "上级公司没有变化" in page.main
        page = officer.post(f"{door}/clear", {"off_reason": ""}, status=422)
        officer.post(f"{door}/clear", {"off_reason": "sold in May"}, status=303)
        assert parent_of(app, firm) is None
        officer.post(f"{door}/clear", {"off_reason": "sold in May"}, status=422)

    def test_one_that_is_new(self, app, group, signed_in):
        officer, door = signed_in("officer.nanshan"), f"/companies/{group['firm']}/parent"
        officer.post(door, {"parent_name": "Ullenfors Gruppe AB", "reason": "x"}, status=409)
        officer.post(door, {"parent_name": "Ullenfors Gruppe AB", "reason": "x", "parent": "new"}, status=303)
        assert parent_of(app, group["firm"]) == "Ullenfors Gruppe AB"

    @pytest.mark.parametrize(
        "form, status, said",
        [
            ({"parent_name": "", "reason": "x"}, 422, "请填写"),
            ({"parent_name": "…", "reason": "x"}, 422, "名称里至少要有一个文字"),
            ({"parent_name": TOP, "reason": ""}, 422, "请填写"),
            ({"parent_name": "x" * 201, "reason": "x"}, 422, "最多"),
            ({"parent_name": SISTER, "reason": "x"}, 422, "请市级统筹登记上级公司"),
            ({"parent_name": FIRM, "reason": "x", "parent": "firm"}, 422, "上级公司不能是本企业"),
        ],
    )
    def test_bad_input_is_said(self, app, group, signed_in, form, status, said):
        form = {**form, "parent": group["firm"]} if form.get("parent") else form
        page = signed_in("officer.nanshan").post(f"/companies/{group['firm']}/parent", form, status=status)
        assert said in page.main
        assert parent_of(app, group["firm"]) == TOP

    def test_no_parent_of_ones_own_parent(self, app, group, signed_in):
        page = signed_in("coordinator").post(
            f"/companies/{group['top']}/parent", {"parent_name": FIRM, "reason": "x"}, status=422
        )
        assert "不能是本企业的下级" in page.main
        page = signed_in("coordinator").post(
            f"/companies/{group['top']}/parent", {"parent_name": FIRM, "reason": "x", "parent": "B" * 22}, status=404
        )


FIVE = {"disclosed": "yes", "country": "DE", "source": "visit", "title": "第二工厂"}


class TestStrip:
    def test_kin_have_a_heading_of_their_own(self, group, signed_in):
        page = signed_in("coordinator").post("/leads/matches", {"investor": FIRM}, htmx=True, status=200)
        above, _sign, below = page.html.partition("同一集团，另一项目")
        assert SISTER in below
        assert SISTER not in above
        assert FIRM in above
        assert "同一集团（登记）" in below
        plain = signed_in("officer.nanshan").post("/leads/matches", {"investor": FIRM}, htmx=True, status=200)
        assert SISTER not in plain.html
        assert TOP in plain.html

    def test_past_its_time_the_strip_says_so(self, app, group, signed_in):
        app.config["CHECK_SECONDS"] = 0.0
        officer = signed_in("officer.nanshan")
        page = officer.post("/leads/matches", {"investor": "Falkenby Sensor"}, htmx=True, status=200)
        assert "比对尚未完成" in page.html
        assert "全库比对后告知结果" in page.html
        assert "未发现相近企业" not in page.html
        form = {**FIVE, "investor": "Falkenby Sensor", "once": "k1"}
        saved = officer.post("/leads/new", form, status=303)
        assert "待比对" in officer.get(saved.location).main
        assert "待比对" in officer.get("/leads?stage=all&unchecked=yes").main
        listed = officer.get("/leads?stage=all&unchecked=yes").main
        assert "Falkenby Sensor" in listed
        assert FIRM not in listed


class TestCoordination:
    def test_told_listed_and_seen(self, app, group, signed_in):
        officer, city = signed_in("officer.nanshan"), signed_in("coordinator")
        decided = {f"decide-{group['firm']}": f"another_project:{group['mine']}", f"because-{group['firm']}": "a second plant"}
        saved = officer.post("/leads/new", {**FIVE, "investor": FIRM, "once": "k1", **decided}, status=303)
        page = city.get("/")
        assert "1 条线索需协调" in page.main
        assert "第二工厂" in city.get("/leads?stage=all&coordinate=yes").main
        message = city.get("/messages/")
        assert "需协调：" in message.main
        lead = city.get(saved.location)
        assert "a second plant" in lead.main
        assert SISTER in lead.main
        own = officer.get(saved.location)
        assert "标为已阅" not in own.html
        assert SISTER not in own.html
        officer.post(f"{saved.location}/coordination", {"note": "x"}, status=403)
        signed_in("leader").post(f"{saved.location}/coordination", {"note": "x"}, status=403)
        city.post(f"{saved.location}/coordination", {"note": ""}, status=303)
        city.post(f"{saved.location}/coordination", {"note": "they know of each other"}, status=303)
        assert "they know of each other" in city.get(saved.location).main
        assert "条线索需协调" not in city.get("/").main
        assert "第二工厂" not in city.get("/leads?stage=all&coordinate=yes").main
        city.post(f"{saved.location}/coordination", {"note": "twice"}, status=409)

    def test_who_asks_the_city_is_answered(self, app, signed_in):
        with app.app_context():
            lead = f"/leads/{a_lead(FIRM, by='officer.nanshan').public_id}"
        baoan, city = signed_in("officer.baoan"), signed_in("coordinator")
        baoan.post("/leads/new", {**FIVE, "investor": FIRM, "once": "k1", "coordinate": "yes"}, status=303)
        assert "1 条线索需协调" in city.get("/").main
        page = city.get(lead).main
        assert "请市级协调" in page
        assert "再次登记时填写" in page
        nanshan = signed_in("officer.nanshan").get(lead).main
        assert "再次登记时填写" not in nanshan
        city.post(f"{lead}/coordination", {"note": "talk to Nanshan's Ms Lin"}, status=303)
        assert "talk to Nanshan&#39;s Ms Lin" in city.get(lead).html
        assert "条线索需协调" not in city.get("/").main
        assert "市级协调意见：talk to Nanshan" in baoan.get("/disputes/").main
        assert "市级协调意见：talk to Nanshan" in baoan.get("/messages/").main

    def test_the_filter_is_the_coordinators(self, app, group, signed_in):
        page = signed_in("officer.nanshan").get("/leads?stage=all&coordinate=yes")
        assert FIRM in page.main, "for others it is no filter at all"
        assert "需协调" not in page.main


def test_the_compare_page_hides_a_parent_that_one_may_not_know_of(app, group, signed_in):
    with app.app_context():
        firm, other = a_lead("Jorundal Turbinen GmbH", by="manager.nanshan"), a_lead("Jorundal Turbinen AG", by="manager.nanshan")
        hidden = db.session.scalars(select(Lead).where(Lead.public_id == group["theirs"])).one()
        put(firm.investor_id, hidden.investor_id)
        address = f"/merges/new?kind=company&keep={firm.investor.public_id}&lose={other.investor.public_id}"
        db.session.remove()
    page = signed_in("manager.nanshan").get(address)
    assert SISTER not in page.html
    assert "名称按权限不显示" in page.main
