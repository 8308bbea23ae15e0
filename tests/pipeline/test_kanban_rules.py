"""Where a card may go, and how long is long."""

import pytest

from crm.leads.rules.lead import STAGES, ProjectType, Stage, Status
from crm.pipeline.rules import shipped
from crm.pipeline.rules.kanban import Age, Facts, Way, age_of, remembering, ways_of

OWNER = frozenset({"owner"})


def facts(stage=Stage.NEGOTIATING, **changed):
    given = {
        "project_type": ProjectType.BUILDING, "status": Status.ACTIVE, "admitted": True, "may_move": True, "may_reopen": False,
        "principals": OWNER,
    }  # fmt: skip
    return Facts(stage=stage, **(given | changed))


def ways(*args, **changed):
    return [way.value for way in ways_of(facts(*args, **changed), shipped())]


def test_forward_is_open_backward_wants_a_reason():
    assert ways() == ["reason", "here", "open", "open", "open"]
    assert ways(Stage.LEAD) == ["here", "open", "open", "open", "open"]


def test_what_stands_in_the_way_of_all_moves():
    assert ways(may_move=False) == ["not_yours", "here", "not_yours", "not_yours", "not_yours"]
    assert ways(status=Status.PAUSED) == ["paused", "here", "paused", "paused", "paused"]
    assert ways(status=Status.ENDED)[0] == "ended"
    assert ways(may_move=False, status=Status.ENDED)[0] == "not_yours"  # nobody is told more than they read


def test_not_admitted_goes_nowhere_but_back():
    assert ways(admitted=False) == ["reason", "here", "not_admitted", "not_admitted", "not_admitted"]


def test_out_of_the_last_stage_only_the_city():
    assert ways(Stage.OPERATING) == ["final", "final", "final", "final", "here"]
    assert ways(Stage.OPERATING, may_reopen=True) == ["reason", "reason", "reason", "reason", "here"]


def test_a_gate_that_somebody_else_passes():
    assert ways(principals=frozenset({"share_edit"})) == ["reason", "here", "gate", "gate", "gate"]


@pytest.mark.parametrize("project_type", [None, *ProjectType])
@pytest.mark.parametrize("stage", STAGES)
def test_every_card_knows_every_way(stage, project_type):
    found = ways_of(facts(stage, project_type=project_type), shipped())
    assert len(found) == len(STAGES)
    assert found[STAGES.index(stage)] is Way.HERE
    assert remembering(shipped())(facts(stage, project_type=project_type)) == found


@pytest.mark.parametrize(
    ("days", "limit", "expected"),
    [
        (0, 60, Age.PLANNED),
        (45, 60, Age.PLANNED),
        (46, 60, Age.SOON),
        (60, 60, Age.SOON),
        (61, 60, Age.LATE),
        (9_000, None, Age.PLANNED),
    ],
)
def test_age(days, limit, expected):
    assert age_of(days, limit, 14) is expected
