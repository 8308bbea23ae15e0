"""One commit site, one clock, pure rules, no drawers called helpers, nothing foreign in the text."""

import ast
import re
import subprocess
import sys

import pytest

from tests.house.source import ROOT, code_of, name, nodes_of, python_files, templates, text_of

# One process reads the source for all tests of the house.
pytestmark = pytest.mark.xdist_group("house")
# What may stand only where it is named. Each with its reason.
ONLY_IN = {
    r"\.commit\(": {"crm/core/db.py": "the one commit"},
    r"\bdatetime\.now\(|\bdate\.today\(|\btime\.time\(|\butcnow\(|\bdatetime\.today\(": {"crm/core/clock.py": "the one clock"},
    r"\btext\(f?[\"']": {
        "crm/core/db.py": "advisory locks have no expression",
        "crm/claims/models.py": "the condition of a partial index",
        "crm/sharing/models.py": "the condition of a partial index",
        "crm/transfers/models.py": "the condition of a partial index",
        "crm/disputes/models.py": "the condition of a partial index",
        "crm/matters/models.py": "the condition of a partial index",
    },
    r"\bMarkup\(": {
        "crm/web/icons.py": "the one drawing, with escaped parts",
        "crm/web/pages.py": "options, formatted with escaping",
        "crm/web/locale.py": "the product's own texts, whose values are escaped when they are filled in",
    },
    r"\.rollback\(": {
        "crm/core/db.py": "the unit of work",
        "crm/web/errors.py": "after a failure, before the error page is drawn",
        "crm/jobs/jobs.py": "between two jobs of one worker",
        "crm/exchange/jobs/importing.py": "no read stays open while a workbook is judged",
        "crm/demo/services.py": "the question whether it is there already is over",
    },
    r"\bos\.environ\b": {
        "config.py": "the only reader of the environment",
        "crm/desk/cli.py": "check-deploy tells where a secret came from",
    },
    r"\brequests\.|\bhttpx\.|urllib\.request|\bsocket\.create_connection": {},
    r"\bpickle\.|\bmarshal\.|\beval\(|\bexec\(|yaml\.load\(|shell=True": {
        "crm/matching/rules/scorecard.py": "trees become functions: the text is made of their numbers alone",
    },
}
# Files may use more of these, with a reason; a line of the form FILE: (PATTERN, REASON) may be added when a person has agreed.
ALLOWED_BULK = {
    "crm/accounts/services.py": "guesses and links, which have no version",
    "crm/web/sessions.py": "session rows and held forms, which have no version",
    "crm/core/once.py": "keys that nobody will send again",
    "crm/jobs/services.py": "leases are taken by one atomic statement",
    "crm/notifications/services.py": "read marks, which have no version",
    "crm/matching/services.py": "tokens are written anew as a whole",
    "crm/assessment/services/runs.py": "lines of a provisional run, written anew as a whole",
    "crm/companies/services/renewal.py": "keys, worked out from names; nobody edits them, and a form that is open stays good",
    "crm/money/services/official.py": "states of the rows of official tables, which have no version",
    "crm/exchange/services/judge.py": "rows of an import that nobody has applied yet, written anew as a whole",
    "crm/demo/removal.py": "removing demo data, which nobody edits",
    "crm/leads/services/recounting.py": "what the leads of a family count, worked out from what was typed; nobody edits it",
    "crm/review/services/keep.py": "pairs that a sweep found and nobody has decided, which have no version",
}


@pytest.mark.parametrize("pattern", ONLY_IN)
def test_only_where_it_belongs(pattern):
    found = {name(path) for path in python_files() if re.search(pattern, code_of(path))}
    assert found <= set(ONLY_IN[pattern]), sorted(found - set(ONLY_IN[pattern]))


def test_bulk_changes_pass_no_version_by():
    """`update()` and `delete()` skip the version check: only for tables that have none."""
    found = set()
    for path in python_files():
        for node in nodes_of(path):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("update", "delete"):
                found.add(name(path))
    assert found <= set(ALLOWED_BULK), sorted(found - set(ALLOWED_BULK))


def test_no_drawers():
    bad = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "shared", "base"}
    assert not [name(path) for path in python_files() if path.stem in bad or bad & set(path.parent.parts[-1:])]


