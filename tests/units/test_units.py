"""The tree of units: what it is made of, and how an administrator changes it without changing what was."""

import pytest
from sqlalchemy import func, select

from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import AlreadyDone, NotFound
from crm.units import queries, services
from crm.units.models import Unit
from crm.units.rules import UnitKind, path_of
from tests.builders import a_lead, a_unit, actor
from tests.pages import values_of
from tests.transfers.stories import offered


def make(app, code="SZ-NS-ZZ", zh="西丽街道", parent="SZ-NS", kind=UnitKind.SUBDISTRICT) -> Unit:
    with app.app_context(), unit_of_work():
        above = a_unit(parent) if parent else None
        return services.create_unit(
            code=code, zh=zh, en="Xili", kind=kind, parent=above, actor=actor("sysadmin"), now=clock.now()
        )


def test_the_reference_tree(app):
    with app.app_context():
        tree = queries.tree()
        by_id = {unit.id: unit for unit in tree}
        for unit in tree:
            parent = by_id.get(unit.parent_id)
            assert unit.path == path_of(parent.path if parent else None, unit.id)
            assert all((unit.zh, unit.en, unit.short_zh, unit.short_en, unit.kind in set(UnitKind)))
        assert [unit for unit in tree if unit.is_coordinating] == [queries.coordinating()]
        seen = set()
        for unit in tree:  # parents before children
            assert unit.parent_id is None or unit.parent_id in seen
            seen.add(unit.id)
        tiles = [(unit.tile_column, unit.tile_row) for unit in queries.areas()]
        assert len(tiles) == len(set(tiles)) > 5
        assert services.load_reference() == 0


def test_the_tree_is_in_its_usual_order(app):
    """By number, not by letter: the unit with the id 10 comes after 2, and a new one after all of its parent's."""
    new = make(app)
    with app.app_context():
        tree = queries.tree()
        top = [unit.id for unit in tree if unit.parent_id is None]
        assert len(top) > 10
        assert top == sorted(top)
        last = [unit for unit in tree if unit.parent_id == a_unit("SZ-NS").id][-1]
        assert last.id == new.id


def test_a_new_unit_has_its_place(app):
    unit = make(app)
    with app.app_context():
        assert unit.path == f"{a_unit('SZ-NS').path}{unit.id}/"
        assert unit.id in queries.under(a_unit("SZ-NS").path)
        assert unit.id not in queries.under(a_unit("SZ-BA").path)
        assert queries.by_code(" sz-ns-zz ").id == unit.id
    top = make(app, code="SZ-NEW", zh="新区", parent=None, kind=UnitKind.DISTRICT)
    assert top.path == f"/{top.id}/"


def test_a_path_is_no_prefix_by_accident(app):
    """Unit 1 is not above unit 12."""
    with app.app_context():
        for unit in queries.tree():
            below = set(queries.under(unit.path))
            assert below == {other.id for other in queries.tree() if other.path == unit.path or f"/{unit.id}/" in other.path}


def test_a_code_belongs_to_one(app):
    with pytest.raises(services.CodeTaken):
        make(app, code="sz-ns", zh="另一个")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(AuditLine).where(AuditLine.action == "unit.created")) == 0


def test_another_name_and_what_it_was_called(app):
    unit = make(app)
    with app.app_context():
        with unit_of_work():
            services.rename_unit(
                queries.by_id(unit.id), zh="西丽湖街道", en="Xili Lake", actor=actor("sysadmin"), now=clock.now()
            )
        found = queries.by_id(unit.id)
        assert (found.zh, found.en, found.short_zh, found.short_en) == ("西丽湖街道", "Xili Lake", "西丽湖街道", "Xili Lake")
        with unit_of_work():
            services.rename_unit(a_unit("SZ-NS"), zh="南山新区", en="New Nanshan", actor=actor("sysadmin"), now=clock.now())
        assert a_unit("SZ-NS").zh == "南山新区"
        lines = list(db.session.scalars(select(AuditLine).where(AuditLine.action == "unit.renamed").order_by(AuditLine.seq)))
        assert lines[0].payload.facts == {"old": ["西丽街道", "Xili"], "new": ["西丽湖街道", "Xili Lake"]}


def test_a_retired_unit_keeps_its_past_and_gets_no_new_work(app, clock_at, signed_in):
    clock_at("2026-06-18 09:00")
    lead = a_lead(by="officer.baoan")
    with app.app_context():
        with unit_of_work():
            services.retire_unit(a_unit("SZ-BA"), on=clock.today(), actor=actor("sysadmin"), now=clock.now())
        assert "SZ-BA" not in [unit.code for unit in queries.working()]
        assert "SZ-BA" not in [unit.code for unit in queries.areas()]
        assert queries.labels()[a_unit("SZ-BA").id].retired
        with pytest.raises(AlreadyDone), unit_of_work():
            services.retire_unit(a_unit("SZ-BA"), on=clock.today(), actor=actor("sysadmin"), now=clock.now())
    page = signed_in("coordinator").get(f"/leads/{lead.public_id}")
    assert "宝安" in page.main
    form = signed_in("officer.nanshan").get("/leads/new").form("/leads/new")
    offered = [option.text for option in form.all("label")]
    assert "南山" in offered
    assert "宝安" not in offered


