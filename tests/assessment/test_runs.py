"""Runs on both databases: what counts for whom, provisional and published, objections and adjustments."""

from fractions import Fraction

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from crm.assessment import services
from crm.assessment.models import ScoreLine, ScoreObjection, ScoreRun, ScoreScheme, ScoreSource
from crm.assessment.queries import runs as reads
from crm.assessment.rules.writing import restored
from crm.audit.models import AuditLine
from crm.companies.models import CompanyIdentifier
from crm.companies.rules import Scheme
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound, Refusal
from crm.credit import services as credit
from crm.credit.rules import Indicator, ShareModel
from crm.credit.services.lines import Credit
from crm.leads.models import Lead
from crm.pipeline.rules import Kind
from crm.targets import queries as targets
from crm.targets.queries import Wanted, parts_of
from crm.targets.rules import Place
from tests.assessment.stories import (
    TEXT,
    aimed,
    answered,
    computed,
    confirm,
    line_of,
    loaded,
    objected,
    people_told,
    published,
    refused,
    signed,
)
from tests.builders import a_lead, a_unit, actor
from tests.money.stories import code, official, received


@pytest.fixture(autouse=True)
def march(request, clock_at):
    if "database_kind" in request.fixturenames:
        clock_at("2026-03-10 09:00")


def share(lead, unit, parts, model=ShareModel.AGREED):
    with unit_of_work():
        new = Credit(a_unit(unit).id, parts, clock.today(), "三方协议", model)
        credit.credit_unit(db.session.get_one(Lead, lead.id), list(Indicator), new, actor=actor("coordinator"), now=clock.now())


def points(run, unit="SZ-NS"):
    query = select(func.sum(ScoreLine.points)).where(ScoreLine.run_id == run.id, ScoreLine.unit_id == a_unit(unit).id)
    return db.session.scalar(query)


def raw(run, rule, unit="SZ-NS"):
    return restored(line_of(run, rule, unit).raw)


def test_a_run_by_hand(desk):
    aimed("2")
    signed(amount=8_000_000, started=True)
    signed(amount=2_000_000)
    signed("SZ-BA", 20_000_000)
    run = computed()
    assert [raw(run, rule) for rule in ("signed", "sum", "rate")] == [2, 1000, Fraction(1, 2)]
    assert [line_of(run, rule).points for rule in ("signed", "sum", "rate")] == [400_000, 150_000, 300_000]
    assert points(run) == 850_000
    baoan = {rule: line_of(run, rule, "SZ-BA") for rule in ("signed", "sum", "rate")}
    assert (baoan["signed"].note, baoan["sum"].points, baoan["rate"].points) == ("no_target", 300_000, 0)
    assert line_of(run, "rate", "SZ-FT").note == "zero_division", "nothing signed, nothing to divide by"
    assert (raw(run, "leads"), line_of(run, "leads").points) == (3, 0), "shown, not scored"


def test_reported_framework_moved_and_merged_do_not_count(desk):
    lead = signed()
    other = a_lead(unit="SZ-NS")
    confirm(other, Kind.CONTRACT_SIGNED, 5_000_000)  # not admitted
    confirm(lead, Kind.FRAMEWORK, 90_000_000)
    moved = signed()
    with unit_of_work():
        db.session.get_one(Lead, moved.id).city_move_on = clock.today()
    run = computed()
    assert (raw(run, "signed"), raw(run, "sum")) == (1, 800)


def test_a_late_entry_counts_in_its_period_and_a_correction_where_the_first_did(desk, clock_at):
    lead = signed()
    clock_at("2026-05-10 09:00")
    first = db.session.scalar(text(f"SELECT id FROM milestone WHERE lead_id = {lead.id}"))
    with unit_of_work():
        db.session.execute(text(f"UPDATE milestone SET state = 'replaced' WHERE id = {first}"))
    confirm(lead, Kind.CONTRACT_SIGNED, 9_000_000, replaces_id=first)
    scheme = loaded()
    assert (raw(computed(scheme), "sum"), raw(computed(scheme, "2026Q2"), "sum")) == (900, 0)


