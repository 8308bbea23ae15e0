"""Texts are marked and have their English; every code that a page shows has words."""

import ast
import importlib
import inspect
import re
from enum import Enum

import pytest
from jinja2 import nodes

from crm.core.errors import Refusal
from crm.jobs import jobs
from crm.web import refusals, texts, words
from tests.house.source import name, nodes_of, python_files, templates, tree_of
from tests.house.test_templates import own, tree

# One process reads the source for all tests of the house.
pytestmark = pytest.mark.xdist_group("house")
HAN = re.compile(r"[\u3400-\u9fff]")
_MARKS = ("_", "_l", "gettext", "lazy_gettext")
# Code that reads Chinese instead of saying it, or data that is Chinese by nature. Nothing of it is a text of a page.
READS_CHINESE = {
    "crm/matching/rules/": "legal forms and places as they stand in names",
    "crm/leads/rules/paste.py": "what a pasted message says",
    "crm/core/workbooks/": "headings and units as they stand in workbooks",
    "crm/money/rules/official.py": "headings of the official table",
    "crm/money/rules/rates.py": "headings of a file of rates",
    "crm/exchange/rules/": "headings and stages as they stand in workbooks",
    "crm/exchange/sheets.py": "marks of headings",
    "crm/fields/rules.py": "headings as tables of offices write them",
    "crm/fillings/rules/": "headings, examples and counted columns as they stand in empty tables",
    "crm/clusters/rules.py": "keywords",
    "crm/core/regions.py": "endings of country names",
    "crm/core/identifiers.py": "labels before numbers",
    "crm/demo/": "invented records",
    "crm/companies/rules.py": "legal forms",
    "crm/matching/cli.py": "the help of a command, which names the Chinese term",
    "crm/web/fmt.py": "年, 月 and 日 between the numbers of a Chinese date",
}
# Enums that no page shows under their own name.
NOT_SHOWN = {
    "Heard": "what the clock listens to; what a page shows of it has words of its own",
    "NameKind": "the page shows the name itself",
    "Channel": "which index found a candidate",
    "PairState": "the queue shows what is open",
    "Scheme": "the page shows the number with a label of its own",
    "Reply": "what a button sends; it has words of its own",
    "Sort": "a parameter of the list's address",
    "Scope": "a parameter of the list's address",
    "Source": "a statement is a sentence of its own",
    "Age": "the colour of a figure that says how long and how long at most",
}


@pytest.fixture(scope="module", autouse=True)
def _marks_read_once(_whole_app):
    """Reading every marked text takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        found = texts.marked()
        patch.setattr(texts, "marked", lambda: found)
        yield


def test_english_is_complete():
    found = list(texts.faults())
    assert not found, f"{len(found)} faults:\n" + "\n".join(found[:40])


def test_the_check_can_fail(monkeypatch):
    monkeypatch.setattr(texts, "english", lambda: {"登录": "Sign in", "从未说过": "never said"})
    found = list(texts.faults())
    assert any("no page says" in line for line in found)
    assert any("no English for" in line for line in found)


def _marked_nodes(module):
    inside = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _MARKS:
            inside |= set(ast.walk(node))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside.add(node.value)
    return inside


@pytest.mark.parametrize("path", python_files(), ids=name)
def test_no_chinese_outside_marks(path):
    if any(name(path).startswith(start) for start in READS_CHINESE):
        return
    marked = _marked_nodes(tree_of(path))
    found = [
        f"{node.lineno}: {node.value[:40]}"
        for node in nodes_of(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and HAN.search(node.value) and node not in marked
    ]
    assert not found, found


@pytest.mark.parametrize("path", templates(), ids=own)
def test_no_chinese_outside_marks_in_templates(path):
    parsed = tree(path)
    found = [n.data.strip() for n in parsed.find_all(nodes.TemplateData) if HAN.search(n.data)]
    marked = {
        id(const)
        for call in parsed.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in _MARKS
        for const in call.find_all(nodes.Const)
    }
    found += [
        c.value for c in parsed.find_all(nodes.Const)
        if isinstance(c.value, str) and HAN.search(c.value) and id(c) not in marked
    ]  # fmt: skip
    assert not found, found


def test_marks_hold_plain_literals():
    """`_(f"…")` and `_(variable)` cannot be translated."""
    found = []
    for path in python_files():
        if name(path) in ("crm/web/texts.py", "crm/web/locale.py"):  # they handle texts that are marked elsewhere
            continue
        for node in nodes_of(path):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _MARKS and node.args:
                if not (isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)):
                    found.append(f"{name(path)}:{node.lineno}")
    assert not found, found


def test_english_pages_say_no_marked_chinese():
    """Nothing translated is empty, still Chinese, or loses its ends."""
    odd = {source for source, english in texts.english().items() if HAN.search(english) and "“" not in source}
    assert not odd - {"English"}, sorted(odd)[:20]


def _rule_modules():
    for path in python_files():
        if path.name == "rules.py" or "rules" in path.parent.parts:
            yield importlib.import_module(name(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."))


@pytest.fixture(scope="module", autouse=True)
def _whole_app():
    """All rooms' words are registered once an app is made."""
    importlib.import_module("tests.race_start")


