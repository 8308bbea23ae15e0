"""The matching by command line: pairs in, verdicts out, one JSON object a line."""

import json
import sys

import click
from flask.cli import AppGroup

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


commands = [match]
