"""How Jinja draws our templates: the same pages as ever, with two shortcuts for what it does thousands of times a page."""

from types import FunctionType
from typing import Any

from flask import Flask
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from markupsafe import Markup, _escape_inner  # type: ignore[attr-defined]


def written(value: Any) -> str:
    """What stands in the page for a value: escaped as `markupsafe.escape` does. Jinja joins all pieces at once, so none
    need be made `Markup` first, which took longer than the escaping.
    """
    kind = type(value)
    if kind is str:
        return _escape_inner(value)  # type: ignore[no-any-return]
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    if hasattr(value, "__html__"):
        return value.__html__()  # type: ignore[no-any-return]
    return _escape_inner(str(value))  # type: ignore[no-any-return]


class Code(CodeGenerator):
    """Templates in which `{{ … }}` is drawn by `written`, wherever texts are escaped; a loop hands up what it drew in one piece,
    else each of a table's four thousand scraps goes up through every block around it; and what a name has is looked up at once.
    """

    def visit_For(self, node: nodes.For, frame: Frame) -> None:  # noqa: N802 (Jinja's name)
        """A loop gathers what it draws, and gives it up at its end."""
        if frame.buffer is not None or frame.require_output_check:
            super().visit_For(node, frame)
            return
        gathered = frame.soft()
        self.buffer(gathered)
        super().visit_For(node, gathered)
        self.writeline(f"yield concat({gathered.buffer})")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        """`row.name`: most things of ours have what a template asks for. What has it not is asked as ever."""
        if not isinstance(node.node, nodes.Name):
            super().visit_Getattr(node, frame)
            return
        place = self.temporary_identifier()
        self.write(f"({place} if ({place} := getattr(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r}, missing)) is not missing else environment.getattr(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r}))")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")


class Names(Context):
    """The names of a template. A plain function is called at once: most of what Jinja's own call looks for, a function of ours
    has not.
    """

    def call(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """Call what a template calls; what wants the context or the environment gets it as ever."""
        if type(obj) is not FunctionType or hasattr(obj, "jinja_pass_arg"):
            return super().call(obj, *args, **kwargs)
        if kwargs:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
        return obj(*args, **kwargs)


def register(app: Flask) -> None:
    """Have the app's templates drawn that way; before the first of them is read."""
    app.jinja_env.written = written  # type: ignore[attr-defined]
    app.jinja_env.code_generator_class = Code
    app.jinja_env.context_class = Names
