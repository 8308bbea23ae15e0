"""The matching by command line: pairs in, verdicts out, one JSON object a line."""

import json
import re
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn, TextIO

import click
from flask.cli import AppGroup

from crm.core.db import unit_of_work
from crm.core.readers import Readers, processors
from crm.matching import queries, services, words
from crm.matching.rules import Subject, brands, judge

DATA = Path(__file__).resolve().parent / "data"
_SURROGATE = re.compile("[\ud800-\udfff]")
MANY = 20_000  # names: fewer are taken apart before a process has started
match = AppGroup("match", help="查重: compare company names.")


@match.command("score")
def score() -> None:
    """Read {"a", "b", "a_country", "b_country"} lines, answer {"score", "verdict", "reasons"} lines in the same order.

    Names are texts; null is a name that is not known: the pair is different. Countries are ISO two-letter codes or null.
    A line that is no such object ends the command with exit code 2. Only the shipped brands are used, not those of the database.
    """
    brands.use(None)
    for number, line in enumerate(_lines(sys.stdin), start=1):
        if line.strip():
            found = judge(*_pair(_object(line, number), number))
            reasons = [{"code": reason.code, **words.in_both_languages(reason)} for reason in found.reasons]
            answer = {"score": found.score, "verdict": found.verdict.value, "reasons": reasons}
            click.echo(json.dumps(answer, ensure_ascii=False))


def _lines(stream: TextIO) -> Iterator[str]:
    """The lines as they come, without a byte order mark; bytes that are no UTF-8 end the command."""
    number = 0
    try:
        for number, line in enumerate(iter(stream.readline, ""), start=1):
            yield line.removeprefix("\ufeff") if number == 1 else line
    except UnicodeDecodeError as error:
        click.echo(f"after line {number}: not UTF-8: {error.reason}", err=True)
        raise SystemExit(2) from None


def _pair(row: dict[str, Any], number: int) -> tuple[Subject, Subject]:
    names = [_name(row.get(side, ()), number) for side in ("a", "b")]
    countries = [row.get(f"{side}_country") for side in ("a", "b")]
    if not all(country is None or isinstance(country, str) for country in countries):
        _refuse(number, "a_country and b_country are texts or null")
    one, two = (Subject((name,), (country or "").strip().upper() or None) for name, country in zip(names, countries, strict=True))
    return one, two


def _name(value: Any, number: int) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        _refuse(number, "a and b are needed, each a text or null")
    return "" if value is None else str(value)  # 360 is what somebody forgot to put in quotes


@match.command("train")
@click.argument("pairs", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--report", is_flag=True, help="First measure on firms kept apart from learning: five times as long.")
@click.option("--at-once", type=click.IntRange(1, 6), default=1, help="Folds of the report learned side by side.")
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), default=DATA, help="Where the two files go.")
def train(pairs: tuple[Path, ...], report: bool, at_once: int, to: Path) -> None:
    """Learn the judge's model from labelled PAIRS (JSON lines: a, b, same, slice, entity). Needs scikit-learn.

    Several files are read as one: those of a study, and what `flask match learned` writes.
    """
    from crm.matching.rules import training

    brands.use(None)
    rows = [row for path in pairs for row in _labelled(path)]
    if {row["same"] for row in rows} != {0, 1}:  # nothing to learn from: what is there stays
        click.echo("pairs of one firm and pairs of two are needed", err=True)
        raise SystemExit(2)
    to.mkdir(parents=True, exist_ok=True)
    training.save(training.train(rows, click.echo, report=report, at_once=at_once), to)


def _labelled(path: Path) -> list[dict[str, Any]]:
    from crm.matching.rules import training

    try:
        rows = training.read_pairs(path)
    except (ValueError, OSError, EOFError) as error:
        click.echo(f"{path}: {error}", err=True)
        raise SystemExit(2) from None
    for number, row in enumerate(rows, start=1):
        texts = isinstance(row, dict) and all(isinstance(row.get(name), str) for name in ("a", "b", "slice", "entity"))
        if not texts or row.get("same") not in (0, 1):
            click.echo(f"{path}, pair {number}: a, b, slice, entity as texts and same as 0 or 1 are needed", err=True)
            raise SystemExit(2)
    return rows


@match.command("load")
@click.argument("file", type=click.File("r", encoding="utf-8"))
def load(file: TextIO) -> None:
    """Read {"id", "name"} lines into the index, for `query`; they become no companies. An id that is known is renamed.

    FILE may be - for standard input. A line that is no such object ends the command with exit code 2: nothing of it and of
    those it would have been stored with is kept.
    """
    begun, count = time.monotonic(), 0
    lines = _named(file)
    shelf = None if queries.highest(queries.BULK) else services.Shelf(queries.BULK)
    references: dict[str, str] = {}
    while chunk := list(islice(lines, services.FEW if shelf is None else services.CHUNK)):
        count += len(chunk)
        if shelf is None:
            with unit_of_work():
                services.load_named(queries.BULK, chunk)
        else:
            references.update(chunk)
    if shelf is not None:
        named = [(number, *both) for number, both in enumerate(references.items(), start=1)]
        references.clear()
        _gather(shelf, named)
        for part in shelf.parts():
            with unit_of_work():
                services.store_part(queries.BULK, part)
    with unit_of_work():
        services.refresh_statistics()
    click.echo(json.dumps({"names": count, "seconds": round(time.monotonic() - begun, 1)}))


def _gather(shelf: services.Shelf, named: list[tuple[int, str, str]]) -> None:
    """Take these names apart, with the other processors' help when they are many."""
    parts = (named[start : start + services.CHUNK] for start in range(0, len(named), services.CHUNK))
    others = processors() - 1 if len(named) >= MANY else 0
    with Readers(others, ready=queries.for_readers(), helps=True) as spread:
        for some in spread(services.take_apart, parts):
            shelf.take(some)


def _named(file: TextIO) -> Iterator[tuple[str, str]]:
    """(id as JSON, name) of each line."""
    for number, line in enumerate(_lines(file), start=1):
        if line.strip():
            row = _object(line, number)
            if not isinstance(row.get("id"), str | int) or isinstance(row["id"], bool) or not isinstance(row.get("name"), str):
                _refuse(number, "an id (text or whole number) and a name are needed")
            reference = json.dumps(row["id"], ensure_ascii=False)
            if _SURROGATE.search(reference):
                _refuse(number, "the id is half a character")
            yield reference, row["name"]


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        _refuse(number, str(error))
    if not isinstance(row, dict):
        _refuse(number, "not an object")
    return row


def _refuse(number: int, why: str) -> NoReturn:
    click.echo(f"line {number}: {why}", err=True)
    raise SystemExit(2)


@match.command("query")
def query() -> None:
    """Read {"q": name} lines; answer each, before the next is read: {"ids": [best first], "verdicts": [...], "ms": it took}."""
    for number, line in enumerate(_lines(sys.stdin), start=1):
        if not line.strip():
            continue
        row = _object(line, number)
        if not isinstance(row.get("q"), str):
            _refuse(number, "a name is needed as q")
        begun = time.perf_counter()
        hits = queries.nearest(queries.Subject((row["q"],)), kind=queries.BULK)[:10]
        known = queries.references_of(queries.BULK, [hit.subject_id for hit in hits])
        answer = {
            "ids": [json.loads(known[hit.subject_id]) for hit in hits],
            "verdicts": [hit.judgement.verdict.value for hit in hits],
            "ms": round((time.perf_counter() - begun) * 1000, 3),
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
        sys.stdout.flush()


commands = [match]