def test_every_shown_enum_has_words():
    enums = {
        value for module in _rule_modules() for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Enum) and value.__module__.startswith("crm.")
    }  # fmt: skip
    kinds = [set(labels) for labels in words.kinds().values()]
    bare = [e.__name__ for e in enums if e.__name__ not in NOT_SHOWN and not any({str(m.value) for m in e} <= k for k in kinds)]
    assert not bare, f"no words for {bare}"


def _subclasses(cls):
    for sub in cls.__subclasses__():
        yield sub
        yield from _subclasses(sub)


def test_every_refusal_has_a_sentence():
    sentences = set(refusals._sentences)
    codes = {sub.code for sub in _subclasses(Refusal) if sub.__module__.startswith("crm.")}
    for path in python_files():
        for node in nodes_of(path):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Refusal", "BadPassword", "FileRefused"}:
                if node.args and isinstance(node.args[0], ast.Constant):
                    codes.add(node.args[0].value)
    assert not codes - sentences - {"refused"}, sorted(codes - sentences)


def _literals(function, place=0):
    """String literals that are handed to calls of a name or method."""
    for path in python_files():
        for node in nodes_of(path):
            if not isinstance(node, ast.Call) or len(node.args) <= place:
                continue
            called = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
            if called == function and isinstance(node.args[place], ast.Constant) and isinstance(node.args[place].value, str):
                yield node.args[place].value, f"{name(path)}:{node.lineno}"


def test_every_kind_of_job_can_be_done_and_named():
    for kind, where in _literals("enqueue"):
        assert kind in jobs.kinds(), f"{where} asks for {kind}, which nobody does"
        assert kind in words.kinds()["job_kind"], f"{where}: {kind} has no words"
    assert jobs.kinds() <= set(words.kinds()["job_kind"])


def test_every_message_has_a_sentence():
    sent = {code for code, _where in _literals("notify", 1)}
    assert sent
    assert not sent - set(words.kinds()["message"])


def test_every_word_that_is_asked_for_is_registered():
    asked = dict(_literals("word")) | dict(_literals("choices"))
    for path in templates():
        for call in tree(path).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in ("word", "choices") and call.args:
                if isinstance(call.args[0], nodes.Const):
                    asked[call.args[0].value] = own(path)
    missing = {kind: where for kind, where in asked.items() if kind not in words.kinds()}
    assert not missing, missing


def test_every_act_has_words():
    """The audit page says what was done in words."""
    acts = {action for action, _where in _literals("record") if "." in action}
    assert not acts - set(words.kinds()["audit_action"]), sorted(acts - set(words.kinds()["audit_action"]))


def test_no_fullwidth_slips():
    """Chinese sentences of the pages use Chinese punctuation."""
    slips = [source for source in texts.marked() if re.search(r"[\u3400-\u9fff][,;?!]( |[\u3400-\u9fff]|$)", source)]
    assert not slips, slips
    assert not [source for source in texts.marked() if source != source.strip()], "spaces at the ends of a text"
