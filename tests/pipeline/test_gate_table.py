"""The table of gates: what it says, and that one that says nonsense is refused, with the place named."""

import copy
import json
from pathlib import Path

import pytest

from crm.leads.rules.lead import STAGES, ProjectType, Stage
from crm.pipeline.rules import BadGates, Kind, LeadState, Shown, load, missing, shipped
from crm.pipeline.rules.gate_table import SHIPPED

RAW = json.loads(Path(SHIPPED).read_text("utf-8"))
FACTS = frozenset({"investor", "project_type", "contracted", "cluster"})


def state(kind, *milestones, filled=FACTS):
    return LeadState(kind, filled, {one: Shown(evidence=True) for one in milestones})


def lacks(kind, old, to, *milestones, filled=FACTS):
    table = shipped()
    return [(one.code, one.what) for one in missing(table.between(kind, old, to), state(kind, *milestones, filled=filled))]


def test_paths_of_each_type():
    table = shipped()
    assert table.path(ProjectType.BUILDING)[-3:] == (Kind.FIRST_FUNDS, Kind.CONSTRUCTION_STARTED, Kind.IN_OPERATION)
    assert Kind.FITOUT_STARTED in table.path(ProjectType.NON_BUILDING)
    assert Kind.CONSTRUCTION_STARTED not in table.path(ProjectType.NON_BUILDING)
    assert table.path(None) == table.path(ProjectType.BUILDING)
    assert table.stage_of(ProjectType.NON_BUILDING, Kind.FITOUT_STARTED) is Stage.UNDER_CONSTRUCTION
    assert table.stage_of(ProjectType.BUILDING, Kind.FRAMEWORK) is None


def test_a_framework_agreement_is_no_contract():
    found = lacks(ProjectType.BUILDING, Stage.NEGOTIATING, Stage.SIGNED, Kind.FRAMEWORK)
    assert found == [("milestone", "contract_signed|registered")]


def test_direct_registration_skips_signing():
    assert lacks(ProjectType.BUILDING, Stage.NEGOTIATING, Stage.SIGNED, Kind.REGISTERED) == []


def test_fields_are_named_one_by_one():
    found = lacks(None, Stage.NEGOTIATING, Stage.SIGNED, Kind.CONTRACT_SIGNED, filled=frozenset({"investor"}))
    assert found == [("field", "project_type"), ("field", "contracted"), ("field", "cluster")]


@pytest.mark.parametrize(
    ("kind", "start"),
    [(ProjectType.BUILDING, Kind.CONSTRUCTION_STARTED), (ProjectType.NON_BUILDING, Kind.FITOUT_STARTED)],
)
def test_the_third_batch_is_entered_by_the_start(kind, start):
    before = (Kind.CONTRACT_SIGNED, Kind.REGISTERED, Kind.FIRST_FUNDS)
    assert lacks(kind, Stage.SIGNED, Stage.UNDER_CONSTRUCTION, *before) == [("milestone", start.value)]
    assert lacks(kind, Stage.SIGNED, Stage.UNDER_CONSTRUCTION, *before, start) == []


def test_a_move_over_several_stages_goes_through_every_gate_once():
    found = lacks(ProjectType.BUILDING, Stage.LEAD, Stage.OPERATING)
    assert [what for _code, what in found] == [  # who registers needs no contract besides
        "registered", "first_funds", "construction_started", "in_operation",
    ]  # fmt: skip
    assert lacks(ProjectType.BUILDING, Stage.SIGNED, Stage.LEAD) == []


def test_a_milestone_without_its_file_is_half_there():
    held = LeadState(ProjectType.BUILDING, FACTS, {Kind.CONTRACT_SIGNED: Shown()})
    found = missing(shipped().between(ProjectType.BUILDING, Stage.NEGOTIATING, Stage.SIGNED), held)
    assert [one.code for one in found] == ["evidence"]


def test_every_type_has_a_gate_before_every_stage():
    for kind in ProjectType:
        for stage in STAGES[1:]:
            assert any(gate.to is stage and kind in gate.types for gate in shipped().gates)


def broken(change):
    raw = copy.deepcopy(RAW)
    change(raw)
    return json.dumps(raw)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda raw: raw["gates"][1]["needs"].append({"field": "mood"}), "gates[1].needs[5].field: unknown field 'mood'"),
        (lambda raw: raw["gates"][1]["needs"].append({"milestone": ["moon"]}), "gates[1].needs[5].milestone[0]: unknown milestone 'moon'"),
        (lambda raw: raw["gates"][3].update(to="sold"), "gates[3].to: unknown stage 'sold'"),
        (lambda raw: raw["gates"][0]["types"].append("castle"), "gates[0].types[5]: unknown project type 'castle'"),
        (lambda raw: raw["gates"][0].update({"pass": ["king"]}), "gates[0].pass[0]: unknown principal 'king'"),
        (lambda raw: raw["gates"][0].update(passes=[]), "gates[0].passes: unknown"),
        (lambda raw: raw["gates"].pop(), "gates: no gate for building to operating"),
        (lambda raw: raw["gates"].append(raw["gates"][0]), "gates[7]: building to negotiating stands in gates[0] already"),
        (lambda raw: raw["gates"][4]["types"].append("building"), "gates[4]: building to under_construction stands in gates[3]"),
        (lambda raw: raw["paths"]["building"].remove("first_funds"), "gates[3]: first_funds is not on the path of building"),
        (lambda raw: raw["paths"].pop("acquisition"), "paths: acquisition is not there"),
        (lambda raw: raw["kinds"].pop("framework"), "kinds: framework is not there"),
        (lambda raw: raw["kinds"]["framework"].update(sum="maybe"), "kinds.framework.sum: unknown word 'maybe'"),
        (lambda raw: raw["kinds"]["framework"].update(evidence="yes"), "kinds.framework.evidence: true or false"),
        (lambda raw: raw.update(override_days=0), "override_days: a number of days"),
        (lambda raw: raw["stage_days"].update(lead="ten"), "stage_days.lead: a number of days"),
        (lambda raw: raw.pop("slip"), "slip: an object is expected"),
        (lambda raw: raw["slip"].update(red_days=5), "slip.red_days: less than slip.amber_days"),
        (lambda raw: raw["slip"].update(hours=5), "slip.hours: unknown"),
        (lambda raw: raw.update(valid_from="soon"), "valid_from: a date is expected"),
        (lambda raw: raw.update(evidence_types=["exe"]), "evidence_types[0]: unknown file type 'exe'"),
        (lambda raw: raw["gates"][1]["needs"].append({}), "gates[1].needs[5]: one of field and milestone"),
        (lambda raw: raw["gates"][1]["needs"].append({"milestone": []}), "gates[1].needs[5].milestone: empty"),
        (lambda raw: raw.update(gates={}), "gates: a list is expected"),
        (lambda raw: raw.pop("version"), "version: a text is expected"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_refused_with_the_place(change, place):
    with pytest.raises(BadGates) as refused:
        load(broken(change))
    assert place in str(refused.value)


def test_a_file_that_is_no_json_names_the_line():
    text = Path(SHIPPED).read_text("utf-8").replace('"paths": {', '"paths": {,', 1)
    line = next(n for n, row in enumerate(text.splitlines(), start=1) if '"paths": {,' in row)
    with pytest.raises(BadGates, match=f"line {line}"):
        load(text)