def test_the_ledger_alone_says_who_is_credited(desk):
    lead = signed(amount=10_000_000)
    share(lead, "SZ-NS", 4000)
    share(lead, "SZ-BA", 6000)
    run = computed()
    assert [(raw(run, "signed", unit), raw(run, "sum", unit)) for unit in ("SZ-NS", "SZ-BA")] == [
        (Fraction(2, 5), 400), (Fraction(3, 5), 600),
    ]  # fmt: skip
    parts = db.session.execute(select(ScoreSource.measure, func.sum(ScoreSource.parts)).group_by(ScoreSource.measure)).all()
    assert {measure: int(sum_) for measure, sum_ in parts} == {"signed": 10_000, "contracted": 10_000}


def test_who_is_not_scored_is_said(desk):
    lead = signed()
    share(lead, "SZ-NS", 7000)
    share(lead, "SZ-SWJ", 3000)
    run = computed()
    assert raw(run, "signed") == Fraction(7, 10)
    assert restored(run.summary["elsewhere"]["signed"]) == Fraction(3, 10)


def test_shares_of_one_lead_never_exceed_what_the_model_allows(desk):
    """Units share by every model in turn, some correct, some twice in full: the parts of a fact add up to the whole unless a model
    says that both count, and then no unit has more than the whole.
    """
    plans = [
        (ShareModel.EVEN, (5000, 5000)),
        (ShareModel.AGREED, (1, 9999)),
        (ShareModel.INTRODUCER, (2000, 8000)),
        (ShareModel.BOTH, (10_000, 10_000)),
    ]
    allowed = {}
    for model, parts in plans:
        lead = signed(amount=7_777_777)
        for unit, number in zip(("SZ-NS", "SZ-BA"), parts, strict=True):
            share(lead, unit, number, model)
        allowed[lead.id] = 20_000 if model is ShareModel.BOTH else 10_000
    found = parts_of(Wanted(frozenset({"signed", "contracted"}), clock.today(), clock.today()))
    sums = {}
    for part in found:
        assert 0 < part.parts <= 10_000
        sums[part.piece.lead_id, part.piece.measure] = sums.get((part.piece.lead_id, part.piece.measure), 0) + part.parts
    assert sums == {(lead, measure): most for lead, most in allowed.items() for measure in ("signed", "contracted")}


def test_money_counts_with_proof_and_the_official_table_by_its_company(desk):
    scheme = loaded(
        TEXT
        + "[指标 in]\n计数 = 到资额\n对照 = 最优\n权重 = 5\n[指标 used]\n计数 = 实际使用外资额\n对照 = 目标 FI-01\n权重 = 5\n"
    )
    aimed("0.5", indicator="FI-01")
    lead = signed(investor="Zephyrine Optics GmbH")
    received(lead, 1_230_000)
    run = computed(scheme)
    assert raw(run, "in") == 123
    assert raw(run, "used") == 0
    with unit_of_work():
        db.session.add(CompanyIdentifier(
            company_id=lead.investor_id, scheme=Scheme.USCC, value=code(1), added_by_id=actor("coordinator").user_id, added_at=clock.now()
        ))  # fmt: skip
    official([[code(1), "泽菲林光学", 250.5]], title="2026年2月实际使用外资情况表（单位：万美元）")
    run = computed(scheme)
    assert (raw(run, "used"), line_of(run, "used").rate) == (Fraction("250.5"), "501/10000")
    row = next(one for one in targets.rows(clock.today()) if one.target.period == "2026Q1")
    assert (row.present.value, row.present.fed) == (250, True), "a district's target is fed by what it is credited with"


def test_recomputed_until_published_then_frozen(desk, clock_at):
    run = computed()
    assert (run.state, run.version) == ("provisional", 1)
    signed()
    with unit_of_work():
        run = services.recompute_run(run.public_id, actor=actor("coordinator"), now=clock.now())
    assert (run.version, raw(run, "signed")) == (2, 1)
    refused("score_period_open", published, run)
    clock_at("2026-04-02 09:00")
    with pytest.raises(Refusal, match="score_run_moved"), unit_of_work():
        services.publish_run(run.public_id, 1, actor=actor("coordinator"), now=clock.now())
    run = published(run)
    assert (run.number, str(run.object_until)) == (1, "2026-04-12")
    assert "manager.nanshan" in people_told("score.published")
    refused("score_run_there", computed, run.scheme.public_id)
    with pytest.raises(Refusal, match="score_run_published"), unit_of_work():
        services.recompute_run(run.public_id, actor=actor("coordinator"), now=clock.now())
    for statement in (
        "UPDATE score_line SET points = 1", "DELETE FROM score_line", "DELETE FROM score_source", "UPDATE score_run SET number = 9",
        "DELETE FROM score_run", "UPDATE score_scheme SET text = ''", "DELETE FROM score_scheme",
    ):  # fmt: skip
        with pytest.raises(DatabaseError), unit_of_work():
            db.session.execute(text(statement))


