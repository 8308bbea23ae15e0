"""What the office says about a brand counts at the next check, in every process, and never for the shipped table."""

import json

import pytest
from sqlalchemy import func, select

from crm.audit import queries as audit
from crm.audit.models import AuditLine, AuditPayload
from crm.brands import queries, services
from crm.brands.models import Brand, BrandName, BrandStamp
from crm.brands.rules import NameRefused
from crm.brands.services import NewNames
from crm.companies import queries as companies
from crm.companies.queries import COMPANY
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import AlreadyDone, Forbidden, NotFound
from crm.jobs import jobs
from crm.jobs.models import Job
from crm.matching import queries as matching
from crm.matching.models import IndexEntry
from crm.matching.rules import Subject, brands, forms_of, judge
from crm.matching.rules.packing import unpack
from tests.builders import a_company, actor


def stored_brands(app) -> dict[str, str]:
    """{company: the brand it is indexed with}."""
    with app.app_context():
        rows = db.session.scalars(select(IndexEntry).where(IndexEntry.kind == COMPANY)).all()
        return {forms.original: forms.brand for row in rows for forms in [unpack(row.names[0], row.country)]}


def test_a_new_brand_counts_at_the_next_check(app, act, hits):
    a_company("青梧光学有限公司", country=None)
    a_company("Valdora GmbH", country=None)
    assert "Valdora GmbH" not in hits("青梧")
    act("add_brand", NewNames(("青梧", "Valdora"), "官网"))
    assert hits("青梧")["Valdora GmbH"] in ("same", "related")
    assert hits("Valdora")["青梧光学有限公司"] in ("same", "related")


def test_a_brand_is_met_among_many_that_sound_alike(app, act, hits):
    """Names that share no sound with the typed one are judged too when they are the same brand."""
    for trade in ("Tools", "Optics", "Foods", "Motors", "Energy", "Textiles", "Shipping", "Chemicals", "Software", "Paper"):
        a_company(f"Valdoro {trade} GmbH", country=None)
    a_company("青梧光学有限公司", country=None)
    act("add_brand", NewNames(("青梧", "Valdora"), "官网"))
    assert "青梧光学有限公司" in hits("Valdora")


def test_what_is_stored_is_indexed_anew(app, act):
    for name in ("青梧光学有限公司", "深圳青梧科技有限公司", "青松光学有限公司", "Valdora Optics Ltd", "Valdonia Ltd"):
        a_company(name, country=None)
    code = act("add_brand", NewNames(("青梧", "Valdora"), "官网"))
    assert {name for name, brand in stored_brands(app).items() if brand == code} == {
        "青梧光学有限公司", "深圳青梧科技有限公司", "Valdora Optics Ltd",
    }  # fmt: skip
    act("retire_name", code, queries.rules.key_of("青梧"))
    assert {name for name, brand in stored_brands(app).items() if brand == code} == {"Valdora Optics Ltd"}


def test_many_are_indexed_by_a_job(app, act, monkeypatch):
    monkeypatch.setattr(services, "STEP", 2)
    monkeypatch.setattr(services, "AT_ONCE", 2)
    for place in ("北京", "上海", "广州", "深圳", "苏州", "杭州", "宁波", "厦门", "青岛", "大连"):
        a_company(f"{place}青梧光学有限公司", country=None)
    code = act("add_brand", NewNames(("青梧",), "官网"))
    done = list(stored_brands(app).values()).count(code)
    assert 0 < done < 10
    with app.app_context():
        assert db.session.scalars(select(Job.kind)).all() == ["brands.index"]
        assert jobs.work_off() == 1
        job = db.session.scalars(select(Job)).one()
        assert (job.state, job.error) == ("done", None)
        assert job.result["indexed"] == 10 - done
    assert set(stored_brands(app).values()) == {code}


def test_a_shipped_name_is_retired_and_brought_back(app, act, hits):
    a_company("博世汽车部件有限公司", country=None)
    act("retire_name", "bosch", "博世", reason="本市另有博世公司")
    with app.app_context():
        queries.hold_table()
        assert forms_of("博世").brand == ""
        assert forms_of("Bosch").brand == "bosch"
        assert queries.by_slug("bosch").name("博世").retired
    assert stored_brands(app) == {"博世汽车部件有限公司": ""}
    act("restore_name", "bosch", "博世")
    assert stored_brands(app) == {"博世汽车部件有限公司": "bosch"}