@pytest.mark.only_on("sqlite")
def test_what_is_not_there(app):
    with app.app_context():
        assert queries.by_code("SZ-??") is None
        for look in (lambda: queries.by_id(10**6), lambda: queries.by_public_id("x" * 22)):
            with pytest.raises(NotFound):
                look()


class TestThePages:
    """The system administrator's pages."""

    def test_create_rename_retire(self, app, signed_in):
        browser = signed_in("sysadmin")
        data = {"code": "sz-ns-zz", "zh": " 西丽\u200b街道 ", "en": "Xili", "kind": "subdistrict", "parent": "SZ-NS"}
        browser.get("/units/").submit("/units/", data, status=303)
        unit = a_unit("SZ-NS-ZZ")
        assert (unit.zh, unit.kind) == ("西丽街道", "subdistrict")
        page = browser.get(f"/units/{unit.public_id}")
        assert values_of(page.form(unit.public_id))["zh"] == "西丽街道"
        page.submit(unit.public_id, {"zh": "西丽湖街道"})
        assert a_unit("SZ-NS-ZZ").zh == "西丽湖街道"
        assert "西丽湖街道" in browser.get("/units/").main
        browser.get(f"/units/{unit.public_id}/retire").submit("/retire")
        assert a_unit("SZ-NS-ZZ").retired_on == clock.today()
        browser.post(f"/units/{unit.public_id}/retire", status=409)
        browser.get(f"/units/{unit.public_id}/retire", status=303)
        browser.get(f"/units/{unit.public_id}").submit("/restore")
        assert a_unit("SZ-NS-ZZ").retired_on is None, "a wrong click on one of forty units was for good"
        browser.post(f"/units/{unit.public_id}/restore", status=409)

    def test_what_hangs_on_a_unit_is_said_before(self, app, signed_in):
        """One press retired a district with its people and leads."""
        lead = a_lead()
        with app.app_context():
            offered(lead)
            unit, public_id = a_unit("SZ-NS"), a_unit("SZ-NS").public_id
            hanging = queries.hanging_on(unit)
            assert {what: hanging[what] for what in ("people", "leads", "transfers")} == {"people": 2, "leads": 1, "transfers": 1}
            assert "transfers" in queries.hanging_on(a_unit("SZ-BA")), "who is to answer it has it too"
            assert queries.hanging_on(a_unit("SZ-GM")) == {}
        page = signed_in("sysadmin").get(f"/units/{public_id}").client.get(f"/units/{public_id}/retire")
        for said in ("在用账号", "在跟线索和项目", "办理中的流转"):
            assert said in page.main
        assert a_unit("SZ-NS").retired_on is None, "it only asked"
        page.submit("/retire")
        assert a_unit("SZ-NS").retired_on == clock.today()
        for username in ("manager.nanshan", "coordinator"):
            assert "南山区投资促进局已停用，名下线索 1 条、在用账号 2 个" in signed_in(username).get("/messages/").main

    @pytest.mark.only_on("sqlite")
    @pytest.mark.parametrize("changed", [
        {"code": "SZ-NS"}, {"code": "a b"}, {"code": "x" * 21}, {"code": ""}, {"zh": ""}, {"zh": "长" * 41}, {"en": ""}, {"kind": "empire"},
        {"parent": "SZ-??"},
    ])  # fmt: skip
    def test_a_bad_one_is_refused_with_what_was_typed(self, app, signed_in, changed):
        data = {
            "code": "SZ-NS-ZZ",
            "zh": "西丽街道",
            "en": "Xili Subdistrict",
            "kind": "subdistrict",
            "parent": "SZ-NS",
        } | changed
        browser = signed_in("sysadmin")
        browser.get("/units/")
        page = browser.post("/units/", data, status=422)
        if "en" not in changed:
            assert "Xili Subdistrict" in page.html
        with app.app_context():
            assert queries.by_code("SZ-NS-ZZ") is None

    @pytest.mark.only_on("sqlite")
    @pytest.mark.parametrize(("username", "sees"), [
        ("coordinator", 200), ("auditor", 200), ("secadmin", 200), ("officer.nanshan", 403), ("manager.nanshan", 403), ("leader", 403),
    ])  # fmt: skip
    def test_others_look_at_most(self, app, signed_in, username, sees):
        browser, unit = signed_in(username), a_unit("SZ-NS")
        browser.get("/units/", status=sees)
        for path in ("/units/", f"/units/{unit.public_id}", f"/units/{unit.public_id}/retire"):
            browser.post(path, {"code": "X-1", "zh": "x", "en": "x", "kind": "district"}, status=403)
        browser.get(f"/units/{unit.public_id}", status=403)
        assert a_unit("SZ-NS").retired_on is None
