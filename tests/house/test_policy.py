"""The table of rights and the code speak of the same acts."""

import ast
import re

import pytest
from jinja2 import nodes

from crm.policy import rules as policy
from tests.house.source import name, nodes_of, python_files, templates, text_of
from tests.house.test_templates import own, tree

# One process reads the source for all tests of the house.
pytestmark = pytest.mark.xdist_group("house")
ASKING = {"allowed", "require", "can", "may", "possible"}
# Rows that nothing asks yet, and why they stand in the table.
NOT_YET = {
    "share.read": "a lead's page, in its list of rights",
    "seal.read": "the same",
    "sponsor.read": "the same, and on the brief",
    "lead.second_report": "whoever may log may report again",
    "lead.supplement": "material is added as files, which asks file.add of the same people",
    "claim.grant": "granted with the assessment, which is asked",
    "lead.numbers": "the manager's home",
}


def _pairs_in_python():
    """(record, action, where) of every question with two literals in a row."""
    for path in python_files():
        for node in nodes_of(path):
            if isinstance(node, ast.Call) and (getattr(node.func, "id", None) or getattr(node.func, "attr", "")) in ASKING:
                words = [a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None for a in node.args]
                for record, action in zip(words, words[1:], strict=False):
                    if record and action:
                        yield record, action, f"{name(path)}:{node.lineno}"
            if isinstance(node, ast.Tuple) and len(node.elts) == 2 and name(path) == "crm/web/navigation.py":
                yield node.elts[0].value, node.elts[1].value, f"{name(path)}:{node.lineno}"


def _pairs_in_templates():
    for path in templates():
        for call in tree(path).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "may" and len(call.args) == 2:
                yield call.args[0].value, call.args[1].value, own(path)


def _lead_actions():
    """`visible_lead(…, action="edit")` asks about a lead."""
    for path in python_files():
        for found in re.finditer(r'action="(\w+)"', text_of(path)):
            yield found.group(1), name(path)
        for found in re.finditer(r'\.(?:allows|may|can)\("(\w+)"\)|standing_?, "(\w+)", "(\w+)"', text_of(path)):
            yield next(part for part in reversed(found.groups()) if part), name(path)


def test_every_question_has_a_row():
    asked = [*_pairs_in_python(), *_pairs_in_templates()]
    assert len(asked) > 40
    bad = [f"{where}: {record}.{action}" for record, action, where in asked if action not in policy.table().get(record, {})]
    assert not bad, bad


def test_every_row_is_asked_somewhere():
    asked = {(record, action) for record, action, _where in [*_pairs_in_python(), *_pairs_in_templates()]}
    asked |= {("lead", action) for action, _where in _lead_actions()}
    rows = {(record, action) for record, actions in policy.table().items() for action in actions}
    silent = {f"{record}.{action}" for record, action in rows - asked}
    assert not silent - set(NOT_YET), sorted(silent - set(NOT_YET))
    assert not set(NOT_YET) - silent, f"asked by now: {sorted(set(NOT_YET) - silent)}"


def test_rows_that_stand_for_others_name_the_same_people():
    rows = policy.table()
    assert rows["lead"]["supplement"] == rows["file"]["add"]
    assert rows["receipt"]["read"] == rows["lead"]["read_detail"]
    assert rows["contact"]["read_masked"] == rows["lead"]["read_detail"] == rows["share"]["read"]


@pytest.mark.parametrize("role", policy.Role)
def test_administrators_see_no_business(role):
    """三员: who administers the system or its rights, or audits, holds no business record."""
    if role not in (policy.Role.SYSTEM_ADMIN, policy.Role.SECURITY_ADMIN, policy.Role.AUDITOR):
        return
    for record in ("lead", "contact", "file", "company", "import"):
        held = [action for action in policy.table()[record] if policy.possible(role, record, action)]
        assert not [action for action in held if (record, action) not in {("file", "own"), ("import", "read")}], (record, held)


def test_the_three_administrators_share_no_power():
    def powers(role):
        business = {("user", a) for a in policy.table()["user"]} | {("audit", a) for a in policy.table()["audit"]}
        return {(r, a) for r, a in business | {("unit", "edit")} if policy.possible(role, r, a)} - {("user", "list")}

    system, security, auditor = (powers(policy.Role(r)) for r in ("system_admin", "security_admin", "auditor"))
    assert system & security <= {("user", "disable")}
    assert not auditor & (system | security)
    assert auditor == {("audit", "read"), ("audit", "verify")}
