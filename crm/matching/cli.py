"""The matching by command line: pairs in, verdicts out, one JSON object a line."""

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from crm.core.db import unit_of_work
from crm.matching import services, words
from crm.matching.rules import Judgement, Subject, judge

DATA = Path(__file__).resolve().parent / "data"
match = AppGroup("match", help="查重: compare company names.")


@match.command("score")
def score() -> None:
    """Read {"a", "b", "a_country", "b_country"} lines, answer {"score", "verdict", "reasons"} lines in the same order.

    Countries are ISO two-letter codes or null. A line that is no such object ends the command with exit code 2.
    """
    for number, line in enumerate(sys.stdin, start=1):
        if line.strip():
            found = _judged(line, number)
            reasons = [{"code": reason.code, **words.in_both_languages(reason)} for reason in found.reasons]
            answer = {"score": found.score, "verdict": found.verdict.value, "reasons": reasons}
            click.echo(json.dumps(answer, ensure_ascii=False))


def _judged(line: str, number: int) -> Judgement:
    try:
        pair = json.loads(line)
        return judge(Subject((str(pair["a"]),), pair.get("a_country")), Subject((str(pair["b"]),), pair.get("b_country")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        click.echo(f"line {number}: {error}", err=True)
        raise SystemExit(2) from None


@match.command("train")
@click.argument("pairs", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--report", is_flag=True, help="First measure on firms kept apart from learning: five times as long.")
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), default=DATA, help="Where the two files go.")
def train(pairs: Path, report: bool, to: Path) -> None:
    """Learn the judge's model from labelled PAIRS (JSON lines: a, b, same, slice, entity). Needs scikit-learn."""
    from crm.matching.rules import training

    training.save(training.train(training.read_pairs(pairs), click.echo, report=report), to)


@match.command("reindex")
@click.option("--kind", type=int, default=1, show_default=True, help="1 companies.")
def reindex(kind: int) -> None:
    """Index all names anew: after an update of the rules. In chunks, so that others go on working."""
    after: int | None = 0
    while after is not None:
        with unit_of_work():
            after = services.reindex(kind, after=after)


commands = [match]