def test_a_whole_brand_is_retired_and_brought_back(app, act, valdora):
    a_company("青梧光学有限公司", country=None)
    act("retire_brand", "bosch")
    act("retire_brand", valdora)
    with app.app_context():
        queries.hold_table()
        assert (forms_of("Robert Bosch").brand, forms_of("Valdora").brand) == ("", "")
    assert stored_brands(app) == {"青梧光学有限公司": ""}
    act("restore_brand", "bosch")
    act("restore_brand", valdora)
    with app.app_context():
        queries.hold_table()
        assert (forms_of("Robert Bosch").brand, forms_of("Valdora").brand) == ("bosch", valdora)
    assert stored_brands(app) == {"青梧光学有限公司": valdora}


def test_a_name_is_added_to_a_shipped_brand(app, act):
    act("add_names", "bosch", NewNames(("罗博梧",), "来函"))
    with app.app_context():
        queries.hold_table()
        assert forms_of("罗博梧汽车部件有限公司").brand == "bosch"
        assert forms_of("罗博梧汽车部件有限公司").brand_rest


def test_a_name_that_counts_alone_explains_no_longer_name(app, act):
    code = act("add_brand", NewNames(("青梧",), "官网", alone=True))
    with app.app_context():
        queries.hold_table()
        assert forms_of("青梧有限公司").brand == code
        assert forms_of("青梧光学有限公司").brand == ""


def test_a_register_firm_keeps_its_names_alone(app, act):
    with app.app_context():
        firm = next(brand for brand in queries.everything().values() if brand.source == "edinet")
    act("add_names", firm.slug, NewNames(("青梧電機",), "EDINET"))
    with app.app_context():
        queries.hold_table()
        assert forms_of("青梧電機").brand == firm.code
        assert forms_of("青梧電機販売").brand == ""


@pytest.mark.parametrize(
    "names, code",
    [
        ((), "brand_name_missing"), (("李",), "brand_name_short"), (("。。。",), "brand_name_short"), (("深圳",), "brand_name_general"),
        (("有限公司",), "brand_name_general"), (("Holdings",), "brand_name_general"), (("光学",), "brand_name_general"),
        (("梧" * 101,), "brand_name_long"), (("全新", "ＢＯＳＣＨ"), "brand_name_taken"), (("Valdora",), "brand_name_taken"),
    ],
)  # fmt: skip
def test_names_that_cannot_be_are_refused_and_nothing_is_stored(app, act, valdora, names, code):
    with pytest.raises(NameRefused) as refused:
        act("add_brand", NewNames(names, "官网"))
    assert refused.value.code == code
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Brand)) == 1


def test_a_name_of_this_brand_is_not_added_twice(act, valdora):
    for name, code in (("VALDORA", "brand_name_there"), ("青 梧", "brand_name_there")):
        with pytest.raises(NameRefused) as refused:
            act("add_names", valdora, NewNames((name,), "官网"))
        assert refused.value.code == code
    act("retire_name", valdora, "valdora")
    with pytest.raises(NameRefused) as refused:
        act("add_names", valdora, NewNames(("Valdora",), "官网"))
    assert refused.value.code == "brand_name_retired"


def test_what_was_taken_meanwhile_is_not_brought_back(act, valdora):
    act("retire_name", valdora, "valdora")
    other = act("add_brand", NewNames(("Valdora", "瓦尔多"), "官网"))
    with pytest.raises(NameRefused):
        act("restore_name", valdora, "valdora")
    act("retire_brand", other)
    act("restore_name", valdora, "valdora")
    with pytest.raises(NameRefused):
        act("restore_brand", other)


def test_twice_is_once(act, valdora):
    act("retire_name", valdora, "valdora")
    act("retire_brand", "bosch")
    for verb, args in (
        ("retire_name", (valdora, "valdora")), ("restore_name", (valdora, "青梧")), ("retire_brand", ("bosch",)),
        ("restore_brand", (valdora,)),
    ):  # fmt: skip
        with pytest.raises(AlreadyDone):
            act(verb, *args)
    for verb, args in (("retire_name", ("bosch", "nobody")), ("retire_brand", ("no-such",)), ("retire_name", ("no-such", "x"))):
        with pytest.raises(NotFound):
            act(verb, *args)
    with pytest.raises(NameRefused):
        act("add_names", "bosch", NewNames(("罗博梧",), "来函"))


@pytest.mark.parametrize("by", ["officer.nanshan", "coordinator", "leader", "auditor", "secadmin"])
def test_only_the_administrator_of_the_system_may(act, by):
    with pytest.raises(Forbidden):
        act("add_brand", NewNames(("青梧",), "官网"), by=by)
    with pytest.raises(Forbidden):
        act("retire_brand", "bosch", by=by)


