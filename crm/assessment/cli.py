"""Assessment on the command line: load a formula file."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from crm.accounts import queries as accounts
from crm.assessment import services
from crm.assessment.rules.refusals import SchemeUnfit
from crm.assessment.words import fault_in_words
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.web.refusals import sentence

group = AppGroup("assessment", help="Score formulas.")


@group.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "acting", required=True, help="Who acts: a coordinator.")
@click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
def load(file: Path, acting: str, as_json: bool) -> None:
    """Load a formula file as a version of its scheme; every error is named with its line. Exit code 2 when it is refused."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        click.echo(f"{file}: not UTF-8", err=True)
        if as_json:
            click.echo(json.dumps({"error": "not_utf8", "faults": []}))
        raise SystemExit(2) from None
    try:
        with unit_of_work():
            row = services.load_scheme(text, actor=accounts.actor_named(acting), now=clock.now())
            facts = {"code": row.code, "version": row.version, "valid_from": row.valid_from.isoformat(), "id": row.public_id}
    except Refusal as refusal:
        _say(refusal, file, as_json)
        raise SystemExit(2) from None
    click.echo(json.dumps(facts) if as_json else "  ".join(f"{key}: {value}" for key, value in facts.items()))


def _say(refusal: Refusal, file: Path, as_json: bool) -> None:
    faults = refusal.faults if isinstance(refusal, SchemeUnfit) else []
    with force_locale("zh_Hans_CN"):
        for one in faults:
            click.echo(f"{file}:{one.line}:{one.column}: {fault_in_words(one)}", err=True)
        if not faults:
            click.echo(sentence(refusal), err=True)
    if as_json:
        click.echo(json.dumps({"error": refusal.code, "faults": [[one.line, one.column, one.code, one.what] for one in faults]}))


commands = [group]