def test_files_and_functions_stay_readable():
    long = [f"{name(p)}: {len(text_of(p).splitlines())} lines" for p in python_files() if len(text_of(p).splitlines()) > 450]
    assert not long
    for path in python_files():
        for node in nodes_of(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                assert lines <= 60, f"{name(path)}: {node.name} has {lines} lines"


def test_every_room_says_what_it_is():
    for package in (ROOT / "crm").rglob("__init__.py"):
        if package.parent.name in ("data", "translations"):
            continue
        assert ast.get_docstring(ast.parse(package.read_text("utf-8"))), name(package)


# Import modules one after the other where no framework can be had; say which of them asked for one.
_WITHOUT = """
import importlib, importlib.abc, sys

class Barred(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"flask", "sqlalchemy", "wtforms", "werkzeug", "jinja2"}:
            raise ImportError("asks for " + name)

sys.meta_path.insert(0, Barred())
for module in sys.argv[1:]:
    try:
        importlib.import_module(module)
    except ImportError as error:
        print(module, error)
"""


def _that_ask_for_a_framework(modules):
    done = subprocess.run([sys.executable, "-c", _WITHOUT, *modules], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_rules_load_without_a_framework():
    """In a fresh interpreter: no Flask, no SQLAlchemy, no form library comes along."""
    rules = sorted({p for p in python_files() if p.name == "rules.py" or "rules" in p.parent.parts})
    assert len(rules) > 40
    modules = [name(p).removesuffix(".py").removesuffix("/__init__").replace("/", ".") for p in rules]
    assert _that_ask_for_a_framework(modules) == []


def test_the_search_for_frameworks_can_fail():
    found = _that_ask_for_a_framework(["crm.core.clock", "crm.core.db"])
    assert len(found) == 1 and found[0].startswith("crm.core.db asks for ")


def test_storeys():
    """import-linter's contracts hold."""
    lint = ROOT / ".venv" / "bin" / "lint-imports"
    program = [str(lint)] if lint.exists() else ["lint-imports"]
    done = subprocess.run([*program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_imports_are_absolute_and_of_modules():
    for path in python_files():
        for node in nodes_of(path):
            assert not (isinstance(node, ast.ImportFrom) and node.level), f"{name(path)}:{node.lineno} relative import"
            if isinstance(node, ast.ImportFrom):
                assert not [a for a in node.names if a.name == "*"], f"{name(path)}:{node.lineno} star import"


def _project_texts():
    """Everything that is part of the project and is text."""
    folders = ("crm", "templates", "static/css", "static/js", "migrations", "tests", "docs", ".ci")
    files = [p for folder in folders for p in (ROOT / folder).rglob("*") if p.is_file()]
    files += [p for p in ROOT.iterdir() if p.is_file()]
    kinds = {".py", ".html", ".css", ".js", ".md", ".json", ".toml", ".txt", ".in", ".ini", ".mako", ".cfg", ""}
    return [p for p in files if p.suffix in kinds and not {"__pycache__", "data"} & set(p.parts)]


_WORKSHOP = re.compile(
    "|".join(
        (
            "/wo" + r"rk/",
            r"/tm" + "p/ob",
            r"\biss" + r"ue #?\d",
            r"\bsub-?ag" + "ent",
            r"\bChat" + "GPT",
            r"\bCla" + "ude",
            r"\bLL" + "M\\b",
        )
    )
)


def test_nothing_of_the_workshop_is_in_the_house():
    """No machine's paths, no ticket numbers, no tools that helped to write it."""
    found = []
    for path in _project_texts():
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
            if _WORKSHOP.search(line):
                found.append(f"{name(path)}:{number}: {line.strip()[:120]}")
    assert not found, "\n".join(found)


_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff]|\U0001f3f4")
_EMOJI = re.compile("[\U0001f300-\U0001faff]")


def test_no_flags_and_no_emoji():
    files = [*python_files(), *templates(), *(ROOT / "static" / "js").glob("*.js"), *(ROOT / "crm").rglob("*.json")]
    assert not [name(p) for p in files if _FLAGS.search(p.read_text("utf-8"))]
    assert not [name(p) for p in templates() if _EMOJI.search(text_of(p))]


def test_regions_are_named_rightly():
    from crm.core import regions

    for code, zh, en in (
        ("HK", "中国香港", "Hong Kong, China"),
        ("MO", "中国澳门", "Macao, China"),
        ("TW", "中国台湾", "Taiwan, China"),
    ):
        assert regions.region_name(code) == zh
        assert regions.region_name(code, "en") == en
    bare = re.compile(r"(?<!中国)(?:台湾|香港|澳门)")
    shown = [label for code, label in regions.choices()]
    assert not [label for label in shown if bare.search(label)]


# The names of money, firms and offices keep their own words.
_OWN_WORDS = re.compile(r"澳门元|香港特别行政区|粤港澳|港澳台|深港|港币")


def test_no_page_names_them_otherwise():
    bare = re.compile(r"(?<!中国)(?:台湾|香港|澳门)")
    found = []
    for path in templates():
        for number, line in enumerate(text_of(path).splitlines(), 1):
            if bare.search(_OWN_WORDS.sub("", line)):
                found.append(f"{name(path)}:{number}: {line.strip()}")
    for path in python_files():
        if "data" in path.parts or path.name in ("regions.py",) or "rules" in path.parts or path.name.startswith("rules"):
            continue
        if bare.search(_OWN_WORDS.sub("", code_of(path))):
            found.append(name(path))
    assert not found, found
