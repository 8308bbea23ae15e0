"""Every template parses, is used, imports nothing for nothing, and lets no text through unescaped."""

import ast
import re
from functools import cache

import pytest
from jinja2 import Environment, nodes

from tests.house.source import TEMPLATES, name, nodes_of, python_files, templates, text_of

# One process reads the source for all tests of the house.
pytestmark = pytest.mark.xdist_group("house")
_ENV = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def own(path):
    return path.relative_to(TEMPLATES).as_posix()


@cache
def tree(path):
    return _ENV.parse(text_of(path))


def asked_by_templates():
    found = set()
    for path in templates():
        for node in tree(path).find_all((nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)):
            for const in [node.template, *node.template.find_all(nodes.Const)]:
                if isinstance(const, nodes.Const):
                    found |= {const.value} if isinstance(const.value, str) else set(const.value)
    return found


def asked_by_python():
    """Every string in the code that is the name of a template."""
    found = set()
    for path in python_files():
        for node in nodes_of(path):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"\w[\w/-]*\.html", node.value):
                found.add(node.value)
    return found


@pytest.mark.parametrize("path", templates(), ids=own)
def test_it_parses(path):
    tree(path)
    assert path.suffix in (".html", ".txt"), "templates are .html, so that autoescape is on"


def test_every_template_is_used_and_every_used_one_is_there():
    there, asked = {own(path) for path in templates()}, asked_by_templates() | asked_by_python()
    assert not there - asked, f"nobody uses {sorted(there - asked)}"
    assert not asked - there, f"not there: {sorted(asked - there)}"


@pytest.mark.parametrize("path", templates(), ids=own)
def test_imports_are_used(path):
    text = text_of(path)
    for node in tree(path).find_all(nodes.FromImport):
        for item in node.names:
            known_as = item[1] if isinstance(item, tuple) else item
            uses = len(re.findall(rf"\b{re.escape(known_as)}\b", text))
            assert uses > 1, f"{own(path)} imports {known_as} for nothing"


@pytest.mark.parametrize("path", templates(), ids=own)
def test_nothing_passes_unescaped(path):
    found = [node.name for node in tree(path).find_all(nodes.Filter) if node.name in ("safe", "tojson", "xmlattr")]
    assert not found, found
    assert "autoescape" not in text_of(path)


@pytest.mark.parametrize("path", templates(), ids=own)
def test_addresses_come_from_url_for(path):
    """A written address breaks under a path prefix."""
    bare = re.findall(r'(?:href|src|action|hx-get|hx-post)="(/[^"]*)"', text_of(path))
    assert not bare, bare


@pytest.mark.parametrize("path", templates(), ids=own)
def test_it_is_short(path):
    lines = len(text_of(path).splitlines())
    assert lines <= 140, f"{lines} lines"


def test_no_part_of_a_table_is_for_wide_screens_alone():
    """What stands in a cell is said on a phone too: `ob-wide` is for what is there otherwise, or is of no use there."""
    cell = re.compile(r"<(?:table|tbody|tr|td|th|details)\b[^>]*\bob-wide\b")
    assert cell.search('<td class="r ob-wide">'), "it would be found"
    found = [own(path) for path in templates() if cell.search(text_of(path))]
    assert not found, found


def test_every_named_endpoint_exists():
    from tests.race_start import app

    known = set(app.view_functions)
    found = []
    for path in templates():
        for node in tree(path).find_all(nodes.Call):
            if isinstance(node.node, nodes.Name) and node.node.name == "url_for" and node.args:
                target = node.args[0]
                if isinstance(target, nodes.Const) and target.value not in known:
                    found.append(f"{name(path)}: {target.value}")
    for path in python_files():
        for node in nodes_of(path):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("url_for", "go", "Room") and node.args:
                target = node.args[1] if getattr(node.func, "id", "") == "Room" else node.args[0]
                if isinstance(target, ast.Constant) and target.value not in known:
                    found.append(f"{name(path)}:{node.lineno}: {target.value}")
    assert not found, found
