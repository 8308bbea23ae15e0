"""Making the files: portion by portion, under the asker's rights; then dictionary, codes, manifest, archive."""

import json
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import NotFound
from crm.datasets import queries, services, words
from crm.datasets.models import DatasetRun
from crm.datasets.rules import DATASETS, FORMAT, stamp
from crm.datasets.sheets import CsvFile, described, packed
from crm.exchange import sheets
from crm.fields.words import said
from crm.jobs.jobs import Progress, job
from crm.policy.rules import Actor
from crm.rates import queries as rates
from crm.units import queries as units
from crm.web.locale import LANGUAGES


@job("datasets.make")
def make(progress: Progress) -> dict[str, Any]:
    """Make the files somebody asked for."""
    return make_now(progress.args["run_id"], progress)


def make_now(run_id: int, progress: Progress | None = None) -> dict[str, Any]:
    """The same, here and now; rows by file."""
    actor = services.starter(db.session.get_one(DatasetRun, run_id))
    if actor is None:
        raise NotFound
    files, rows = files_of(actor, progress)
    now, city = clock.now(), current_app.config["CITY_CODE"]
    with unit_of_work():
        run = db.session.get_one(DatasetRun, run_id)
        serial = services.note_made(rows, "page", run=run, city=city, actor=actor, now=now)
    manifest = add_manifest(files, rows, serial, actor)
    content, name = packed(files), f"one-board-datasets-{clock.today().isoformat()}.zip"
    with unit_of_work():
        run, root = db.session.get_one(DatasetRun, run_id), current_app.config["FILES_PATH"]
        services.keep(run, content, name, manifest, root=root, actor=actor, now=clock.now())
    return dict(rows)


def files_of(actor: Actor, progress: Progress | None = None) -> tuple[dict[str, bytes], dict[str, int]]:
    """The dataset files by name with their dictionary, and how many rows each has."""
    made = {name: CsvFile([column.name for column in columns]) for name, columns in DATASETS.items()}
    today, table, done = clock.today(), rates.table(), 0
    with force_locale(LANGUAGES["zh"]):
        for ids in queries.lead_ids(actor):
            found = queries.lead_rows(ids, actor, today=today, rates=table, say=lambda code, value: said(code, value, "zh"))
            for name, rows in found.items():
                made[name].add(rows)
            done += len(ids)
            if progress is not None:
                progress.count(done)
        made["events"].add(queries.event_rows(actor))
        made["utilised"].add(queries.utilised_rows(actor))
        made["targets"].add(queries.target_rows(actor, today))
    files = {f"{name}.csv": one.content() for name, one in made.items()}
    files |= _dictionary()
    return files, {name: one.rows for name, one in made.items()}


def _dictionary() -> dict[str, bytes]:
    rows, codes = words.dictionary(), words.codes()
    table, of_codes = CsvFile(words.DICTIONARY), CsvFile(words.CODES)
    table.add(rows)
    of_codes.add(codes)
    book = sheets.write_workbook("dictionary", words.DICTIONARY, rows)
    return {"dictionary.csv": table.content(), "dictionary.xlsx": book.getvalue(), "codes.csv": of_codes.content()}


def add_manifest(files: dict[str, bytes], rows: dict[str, int], serial: str, actor: Actor) -> dict[str, Any]:
    """Put the manifest among the files: what they are, when and for whom they were made, by which rates; what it says."""
    in_force = rates.in_force(clock.today())
    with force_locale(LANGUAGES["zh"]):
        notice = _("本系统为非涉密系统，严禁存储、处理、传输国家秘密")
    names = {f"{name}.csv": name for name in DATASETS}
    manifest: dict[str, Any] = {
        "format": FORMAT, "serial": serial, "made_at": stamp(clock.now()), "made_by": actor.username,
        "unit": units.by_id(actor.unit_id).code, "rates_of": in_force.isoformat() if in_force else None, "notice": notice,
        "files": [
            described(name, content, rows[names[name]], len(DATASETS[names[name]]))
            for name, content in files.items() if name in names
        ],
    }  # fmt: skip
    files["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    return manifest
