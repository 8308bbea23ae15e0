"""Paused and ended projects are in no stage's numbers: the same figure on every page that tells it, and a list that finds them."""

import pytest
from werkzeug.datastructures import MultiDict

from crm.batches.queries import sums
from crm.batches.rules.rolling import Batch
from crm.board.queries import board_for
from crm.board.rules import Period
from crm.core.db import db
from crm.dashboard import queries as dashboard
from crm.desk.forms import question_from
from crm.leads.queries import listing
from crm.leads.rules.lead import Stage, Status
from crm.leads.rules.listing import Scope
from crm.reports.queries import leader
from tests.batches.stories import IDLE, NEXT, YI, changed, ended, listed, numbers
from tests.builders import actor
from tests.dashboard.stories import asked

TALKS = "stage=negotiating&scope=city"


@pytest.fixture
def built(app, clock_at):
    """Two projects in negotiation, one that was given up there, one that waits, one of Bao'an's given up after signing."""
    clock_at(NEXT)
    with app.app_context():
        for total in (1, 2):
            listed(total=total, now=NEXT)
        changed(listed(total=20, now=NEXT), status=Status.PAUSED)
        ended(listed(total=40, now=NEXT))
        ended(listed("signed", by="officer.baoan", total=80, now=NEXT))
        db.session.remove()
        sums.forget()
    return app


@pytest.fixture
def city(built):
    """The same, with the program around the test."""
    with built.app_context():
        yield built


def of(address, who="coordinator"):
    pairs = [pair.split("=") for pair in address.split("&")]
    return listing.count_of(question_from(MultiDict(pairs), default_scope=Scope.UNIT), actor(who)).number


@pytest.mark.parametrize("who", ["coordinator", "leader"])
def test_one_number_on_every_page(city, who):
    reader = actor(who)
    found = dashboard.board_for(asked(MultiDict(), who), reader, keep_seconds=0)
    held = listing.held_by_stage(question_from(MultiDict({"scope": "city"}), default_scope=Scope.UNIT), reader)
    told = {
        "dashboard": (found.stages[Stage.NEGOTIATING].number, found.sums[Stage.NEGOTIATING]),
        "columns": (held[Stage.NEGOTIATING].totals.count, held[Stage.NEGOTIATING].totals.total_cny),
        "board": (lambda cell: (cell.stock, cell.total_cny))(
            board_for(reader, Period.YEAR, idle_days=IDLE, keep_seconds=0).together
        ),
        "batches": (lambda cell: (cell.count, cell.total_cny))(numbers(who).batches[Batch.NEGOTIATING]),
    }
    assert told == dict.fromkeys(told, (2, 3 * YI)) and of(TALKS, who) == 2
    assert (
        of("stage=signed&scope=city", who) == found.stages[Stage.SIGNED].number == numbers(who).batches[Batch.SIGNED].count == 0
    )


def test_the_leaders_figures_too(city):
    page = leader.leader_page(actor("leader"), city="SZ", idle_days=IDLE, keep_seconds=0)
    assert [(one.kind, one.number) for one in page.figures][:2] == [("negotiating", 2), ("signed", 0)]


def test_the_others_are_found(city):
    assert [of(f"{TALKS}&status={status}") for status in ("active", "paused", "ended", "all", "nonsense")] == [2, 1, 1, 4, 2]
    assert of("stage=all&scope=city&q=SZ") == of("stage=all&scope=city&status=all") == 5  # who looks for a record finds it
    assert of("stage=all&scope=city&from=2026-01-01") == 5  # and what came in came in, whatever became of it


def test_what_became_of_anothers_lead_is_not_told(city):
    assert of(f"{TALKS}&status=ended", "officer.baoan") == of(f"{TALKS}&status=paused", "officer.baoan") == 0
    assert of("stage=signed&scope=city&status=ended", "officer.baoan") == 1


def test_the_list_says_which_it_is(built, signed_in):
    page = signed_in("coordinator").get("/leads?scope=city&stage=negotiating&status=ended")
    assert page.html.count('<td class="c-name"') == 1 and '<span class="ob-tag">终止</span>' in page.html
    assert 'value="ended" selected' in page.html and "×" in page.html
