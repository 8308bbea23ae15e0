"""Looking through a template before it is used: every error of its tags, every field that is not there, one trial filling.

Fields are followed into lists and records by an example of what the template will be given, through branches too that the example
does not take.
"""

from collections.abc import Mapping
from typing import Any

from docx import Document
from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from crm.core.errors import TemplateUnfit
from crm.core.papers.faults import Fault, Place
from crm.core.papers.filling import BROKEN, environment, fill
from crm.core.papers.places import Source, sources, tags_in

UNKNOWN: Any = object()  # what is worked out in the template: nobody asks for its fields
_SAME = frozenset({"list", "sort", "reverse", "unique"})
_GROUPS = frozenset({"batch", "slice"})
_BLOCKS = frozenset({"for", "if", "macro", "call", "filter", "set", "with", "block", "autoescape"})


def examine(content: bytes, example: Mapping[str, Any]) -> list[Fault]:
    """Everything that is wrong with a template for facts of the shape of `example`, in the order of the file; nothing when it may
    be used. It is filled once with the example when it reads well.
    """
    try:
        parts = list(sources(content))
    except BROKEN as error:
        return [Fault("file", type(error).__name__)]
    found: dict[tuple[str, str], Fault] = {}
    for part in parts:
        for fault in _read(part, example):
            found.setdefault((fault.code, fault.what), fault)
    return list(found.values()) or _trial(content, example)


def _read(part: Source, example: Mapping[str, Any]) -> list[Fault]:
    reader = environment()
    try:
        tree = reader.parse(part.text)
        reader.compile(part.text)
    except TemplateSyntaxError as error:
        return [_syntax(part, error)]
    except RecursionError:
        return [Fault("syntax", "too deep", Place(part.part))]
    walk = _Walk(part, reader, example)
    walk.every(tree.body, {})
    return walk.faults


def _syntax(part: Source, error: TemplateSyntaxError) -> Fault:
    said = (error.message or "")[:160]
    opened = _left_open(part) if said.startswith("Unexpected end of template") else ""
    return Fault("syntax", said, part.of_tag(opened) if opened else part.place(error.lineno))


def _left_open(part: Source) -> str:
    """The innermost tag that nothing closes."""
    opened: list[str] = []
    for inner in tags_in(part.text):
        word = inner.split(" ", 1)[0]
        if word.startswith("end") and word[3:] in _BLOCKS:
            opened = opened[:-1]
        elif word in _BLOCKS and not (word == "set" and "=" in inner):
            opened.append(inner)
    return opened[-1] if opened else ""


def _trial(content: bytes, example: Mapping[str, Any]) -> list[Fault]:
    try:
        Document(fill(content, dict(example)))
    except TemplateUnfit as error:
        return [Fault("filling", str(error.facts["what"]))]
    except BROKEN as error:
        return [Fault("filling", type(error).__name__)]
    return []


class _Walk:
    """Follows the names of a template through an example."""

    def __init__(self, part: Source, reader: ImmutableSandboxedEnvironment, example: Mapping[str, Any]) -> None:
        self.part, self.reader, self.example = part, reader, example
        self.faults: list[Fault] = []

    def every(self, body: list[nodes.Node], scope: dict[str, Any]) -> None:
        """One statement after the other; what one sets the next ones know."""
        for node in body:
            self.statement(node, scope)

    def statement(self, node: nodes.Node, scope: dict[str, Any]) -> None:
        """A statement, or an expression that stands for itself."""
        if isinstance(node, nodes.For):
            self._loop(node, scope)
        elif isinstance(node, nodes.Assign):
            self._bind(node.target, self.value(node.node, scope), scope)
        elif isinstance(node, nodes.Macro | nodes.CallBlock):
            inner = scope | {one.name: UNKNOWN for one in node.args} | {"caller": UNKNOWN, "varargs": UNKNOWN, "kwargs": UNKNOWN}
            self.every([*node.defaults, *([node.call] if isinstance(node, nodes.CallBlock) else []), *node.body], inner)
            if isinstance(node, nodes.Macro):
                scope[node.name] = UNKNOWN
        elif isinstance(node, nodes.With):
            inner = dict(scope)
            for target, given in zip(node.targets, node.values, strict=True):
                self._bind(target, self.value(given, scope), inner)
            self.every(node.body, inner)
        elif isinstance(node, nodes.If):
            self.value(node.test, scope)
            for part in (node.body, node.elif_, node.else_):
                self.every(list(part), scope)
        elif isinstance(node, nodes.Expr):
            self.value(node, scope)
        else:
            self.every(list(node.iter_child_nodes()), scope)

    def _loop(self, node: nodes.For, scope: dict[str, Any]) -> None:
        rows, inner = self.value(node.iter, scope), dict(scope) | {"loop": UNKNOWN}
        one = rows[0] if isinstance(rows, list) and rows else UNKNOWN
        self._bind(node.target, one, inner)
        if node.test is not None:
            self.value(node.test, inner)
        self.every(node.body, inner)
        self.every(node.else_, dict(scope))

    def _bind(self, target: nodes.Node, value: Any, scope: dict[str, Any]) -> None:
        if isinstance(target, nodes.Name):
            scope[target.name] = value
        else:
            for name in target.find_all(nodes.Name):
                scope[name.name] = UNKNOWN

    def value(self, node: nodes.Node, scope: dict[str, Any]) -> Any:
        """What an expression stands for in the example; UNKNOWN for what only filling works out."""
        if isinstance(node, nodes.Name):
            return self._name(node, scope)
        if isinstance(node, nodes.Const):
            return node.value
        if isinstance(node, nodes.Getattr):
            return self._field(node, self.value(node.node, scope), node.attr)
        if isinstance(node, nodes.Getitem):
            key = self.value(node.arg, scope)
            return self._field(node, self.value(node.node, scope), key)
        if isinstance(node, nodes.Filter) and node.node is not None and node.name in _SAME | _GROUPS:
            rows = self.value(node.node, scope)
            return rows if node.name in _SAME or rows is UNKNOWN else [rows]
        for child in node.iter_child_nodes():
            self.value(child, scope)
        return UNKNOWN

    def _name(self, node: nodes.Name, scope: dict[str, Any]) -> Any:
        if node.name in scope:
            return scope[node.name]
        if node.name in self.example:
            return self.example[node.name]
        if node.name not in self.reader.globals:
            self._fault("field", node.name, node)
        return UNKNOWN

    def _field(self, node: nodes.Getattr | nodes.Getitem, owner: Any, key: Any) -> Any:
        if isinstance(owner, list):
            return owner[0] if isinstance(key, int) and owner else UNKNOWN
        if not isinstance(owner, dict) or not isinstance(key, str):
            if isinstance(owner, str | int) and isinstance(node, nodes.Getattr) and not hasattr(owner, key):
                self._fault("attribute", f"{_written(node.node)}.{key}", node, key)
            return UNKNOWN
        if key in owner:
            return owner[key]
        if not hasattr(owner, key):
            self._fault("attribute", f"{_written(node.node)}.{key}", node, key)
        return UNKNOWN

    def _fault(self, code: str, what: str, node: nodes.Node, name: str = "") -> None:
        self.faults.append(Fault(code, what, self.part.place(node.lineno, name or what)))


def _written(node: nodes.Node) -> str:
    """An expression as it stood in the template, as far as it is names and fields."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_written(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{_written(node.node)}[]"
    return "…"
