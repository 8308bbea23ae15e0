"""Datasets on the command line: the files into a folder, for a nightly run."""

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale

from crm.accounts import queries as accounts
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Forbidden, Refusal
from crm.datasets import jobs, services
from crm.policy import rules as policy
from crm.web.refusals import sentence

group = AppGroup("datasets", help="The board as CSV files with their dictionary.")


@group.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--as", "acting", required=True, help="Who acts: a coordinator; what they may read is what is written.")
@click.option("--json", "as_json", is_flag=True, help="The manifest as JSON on standard output.")
def export(folder: Path, acting: str, as_json: bool) -> None:
    """Write the dataset files, their dictionary and the manifest into FOLDER; a file of the same name is replaced. Exit code 2
    when it is refused, or the folder cannot be written.
    """
    try:
        actor = accounts.actor_named(acting)
        if not policy.may(actor, "dataset", "make"):
            raise Forbidden(record="dataset", action="make")
        files, rows = jobs.files_of(actor)
        with unit_of_work():
            city = current_app.config["CITY_CODE"]
            serial = services.note_made(rows, "command", run=None, city=city, actor=actor, now=clock.now())
        manifest = jobs.add_manifest(files, rows, serial, actor)
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except Refusal as refusal:
        with force_locale("zh_Hans_CN"):
            click.echo(sentence(refusal), err=True)
        if as_json:
            click.echo(json.dumps({"error": refusal.code}))
        raise SystemExit(2) from None
    except OSError as error:
        click.echo(f"{folder}: {error.strerror}", err=True)
        if as_json:
            click.echo(json.dumps({"error": "folder"}))
        raise SystemExit(2) from None
    if as_json:
        click.echo(json.dumps(manifest, ensure_ascii=False))
        return
    for one in manifest["files"]:
        click.echo(f"{one['name']}  {one['rows']} rows")


commands = [group]
