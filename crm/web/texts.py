"""Translations: Chinese texts are the source; each room keeps its English in crm/translations/en/<room>.json.

`flask texts compile` merges them into the catalogue that Flask-Babel reads; `flask texts check` fails when a marked text has
no English, when a placeholder differs, or when an entry serves nothing.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from flask.cli import AppGroup

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = ROOT / "crm" / "translations" / "en"
MO = ENGLISH / "LC_MESSAGES" / "messages.mo"
_KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None}
_UNCOUNTED = re.compile(r"[^%]*\{[^{}|]*\|")
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")

cli = AppGroup("texts", help="Translations of the pages.")


def english() -> dict[str, str]:
    """All English texts by their Chinese source. ValueError when two rooms translate one text differently."""
    merged: dict[str, str] = {}
    for path in sorted(ENGLISH.glob("*.json")):
        for source, text in json.loads(path.read_text("utf-8")).items():
            if merged.setdefault(source, text) != text:
                raise ValueError(f"{path.name}: {source!r} is already translated as {merged[source]!r}")
    return merged


def marked() -> dict[str, str]:
    """Every marked text of the code and the templates, and where it first stands."""
    found: dict[str, str] = {}
    for folder, method in (("crm", "python"), ("templates", "jinja2.ext.babel_extract")):
        pattern = "**.py" if folder == "crm" else "**.html"
        rows = extract_from_dir(
            str(ROOT / folder), [(pattern, method)], {pattern: {"silent": "false", "trimmed": "true"}}, keywords=_KEYWORDS
        )
        for name, line, message, _comments, _context in rows:
            text = message if isinstance(message, str) else message[0]
            found.setdefault(text, f"{folder}/{name}:{line}")
    return found


def compile_catalogue() -> int:
    """Write the .mo file; how many texts it holds."""
    catalogue = Catalog(locale="en", domain="messages")
    for source, text in english().items():
        catalogue.add(source, text, flags=["python-format"] if "%(" in source else [])
    MO.parent.mkdir(parents=True, exist_ok=True)
    with MO.open("wb") as handle:
        write_mo(handle, catalogue)
    return len(catalogue)


def faults() -> Iterator[str]:
    """What is wrong with the translations, a line each."""
    texts, places = english(), marked()
    for source, place in places.items():
        if not texts.get(source, "").strip():
            yield f"{place}: no English for {source!r}"
    for source, text in texts.items():
        if source not in places:
            yield f"no page says {source!r} any more"
        elif set(_PLACEHOLDER.findall(source)) != set(_PLACEHOLDER.findall(text)):
            yield f"{places[source]}: placeholders differ in {source!r}"
        elif _UNCOUNTED.match(text):
            yield f"{places[source]}: two ways before any number in {text!r}"


@cli.command("compile")
def compile_command() -> None:
    """Write the catalogue that the pages read."""
    click.echo(f"{compile_catalogue()} English texts")


@cli.command("check")
def check_command() -> None:
    """Fail when a text lacks English or an entry serves nothing."""
    found = list(faults())
    for line in found:
        click.echo(line)
    if found:
        raise SystemExit(1)
    click.echo(f"{len(marked())} texts, English complete")
