"""Contests: groups ranked apart and measured within themselves; a trial beside a recorded run or another version."""

import pytest
from sqlalchemy import func, select

from crm.assessment import services
from crm.assessment.models import ScoreRun
from crm.assessment.queries import runs as reads
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import NotFound
from tests.assessment.stories import TEXT, computed, line_of, loaded, refused, signed
from tests.builders import a_unit, actor

CONTEST = (
    TEXT.replace("代码 = T", "代码 = C\n期间 = 2026Q1")
    + "[组别 in]\n名称 = 内\n单位 = SZ-NS\n[组别 out]\n名称 = 外\n单位 = SZ-BA、SZ-LG\n"
)


def test_a_contest_ranks_its_groups_and_only_its_period(desk, clock_at):
    clock_at("2026-02-10 09:00")
    signed(), signed("SZ-BA", by="officer.baoan"), signed("SZ-BA", by="officer.baoan")
    scheme = loaded(CONTEST)
    refused("score_contest_period", computed, scheme, "2026-02")
    run = computed(scheme)
    sheets = {sheet.unit.code: sheet for sheet in reads.sheets(run, actor("coordinator"))}
    assert {code: (one.place, one.group.id, one.group_place) for code, one in sheets.items()} == {
        "SZ-BA": (None, "out", 1), "SZ-NS": (None, "in", 1), "SZ-LG": (None, "out", 2),
    }  # fmt: skip
    (own,) = reads.sheets(run, actor("manager.nanshan"))
    assert (own.place, own.group_place, own.group.id) == (None, None, "in")
    refused("score_scheme_unfit", loaded, CONTEST.replace("SZ-LG", "SZ-NOBODY").replace("版本 = 1", "版本 = 2"))


def test_a_contest_measures_within_groups_unless_the_file_says_all(desk, clock_at):
    clock_at("2026-02-10 09:00")
    signed(), signed("SZ-BA", by="officer.baoan"), signed("SZ-BA", by="officer.baoan")
    run = computed(loaded(CONTEST))
    best = {code: line_of(run, "sum", code) for code in ("SZ-NS", "SZ-BA", "SZ-LG")}
    assert {code: (line.reference, line.used) for code, line in best.items()} == {
        "SZ-NS": ("800/1", "1/1"), "SZ-BA": ("1600/1", "1/1"), "SZ-LG": ("1600/1", "0/1"),
    }  # fmt: skip
    assert reads.apart(run)
    whole = CONTEST.replace("对照 = 最优", "对照 = 最优 全部").replace("代码 = C", "代码 = D")
    among_all = computed(loaded(whole))
    assert (line_of(among_all, "sum").reference, line_of(among_all, "sum").used) == ("1600/1", "1/2")
    assert not reads.apart(among_all)
    places = {sheet.unit.code: sheet.place for sheet in reads.sheets(among_all, actor("coordinator"))}
    assert places == {"SZ-BA": 1, "SZ-NS": 2, "SZ-LG": 3}


def test_a_run_computed_among_all_stays_so_until_it_is_computed_again(desk, clock_at):
    clock_at("2026-02-10 09:00")
    signed()
    run = computed(loaded(CONTEST))
    with unit_of_work():
        run.summary = {"elsewhere": {}}  # as runs were written when groups were only ranked apart
    assert {sheet.place for sheet in reads.sheets(run, actor("coordinator"))} == {1, 2}
    again = computed(reads.schemes()[0].public_id)
    assert again.id == run.id
    assert {sheet.place for sheet in reads.sheets(again, actor("coordinator"))} == {None}


def test_a_trial_beside_a_run_and_beside_another_version(desk, clock_at):
    clock_at("2026-02-10 09:00")
    signed()
    run = computed()
    signed()
    heavier = TEXT.replace("权重 = 30", "权重 = 60", 1).replace("版本 = 1", "版本 = 2")
    trial = tried(heavier, "2026Q1", f"run:{run.public_id}")
    pair = next(one for one in trial.pairs if one.unit == a_unit("SZ-NS").id)
    assert {part.rule: part.why for part in pair.parts} == {"sum": ("terms", "count", "reference")}
    assert (pair.here, pair.there, pair.apart) == (600_000, 300_000, 300_000)
    other = tried(heavier, "2026Q1", f"scheme:{run.scheme.public_id}")
    assert next(one for one in other.pairs if one.unit == a_unit("SZ-NS").id).parts[0].why == ("terms",)
    refused("score_beside", tried, heavier, "2026-01", f"run:{run.public_id}")
    for wrong in ("run:nothing", "scheme:nothing", "what:ever"):
        with pytest.raises(NotFound):
            tried(heavier, "2026Q1", wrong)
    assert db.session.scalar(select(func.count()).select_from(ScoreRun)) == 1


def tried(text, period, beside):
    with unit_of_work():
        return services.try_scheme(text, period, beside=beside, actor=actor("coordinator"), now=clock.now())[0]
