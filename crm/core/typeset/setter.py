"""The process that sets type: a template and its facts as JSON on standard input, the pdf on standard output.

Exit 0 done; 1 the template does not fit, the reason (UTF-8, base64) on standard error.
"""

import base64
import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import pylopdf_fonts_ko
import pylopdf_fonts_zh_cn
import typst

NOBODY = "http://127.0.0.1:9"  # a proxy that answers nobody: a template may name packages of a network


def main() -> int:
    """Set what comes in; the exit code."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        os.putenv(name, NOBODY)
    asked = json.load(sys.stdin.buffer)
    with tempfile.TemporaryDirectory() as folder:
        try:
            content = _set(asked, Path(folder))
        except typst.TypstError as error:
            said = re.sub(r"[./]*" + re.escape(folder) + "/?", "", _said(error))
            sys.stderr.write(base64.b64encode(said.encode()).decode())
            return 1
    sys.stdout.buffer.write(content)
    return 0


def _set(asked: dict[str, Any], folder: Path) -> bytes:
    (folder / "main.typ").write_text(asked["template"], "utf-8")
    (folder / "paper.typ").write_text(asked["paper"], "utf-8")
    none = folder / "packages"
    compiler = typst.Compiler(
        root=str(folder), font_paths=_fonts(), package_path=str(none), package_cache_path=str(none),
        sys_inputs={"data": json.dumps(asked["facts"])},
    )  # fmt: skip
    content = compiler.compile(input=str(folder / "main.typ"), format="pdf", pdf_tags=bool(asked["tagged"]))
    if not isinstance(content, bytes):
        raise RuntimeError
    return content


def _fonts() -> typst.Fonts:
    """The type that comes along, and what the machine has for signs of scripts that it lacks."""
    carried = [Path(module.__file__ or "").parent for module in (pylopdf_fonts_zh_cn, pylopdf_fonts_ko)]
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=[str(path) for path in carried])


def _said(error: typst.TypstError) -> str:
    """The compiler's sentence, with the file and line where it stands."""
    lines = error.diagnostic.splitlines()
    place = next((line.strip().lstrip("┌─ ") for line in lines if "┌─" in line), "")
    return f"{error.message} ({place})" if place else error.message


if __name__ == "__main__":
    sys.exit(main())