def test_each_act_is_in_the_audit_with_its_reason(app, act, valdora):
    act("retire_name", valdora, "valdora", reason="名称有误")
    with app.app_context():
        lines = audit.history_of("brand", queries.row_of(valdora).id)
        assert [line.action for line in lines] == ["brand.name_retired", "brand.added"]
        assert lines[0].payload.facts == {"brand": "青梧", "names": ["Valdora"], "reason": "名称有误"}
        assert lines[1].payload.facts["source"] == "企业官网"
        assert lines[0].actor_id == actor("sysadmin").user_id
        assert db.session.scalar(select(func.count()).select_from(AuditPayload)) == 2
        assert db.session.scalar(select(func.count()).select_from(AuditLine)) == 2


class TestEveryProcess:
    def test_one_small_read_a_check(self, app, act, valdora):
        from tests.pages import statements

        with app.app_context():
            matching.nearest(Subject(("青梧",)), kind=COMPANY)
            with statements() as seen:
                matching.nearest(Subject(("青梧",)), kind=COMPANY)
        assert len([line for line in seen if "brand" in line]) == 1
        assert "brand_stamp" in seen[0]

    def test_another_process_sees_it_after_the_commit(self, app, act, valdora):
        """What another process stored is read at the next check, whatever this one knew."""
        with app.app_context():
            queries.hold_table()
            assert forms_of("Veldonia").brand == ""
            brand = queries.row_of(valdora)
            now = clock.now()
            with unit_of_work():
                row = BrandName(text="Veldonia", key="veldonia", taken="veldonia", added_by_id=brand.added_by_id, added_at=now)
                row.brand_id = brand.id
                db.session.add(row)
                db.session.get_one(BrandStamp, queries.STAMP).token = "of another process"
            queries.hold_table()
            assert forms_of("Veldonia").brand == valdora

    def test_what_was_rolled_back_never_counts(self, app, act, valdora):
        with app.app_context():
            with pytest.raises(ZeroDivisionError), unit_of_work():
                services.add_names(valdora, NewNames(("Veldonia",), "官网"), actor=actor("sysadmin"), now=clock.now())
                assert forms_of("Veldonia").brand == valdora
                raise ZeroDivisionError
            queries.hold_table()
            assert forms_of("Veldonia").brand == ""
        act("add_names", valdora, NewNames(("Veldoria",), "官网"))
        with app.app_context():
            queries.hold_table()
            assert (forms_of("Veldonia").brand, forms_of("Veldoria").brand) == ("", valdora)

    def test_threads_do_not_disturb_each_other(self, app, valdora):
        from threading import Thread

        seen = []
        with app.app_context():
            queries.hold_table()
        thread = Thread(target=lambda: seen.append(forms_of("Valdora").brand))
        thread.start()
        thread.join()
        assert seen == [""]
        assert forms_of("Valdora").brand == valdora


def test_the_score_command_knows_the_shipped_table_only(app, act, valdora):
    with app.app_context():
        queries.hold_table()
        assert judge(Subject(("青梧",)), Subject(("Valdora",))).verdict == "same"
    line = json.dumps({"a": "青梧", "b": "Valdora"})
    answer = json.loads(app.test_cli_runner().invoke(args=["match", "score"], input=line).output)
    assert answer["verdict"] == "different"


def test_the_shipped_table_is_listed_whole(app):
    with app.app_context():
        listed = queries.everything()
        table = brands.shipped().names
        assert {name.key: brand.code for brand in listed.values() for name in brand.names} == table
        assert len({brand.slug for brand in listed.values()}) == len(listed) > 5000
        assert {brand.source for brand in listed.values()} == {"product", "nsi", "edinet", "twse"}
        assert not {"new", "history"} & set(listed)


@pytest.mark.parametrize("typed", ["博世", "ＢＯＳＣＨ", "보쉬", "ボッシュ", "bosc", "osch", "robert b"])
def test_a_brand_is_found_by_any_of_its_names(app, typed):
    with app.app_context():
        page = queries.page_of(typed, "", 1)
        assert "bosch" in [brand.code for brand in page.brands], [brand.code for brand in page.brands]


def test_what_begins_so_comes_first(app, act, valdora):
    with app.app_context():
        assert queries.page_of("bosch", "", 1).brands[0].code == "bosch"
        assert queries.page_of("aldor", "", 1).brands[0].code == valdora
        assert queries.page_of("", "", 1).brands[0].code == valdora
        assert [brand.code for brand in queries.page_of("", "office", 1).brands] == [valdora]
        last = queries.page_of("", "", 10**9)
        assert last.page == last.last > 100
        assert queries.page_of("…", "", 1).brands == []
    act("retire_name", "bosch", "博世")
    with app.app_context():
        assert [brand.code for brand in queries.page_of("", "retired", 1).brands] == ["bosch"]
        assert companies.count() == 0
