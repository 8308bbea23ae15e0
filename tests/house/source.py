"""The project's own source, read once."""

import ast
import io
import tokenize
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """Python files of these folders (the product's when none is named), without tests."""
    found = [path for folder in folders or ("crm",) for path in (ROOT / folder).rglob("*.py")]
    if not folders:
        found += [ROOT / "config.py", ROOT / "wsgi.py"]
    return tuple(sorted(path for path in found if "__pycache__" not in path.parts))


@cache
def templates() -> tuple[Path, ...]:
    """All templates."""
    return tuple(sorted(path for path in TEMPLATES.rglob("*") if path.is_file()))


@cache
def text_of(path: Path) -> str:
    """A file's text."""
    return path.read_text("utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    """A Python file's tree."""
    return ast.parse(text_of(path))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of a Python file, as `ast.walk` finds them."""
    return tuple(ast.walk(tree_of(path)))


@cache
def code_of(path: Path) -> str:
    """A Python file's text without comments and docstrings: what runs."""
    text = text_of(path)
    lines = text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            (row, start), (_row, _end) = token.start, token.end
            lines[row - 1] = lines[row - 1][:start]
    for node in nodes_of(path):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            for row in range(node.lineno - 1, (node.end_lineno or node.lineno)):
                lines[row] = ""
    return "\n".join(lines)


def name(path: Path) -> str:
    """A path as it is written in a message."""
    return path.relative_to(ROOT).as_posix()
