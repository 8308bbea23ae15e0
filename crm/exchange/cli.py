"""`flask leads import` and `flask companies import`: the same as the page, with a report for programs."""

import json
import os
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale

from crm.accounts import queries as accounts
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Refusal
from crm.exchange import queries, services
from crm.exchange.jobs import apply_now, judge_now
from crm.exchange.models import Import, ImportRow
from crm.files import services as files
from crm.units import queries as units
from crm.web.refusals import sentence
from crm.web.words import word

leads = AppGroup("leads", help="Leads.")
companies = AppGroup("companies", help="Companies.")
_OUTCOME = {"ready": "imported", "imported": "imported", "warning": "warning", "refused": "refused", "duplicate": "duplicate",
            "skipped": "duplicate"}  # fmt: skip


def _options(command: Any) -> Any:
    for option in (
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.option("--as", "username", required=True, help="Who imports."),
        click.option("--unit", "unit_code", help="For which unit, as SZ-NS; one's own without it."),
        click.option("--dry-run", is_flag=True, help="Judge only, write nothing but the judgement."),
        click.option("--admit", is_flag=True, help="Admit what is in negotiation or later (managers and coordinators)."),
        click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the report as JSON."),
        click.option("--json", "as_json", is_flag=True, help="Counts as JSON on standard output."),
    ):
        command = option(command)
    return command


@leads.command("import")
@_options
def import_leads(**options: Any) -> None:
    """Import a workbook of leads."""
    _import("leads", **options)


@companies.command("import")
@_options
def import_companies(**options: Any) -> None:
    """Import a workbook of target companies."""
    _import("companies", **options)


def _import(
    kind: str, file: Path, username: str, unit_code: str | None, dry_run: bool, admit: bool, report: Path | None, as_json: bool
) -> None:
    if report is not None:
        _can_be_written(report)
    with force_locale("zh_Hans_CN"):
        try:
            import_id = _start(kind, file, username, unit_code, admit)
            outcome = judge_now(import_id)
            if "refusal" in outcome:
                batch = db.session.get_one(Import, import_id)
                raise Refusal(outcome["refusal"], **(batch.refusal_facts or {}))
            if not dry_run:
                apply_now(import_id)
        except Refusal as refusal:
            _bad_input(refusal, as_json)
        rows = [_row(row) for row in queries.all_rows(import_id)]
        if report is not None:
            report.write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["outcome"]] = counts.get(row["outcome"], 0) + 1
    click.echo(json.dumps({"import": import_id, "rows": len(rows), **counts}) if as_json else f"{len(rows)} rows: {counts}")
    raise SystemExit(1 if counts.get("refused") else 0)


def _can_be_written(report: Path) -> None:
    """Said before anything is imported: afterwards nobody would learn what became of the rows."""
    there = report.exists()
    try:
        with report.open("ab"):
            pass
        if not there:
            report.unlink()
    except OSError as error:
        raise click.BadParameter(f"{report}: {error.strerror}", param_hint="--report") from None


def _name_of(file: Path) -> str:
    """The file's name; one of bytes that are no UTF-8 comes from a Chinese Windows."""
    raw = os.fsencode(file.name)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _bad_input(refusal: Refusal, as_json: bool) -> None:
    click.echo(sentence(refusal), err=True)
    if as_json:
        click.echo(json.dumps({"error": refusal.code}))
    raise SystemExit(2)


def _start(kind: str, file: Path, username: str, unit_code: str | None, admit: bool) -> int:
    actor = accounts.actor_named(username)
    unit = units.by_code(unit_code) if unit_code else units.by_id(actor.unit_id)
    if unit is None:
        raise Refusal("unknown_unit", unit_code=unit_code)
    root, content = current_app.config["FILES_PATH"], file.read_bytes()
    with unit_of_work():
        stored = files.store_file(content, _name_of(file), purpose="import", root=root, actor=actor, now=clock.now())
        batch = services.start_import(stored, kind=kind, unit=unit, admit=admit, actor=actor, now=clock.now())
        return batch.id


def _row(row: ImportRow) -> dict[str, Any]:
    return {
        "row": row.row,
        "outcome": _OUTCOME[row.outcome],
        "reasons": [
            {"code": r["code"], "text": word("import_reason", r["code"]), "field": r["field"], "column": r["column"]}
            for r in row.reasons
        ],
        "duplicate_rows": row.duplicate_rows,
        "matches": [{key: m[key] for key in ("lead", "company", "number", "verdict", "masked") if key in m} for m in row.matches],
    }


commands = [leads, companies]