def test_an_objection_upheld_is_a_dated_adjustment_of_the_next_run(desk, clock_at):
    scheme = loaded()
    clock_at("2026-04-02 09:00")
    run = published(computed(scheme))
    row = objected(line_of(run, "signed"), papers=(("证明.txt", b"paper"),))
    assert (str(row.due_on), people_told("score.objected")) == ("2026-04-12", {"coordinator"})
    refused("score_objection_there", objected, line_of(run, "signed"))
    before = points(run)
    refused("score_points", answered, row, points="一分")
    refused("score_points", answered, row, points="0.001")
    refused("score_reason", answered, row, text="  ")
    answered(row, points="2.5")
    refused("score_objection_answered", answered, row)
    assert "manager.nanshan" in people_told("score.answered")
    assert points(run) == before, "what was published stays"
    clock_at("2026-07-02 09:00")
    later = computed(scheme, "2026Q2")
    line = line_of(later, "signed", kind="adjustment")
    assert (line.points, str(line.on_date), line.ref) == (25_000, "2026-04-02", row.public_id)
    with unit_of_work():
        later = services.recompute_run(later.public_id, actor=actor("coordinator"), now=clock.now())
    assert points(later) == 25_000
    published(later)
    assert points(computed(scheme, "2026Q3"), "SZ-NS") == 0, "taken up once"


def test_a_rejected_objection_changes_nothing(desk, clock_at):
    clock_at("2026-04-02 09:00")
    scheme = loaded()
    row = objected(line_of(published(computed(scheme)), "signed"))
    assert answered(row, upheld=False, points="").points is None
    assert points(computed(scheme, "2026Q2")) == 0


def test_who_may_object_and_when(desk, clock_at):
    clock_at("2026-04-02 09:00")
    run = computed()
    line = line_of(run, "signed")
    refused("score_objection_closed", objected, line)
    published(run)
    refused("score_reason", objected, line, " ")
    with pytest.raises(Forbidden):
        objected(line, by="manager.baoan")
    with pytest.raises(Forbidden):
        objected(line, by="officer.nanshan")
    refused("score_files", objected, line, papers=tuple((f"{n}.txt", b"x") for n in range(6)))
    refused("file_type", objected, line, papers=(("a.exe", b"MZ\x00\x01"),))
    assert db.session.scalar(select(func.count()).select_from(ScoreObjection)) == 0, "nothing half-done"
    clock_at("2026-04-13 09:00")
    refused("score_objection_closed", objected, line)


def test_before_it_is_published_a_unit_reads_its_own(desk):
    run = computed()
    mine = reads.sheets(run, actor("officer.nanshan"))
    assert [(sheet.unit.code, sheet.place) for sheet in mine] == [("SZ-NS", None)]
    assert len(reads.sheets(run, actor("leader"))) > 5
    with pytest.raises(NotFound):
        reads.line(line_of(run, "signed", "SZ-BA").public_id, actor("manager.nanshan"))
    with pytest.raises(NotFound):
        reads.run(run.public_id, actor("auditor"))


def test_what_stands_behind_opens_under_ones_own_rights(desk, clock_at):
    lead = signed("SZ-BA", investor="Zephyrine Optics GmbH", by="officer.baoan")
    clock_at("2026-04-02 09:00")
    run = published(computed())
    line = line_of(run, "sum", "SZ-BA")
    measures = frozenset({"contracted"})
    opened = reads.opened(line, measures, actor("manager.baoan"))
    assert [(row.lead.id, row.opens) for row in opened.facts] == [(lead.id, True)]
    hidden = reads.opened(line, measures, actor("manager.nanshan"))
    assert (hidden.facts, hidden.hidden, hidden.hidden_sum) == ([], 1, {"contracted": 800_000_000})


