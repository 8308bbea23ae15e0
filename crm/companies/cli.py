"""`flask match learned`: what people decided about names here, in the form that `flask match train` reads."""

import json

import click
from flask.cli import AppGroup

from crm.companies import queries
from crm.matching.cli import match


@match.command("learned")
def learned() -> None:
    """Write confirmed names (same: 1) and pairs told apart (same: 0) as JSON lines: a, b, same, slice, entity."""
    for a, b, same, firm in queries.learned_pairs():
        row = {"a": a, "b": b, "same": same, "slice": "learned", "entity": f"learned:{firm}"}
        click.echo(json.dumps(row, ensure_ascii=False))


commands: list[AppGroup] = []  # the command hangs under `flask match`
