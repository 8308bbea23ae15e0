"""Every door is guarded, every address is typed and kebab-case, and the list of doors is stored."""

import ast
import re

import pytest

from crm.policy import rules as policy
from tests.house import routes
from tests.house.source import name, nodes_of, python_files

# Doors without a guard. The reason stands at the door too; this list makes a new one a decision.
OPEN = {
    "accounts.sign_in", "accounts.sign_in_now", "accounts.sign_out", "accounts.set_password", "accounts.set_password_now",
    "accounts.choose_language", "accounts.demo_sign_in", "web.health", "web.robots",
}  # fmt: skip
# GET requests that write, and what.
WRITES_ON_GET = {
    "crm/returns/views/files.py:paper": "a file leaves the house with a serial number and a line in the audit trail",
    "crm/returns/views/weeks.py:week_workbook": "a file leaves the house with a serial number and a line in the audit trail",
    "crm/files/views.py:download": "the access log",
    "crm/fillings/views/fillings.py:result": "the access log",
    "crm/datasets/views.py:archive": "the access log",
    "crm/supervision/views/tasks.py:download": "the access log",
    "crm/desk/views/pages.py:export": "who exported what",
    "crm/golive/views.py:export": "who exported what",
    "crm/assessment/views/runs.py:workbook": "who exported what",
    "crm/assessment/views/objections.py:paper": "the access log",
    "crm/desk/views/pages.py:lead": "who read what is confidential",
}
_SEGMENT = re.compile(r"^([a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)?|<(string|int|path)(\([^)]*\))?:[a-z_]+>(\.[a-z]+)?)$")

pytestmark = pytest.mark.only_on("sqlite")


def doors(app):
    return [(rule, app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_door_is_guarded(app):
    bare = [rule.endpoint for rule, view in doors(app) if not getattr(view, "guard", None)]
    assert not bare
    is_open = {rule.endpoint for rule, view in doors(app) if view.guard[0] == "open"}
    assert is_open <= OPEN, f"new open doors: {is_open - OPEN}"
    assert not [rule.endpoint for rule, view in doors(app) if view.guard[0] == "open" and len(view.guard[1]) < 10], "say why"


def test_every_guard_asks_a_row_of_the_table(app):
    for rule, view in doors(app):
        if view.guard[0] != "open":
            record, action = view.guard
            assert action in policy.table().get(record, {}), f"{rule.endpoint} asks {record}.{action}"


def test_addresses_are_kebab_case_and_typed(app):
    for rule, _view in doors(app):
        for segment in rule.rule.strip("/").split("/"):
            assert not segment or _SEGMENT.match(segment), f"{rule.rule}: {segment}"


def test_a_door_reads_or_writes(app):
    for rule, _view in doors(app):
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        assert methods in ({"GET"}, {"POST"}), f"{rule.endpoint} takes {methods}"


def test_records_have_public_names(app):
    """No running number of the database in an address."""
    for rule, _view in doors(app):
        assert "<int:" not in rule.rule, rule.rule
        assert not re.search(r"<string:(id|\w*_id)>", rule.rule.replace("public_id", "")), rule.rule


def test_getting_a_page_writes_nothing(app):
    found = set()
    for path in python_files():
        if "views" not in path.parts and path.name != "views.py":
            continue
        for node in nodes_of(path):
            if isinstance(node, ast.FunctionDef) and any("bp.get(" in ast.unparse(d) for d in node.decorator_list):
                if "unit_of_work(" in ast.unparse(node):
                    found.add(f"{name(path)}:{node.name}")
    assert found <= set(WRITES_ON_GET), sorted(found - set(WRITES_ON_GET))


def test_views_are_short():
    for path in python_files():
        if "views" not in path.parts and path.name != "views.py":
            continue
        for node in nodes_of(path):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno <= 40, f"{name(path)}: {node.name} is long for a view"


def test_the_stored_list_is_true(app):
    stored = routes.STORED.read_text("utf-8").splitlines()
    now = routes.lines(app)
    gone, new = sorted(set(stored) - set(now)), sorted(set(now) - set(stored))
    assert stored == now, f"gone {gone}, new {new}; renew with `.venv/bin/python -m tests.house.routes`"


def test_templates_need_what_they_print(app):
    from jinja2 import StrictUndefined

    assert app.jinja_env.undefined is StrictUndefined
    assert app.jinja_env.autoescape is True or app.jinja_env.autoescape("x.html")