def test_a_trial_keeps_nothing_but_a_line_in_the_trail(desk):
    signed()
    before = {table: db.session.scalar(select(func.count()).select_from(table)) for table in (ScoreScheme, ScoreRun, ScoreLine)}
    with unit_of_work():
        found = services.try_scheme(
            TEXT.replace("2026-01-01", "2030-01-01"), "2025、2026Q1", actor=actor("coordinator"), now=clock.now()
        )
        assert [one.made.period.code for one in found] == ["2025", "2026Q1"]
        assert [one.made.lines[a_unit("SZ-NS").id][0].raw for one in found] == [0, 1]
    assert before == {table: db.session.scalar(select(func.count()).select_from(table)) for table in before}
    assert db.session.scalar(select(func.count()).where(AuditLine.action == "score.tried")) == 1


def test_loading(desk):
    loaded()
    refused("score_scheme_there", loaded)
    loaded(TEXT.replace("版本 = 1", "版本 = 2"))
    refused("score_scheme_unfit", loaded, TEXT.replace("最优", "随便"))
    with pytest.raises(Forbidden):
        loaded(by="manager.nanshan")
    scheme = loaded(TEXT.replace("版本 = 1", "版本 = 3").replace("2026-01-01", "2026-02-01"))
    refused("score_scheme_early", computed, scheme, "2026-01")
    refused("score_period_ahead", computed, scheme, "2027")
    refused("target_period", computed, scheme, "今年")
    with pytest.raises(Forbidden):
        computed(scheme, by="leader")


def test_departments_may_be_scored(desk):
    lead = signed()
    share(lead, "SZ-GXJ", 2500)
    run = computed(loaded(TEXT.replace("来源 = 示例", "来源 = 示例\n对象 = 区和部门")))
    assert raw(run, "signed", "SZ-GXJ") == Fraction(1, 4)


def test_a_department_has_its_target_and_progress_by_the_ledger(desk):
    share(signed(), "SZ-GXJ", 2500)
    share(signed(), "SZ-GXJ", 5000)
    aimed("3", "SZ-GXJ", "2026", place=Place.BUREAU)
    aimed("3", "SZ-GXJ", "2026Q1", place=Place.BUREAU)
    (row,) = [row for row in targets.rows(clock.today()) if row.target.place == "bureau" and row.target.period == "2026"]
    assert (row.present.value, row.present.fed, row.progress.done) == (7_500, True, 250)
    run = computed(loaded(TEXT.replace("来源 = 示例", "来源 = 示例\n对象 = 区和部门")))
    line = line_of(run, "signed", "SZ-GXJ")
    assert (restored(line.raw), restored(line.reference)) == (Fraction(3, 4), 3)


def test_each_count_stands_beside_that_of_the_year_before(desk, clock_at):
    clock_at("2025-02-10 09:00")
    signed()
    clock_at("2026-02-10 09:00")
    signed()
    signed(started=True)
    run = computed()
    line = line_of(run, "signed")
    assert (line.raw, line.raw_before) == ("2/1", "1/1")
    assert line_of(run, "signed", "SZ-BA").raw_before == "0/1"
    assert line_of(run, "rate").raw_before == "0/1"
    assert reads.of_year_before(line, actor("coordinator")) is None
    earlier = computed(loaded(TEXT.replace("版本 = 1", "版本 = 0").replace("2026-01-01", "2025-01-01")), "2025Q1")
    assert reads.of_year_before(line, actor("coordinator")).id == line_of(earlier, "signed").id
    assert reads.of_year_before(line, actor("manager.baoan")) is None, "not published, and not theirs"


def test_a_period_that_is_not_over_is_held_against_the_same_days(desk, clock_at):
    for day in ("2025-02-10 09:00", "2025-03-20 09:00"):
        clock_at(day)
        signed()
    clock_at("2026-03-10 09:00")
    signed()
    scheme = loaded()
    assert line_of(computed(scheme), "signed").raw_before == "1/1", "what was signed on the 20th is not of these days"
    clock_at("2026-04-02 09:00")
    assert line_of(computed(scheme), "signed").raw_before == "2/1"
