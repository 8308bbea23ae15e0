"""`flask match learned`: what people decided about names here, in the form that `flask match train` reads; `flask match reindex`:
what is stored of names, as the rules are now.
"""

import json
from collections.abc import Callable

import click
from flask.cli import AppGroup

from crm.companies import queries, services
from crm.core.db import unit_of_work
from crm.matching import services as matching
from crm.matching.cli import match


@match.command("learned")
def learned() -> None:
    """Write confirmed names (same: 1) and pairs told apart (same: 0) as JSON lines: a, b, same, slice, entity."""
    for a, b, same, firm in queries.learned_pairs():
        row = {"a": a, "b": b, "same": same, "slice": "learned", "entity": f"learned:{firm}"}
        click.echo(json.dumps(row, ensure_ascii=False))


@match.command("reindex")
@click.option("--kind", type=int, default=queries.COMPANY, show_default=True, help="1 companies.")
def reindex(kind: int) -> None:
    """Index all names anew, and renew the keys of companies: after an update of the rules.

    In chunks, so that others go on working. Stopped, it may be begun again.
    """
    if kind == queries.COMPANY:
        _walk(lambda after: services.renew_company_keys(after=after))
        _walk(lambda after: services.renew_name_keys(after=after))
    _walk(lambda after: matching.reindex(kind, after=after))


def _walk(renew: Callable[[int], int | None]) -> None:
    """Do it behind each id that it tells, a transaction each, until it tells none."""
    after: int | None = 0
    while after is not None:
        with unit_of_work():
            after = renew(after)


commands: list[AppGroup] = []  # the command hangs under `flask match`
