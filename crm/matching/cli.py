"""The matching by command line: pairs in, verdicts out, one JSON object a line."""

import json
import sys

import click
from flask.cli import AppGroup

from crm.core.db import unit_of_work
from crm.matching import services
from crm.matching.rules import Judgement, Subject, judge

match = AppGroup("match", help="查重: compare company names.")


@match.command("score")
def score() -> None:
    """Read {"a", "b", "a_country", "b_country"} lines, answer {"score", "verdict"} lines in the same order.

    Countries are ISO two-letter codes or null. A line that is no such object ends the command with exit code 2.
    """
    for number, line in enumerate(sys.stdin, start=1):
        if line.strip():
            found = _judged(line, number)
            click.echo(json.dumps({"score": found.score, "verdict": found.verdict.value}))


def _judged(line: str, number: int) -> Judgement:
    try:
        pair = json.loads(line)
        return judge(Subject((str(pair["a"]),), pair.get("a_country")), Subject((str(pair["b"]),), pair.get("b_country")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        click.echo(f"line {number}: {error}", err=True)
        raise SystemExit(2) from None


@match.command("reindex")
@click.option("--kind", type=int, default=1, show_default=True, help="1 companies.")
def reindex(kind: int) -> None:
    """Index all names anew: after an update of the rules. In chunks, so that others go on working."""
    after: int | None = 0
    while after is not None:
        with unit_of_work():
            after = services.reindex(kind, after=after)


commands = [match]
