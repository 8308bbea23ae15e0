"""Targets with their versions, figures with their source, what the official table feeds."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from crm.audit.models import AuditLine
from crm.clusters import queries as clusters
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, Refusal
from crm.money import services as money
from crm.targets import queries, services
from crm.targets.models import Target, TargetFigure
from crm.targets.rules import SCALE, Operator, Place
from crm.targets.services import NewFigure, NewTarget
from tests.assessment.stories import signed
from tests.builders import a_lead, a_unit, actor
from tests.money.stories import code, official

PLAN = NewTarget("FI-01", "2026", Place.DISTRICT, "28", "市府办〔2026〕1号", Operator.AT_LEAST)


def set_one(new=PLAN, *, unit="SZ-NS", expects="", by="coordinator"):
    new = new if new.place is not Place.DISTRICT or new.place_id else replace(new, place_id=a_unit(unit).id)
    with unit_of_work():
        return services.set_target(new, expects=expects, actor=actor(by), now=clock.now())


def enter(target, month="2026-05", value="11,800", source="统计月报", by="coordinator"):
    with unit_of_work():
        return services.enter_figure(target.public_id, NewFigure(month, value, source), actor=actor(by), now=clock.now())


def correct(figure, value, reason="录入有误", by="coordinator"):
    with unit_of_work():
        new = NewFigure("", value, "统计月报")
        return services.correct_figure(figure.public_id, new, reason, actor=actor(by), now=clock.now())


def target(indicator, period="2027"):
    query = select(Target).where(Target.indicator == indicator, Target.period == period, Target.replaced_at.is_(None))
    return db.session.scalars(query.order_by(Target.id)).first()


def row_of(indicator, period="2027"):
    return next(one for one in queries.rows(clock.today()) if (one.indicator.code, one.target.period) == (indicator, period))


def refused(code, act, *args, **how):
    with pytest.raises(Refusal) as found:
        act(*args, **how)
    assert found.value.code == code


@pytest.fixture(autouse=True)
def june(request, clock_at):
    if "database_kind" in request.fixturenames:
        clock_at("2026-06-18 09:00")


def test_the_plan_is_there_once(desk):
    rows = queries.rows(clock.today())
    assert len(rows) == 20
    assert all(row.planned and row.present is None for row in rows)
    assert row_of("FI-03").target.unit_id == a_unit("SZ-QH").id
    with unit_of_work():
        assert services.load_reference() == 0


def test_a_district_and_a_cluster_have_targets(desk):
    set_one()
    cluster = clusters.current()[0]
    set_one(NewTarget("FI-01", "2026Q3", Place.CLUSTER, "0.5", "x", Operator.ABOUT, cluster.id))
    found = [(row.target.place, row.target.period) for row in queries.rows(clock.today()) if not row.planned]
    assert found == [("district", "2026"), ("cluster", "2026Q3")]


def test_a_department_has_a_target_and_is_no_district(desk):
    bureau, district = a_unit("SZ-GXJ").id, a_unit("SZ-NS").id
    row = set_one(NewTarget("CR-01", "2026", Place.BUREAU, "4", "x", Operator.AT_LEAST, bureau))
    assert (row.key, row.unit_id) == (f"CR-01/bureau/{bureau}/2026", bureau)
    enter(row, value="3")
    for place, unit in ((Place.BUREAU, district), (Place.DISTRICT, bureau), (Place.BUREAU, None), (Place.BUREAU, 999_999)):
        refused("target_place", set_one, NewTarget("CR-02", "2026", place, "4", "x", Operator.AT_LEAST, unit), unit="SZ-GXJ")


def test_a_new_version_keeps_the_old_one(desk):
    old = set_one()
    new = set_one(replace(PLAN, value="30"), expects=old.public_id)
    story = queries.story(old.public_id, clock.today())
    assert [(one.value // SCALE, one.replaced_at is None) for one in story.versions] == [(30, True), (28, False)]
    assert story.row.target.id == new.id
    assert new.replaces_id == old.id
    acts = list(db.session.scalars(select(AuditLine.action).where(AuditLine.action.like("target%")).order_by(AuditLine.seq)))
    assert acts == ["target.set", "target.replaced"]


def test_two_who_set_the_same_target(desk):
    old = set_one()
    set_one(replace(PLAN, value="30"), expects=old.public_id)
    refused("target_moved", set_one, replace(PLAN, value="31"), expects=old.public_id)
    refused("target_moved", set_one, replace(PLAN, value="31"), expects="")
    assert db.session.scalar(select(func.count()).where(Target.period == "2026")) == 2


def test_the_database_keeps_one_in_force(desk):
    old = set_one()
    copy = {c.name: getattr(old, c.name) for c in Target.__table__.columns if c.name not in ("id", "public_id")}
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.add(Target(**copy))


@pytest.mark.parametrize(
    "changed, code",
    [
        ({"value": "0"}, "target_zero"), ({"value": "x"}, "target_value"), ({"period": "26"}, "target_period"),
        ({"source": " "}, "target_source"), ({"indicator": "XX-99"}, "target_indicator"), ({"place_id": 999_999}, "target_place"),
        ({"place": Place.CLUSTER, "place_id": 999_999}, "target_place"),
    ],
)  # fmt: skip
def test_bad_targets_are_refused(desk, changed, code):
    refused(code, set_one, replace(PLAN, place_id=a_unit("SZ-NS").id, **{k: v for k, v in changed.items() if k != "place_id"})
            if "place_id" not in changed else replace(PLAN, **changed))  # fmt: skip
    assert len(queries.rows(clock.today())) == 20


def test_a_unit_that_is_no_district(desk):
    refused("target_place", set_one, PLAN, unit="SZ-TCJ")


def test_the_same_again_and_before_its_time(desk):
    old = set_one()
    refused("target_unchanged", set_one, PLAN, expects=old.public_id)
    early = replace(PLAN, value="29", valid_from=clock.today() - timedelta(days=9))
    refused("target_valid_from", set_one, early, expects=old.public_id)


@pytest.mark.parametrize("who", ["officer.nanshan", "manager.nanshan", "leader"])
def test_only_the_coordinator_writes(desk, who):
    with pytest.raises(Forbidden):
        set_one(by=who)
    with pytest.raises(Forbidden):
        enter(target("FT-01"), by=who)


def test_the_newest_figure_counts(desk):
    exports = target("FT-01")
    enter(exports, "2026-05", "11,800")
    enter(exports, "2026-03", "6,900")
    row = row_of("FT-01")
    assert (row.present.value // SCALE, row.present.month, row.present.fed) == (11_800, date(2026, 5, 1), False)
    assert (row.progress.done, row.progress.covered, row.progress.behind) == (513, 416, False)


def test_a_correction_is_a_new_row(desk):
    figure = enter(target("FT-01"))
    later = correct(figure, "11,900")
    assert [(row.id, stands) for row, stands in queries.figures_of(figure.key)] == [(later.id, True), (figure.id, False)]
    assert row_of("FT-01").present.value == 11_900 * SCALE
    refused("figure_corrected", correct, figure, "12,000")
    refused("target_source", correct, later, "12,000", reason=" ")
    refused("figure_there", enter, target("FT-01"))
    assert db.session.scalar(select(func.count(TargetFigure.id))) == 2


@pytest.mark.parametrize(
    "how, code",
    [
        ({"month": "2026-07"}, "figure_future"), ({"month": "x"}, "figure_month"), ({"value": "-1"}, "target_negative"),
        ({"source": ""}, "target_source"),
    ],
)  # fmt: skip
def test_bad_figures_are_refused(desk, how, code):
    refused(code, enter, target("FT-01"), **how)
    assert row_of("FT-01").present is None


def test_utilised_capital_is_fed_by_the_official_table(desk):
    german, hong_kong = a_lead(country="DE"), a_lead(country="HK")
    official([[code(1), "甲公司", 30_000], [code(2), "乙公司", 70_000], [code(3), "丙公司", 5_000]])
    for number, lead in ((1, german), (2, hong_kong)):
        with unit_of_work():
            money.link_code(code(number), lead.number, actor=actor("coordinator"), now=clock.now())
    row, share = row_of("FI-01"), row_of("FI-02")
    assert row.present.fed
    assert (row.present.value, row.present.month) == (105_000, date(2026, 5, 1))  # 10.5 亿美元
    assert share.present.value == 30 * SCALE
    assert share.present.unknown == 5_000 * 10_000 * 100
    assert queries.monthly(2026).running() == [(1, 0), (2, 0), (3, 0), (4, 0), (5, 105_000 * 10_000 * 100)]


def test_each_figure_stands_beside_that_of_the_year_before(desk):
    german = a_lead(country="DE")
    official([[code(1), "甲公司", 30_000]])
    for month in (1, 2, 3, 4):
        official([[code(1), "甲公司", 5_000]], title=f"2025年{month}月实际使用外资情况表（单位：万美元）")
    with unit_of_work():
        money.link_code(code(1), german.number, actor=actor("coordinator"), now=clock.now())
    assert row_of("FI-01").before is None, "May of last year is missing"
    official([[code(1), "甲公司", 10_000]], title="2025年5月实际使用外资情况表（单位：万美元）")
    assert row_of("FI-01").before.value == 30_000
    assert (row_of("FI-02").before.value, row_of("FI-02").before.month) == (100 * SCALE, date(2025, 5, 1))


def test_a_typed_figure_stands_beside_the_one_of_the_same_month(desk):
    enter(target("FT-01"), "2026-05", "11,800")
    assert row_of("FT-01").before is None
    old = enter(target("FT-01"), "2025-05", "10,000")
    enter(target("FT-01"), "2025-06", "10,300")
    assert (row_of("FT-01").present.value, row_of("FT-01").before.value) == (11_800 * SCALE, 10_000 * SCALE)
    correct(old, "9,900")
    assert row_of("FT-01").before.value == 9_900 * SCALE


def test_what_the_board_counts_stands_beside_the_same_days(desk, clock_at):
    aimed = NewTarget("CR-01", "2026", Place.DISTRICT, "4", "市府办文", Operator.AT_LEAST)
    set_one(aimed)
    signed(), signed()
    assert (row_of("CR-01", "2026").present.value, row_of("CR-01", "2026").before) == (2 * SCALE, None)
    clock_at("2025-06-18 09:00")
    signed("SZ-BA", by="officer.baoan")
    clock_at("2025-06-19 09:00")
    signed()
    clock_at("2026-06-18 09:00")
    assert row_of("CR-01", "2026").before.value == 0, "the board knew of that time; the day after does not count"
    clock_at("2026-06-19 09:00")
    assert row_of("CR-01", "2026").before.value == SCALE


def test_a_typed_figure_gives_way_to_what_the_system_knows(desk):
    enter(target("FI-01"), "2026-04", "40")
    assert not row_of("FI-01").present.fed
    official([[code(1), "甲公司", 30_000]])
    assert row_of("FI-01").present.fed
