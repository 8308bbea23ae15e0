"""`flask review sweep`: compare companies with the base and fill the queue; what cron runs each night."""

import json
import time

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from crm.accounts import queries as accounts
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.review import services
from crm.review.jobs import sweep_now
from crm.web.refusals import sentence

review = AppGroup("review", help="Likely duplicates.")


@review.command("sweep")
@click.option("--as", "username", required=True, help="Who asks for it (a coordinator).")
@click.option("--full", is_flag=True, help="Everything; else what changed since the last sweep began.")
@click.option("--json", "as_json", is_flag=True, help="Counts as JSON on standard output.")
def sweep(username: str, full: bool, as_json: bool) -> None:
    """Compare companies with the base. A sweep that was stopped goes on where it was."""
    began = time.monotonic()
    with force_locale("zh_Hans_CN"):
        try:
            actor = accounts.actor_named(username)
            with unit_of_work():
                sweep_id = services.start_sweep(full=full, actor=actor, now=clock.now()).id
        except Refusal as refusal:
            click.echo(sentence(refusal), err=True)
            if as_json:
                click.echo(json.dumps({"error": refusal.code}))
            raise SystemExit(2) from None
    counts = sweep_now(sweep_id)
    seconds = round(time.monotonic() - began, 1)
    click.echo(json.dumps({**counts, "seconds": seconds}) if as_json else f"{counts['compared']} compared, {counts['added']} new")


commands = [review]
