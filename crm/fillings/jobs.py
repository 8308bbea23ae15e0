"""Filling a table: read the projects in portions under the asker's rights, write them into the workbook, keep the result."""

from typing import Any

from flask import current_app
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import NotFound, Refusal
from crm.core.workbooks.filling import Plan, fill_workbook
from crm.desk.forms import question_from
from crm.fields.queries import facts_of
from crm.fields.words import said
from crm.files import queries as files
from crm.files import services as file_services
from crm.fillings import services, words
from crm.fillings.models import Filling
from crm.fillings.rules.caps import cap_of
from crm.fillings.rules.layout import Layout
from crm.fillings.rules.refusals import NothingFound
from crm.fillings.rules.writing import Writer, Written
from crm.fillings.services.filling import Outcome, columns_of
from crm.jobs.jobs import Progress, job
from crm.leads.queries import listing
from crm.leads.rules.listing import Question, Scope
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.rates import queries as rates
from crm.reports import services as reports
from crm.shelves.rules import pairs_of
from crm.units import queries as units
from crm.web import fmt
from crm.web.locale import LANGUAGES

_PORTION = 250


@job("fillings.fill")
def fill(progress: Progress) -> dict[str, Any]:
    """Fill a table that somebody waits for."""
    return fill_now(progress.args["filling_id"], progress)


def question_of(asked: str, actor: Actor) -> Question:
    """A kept question, as far as this person may ask it."""
    found = question_from(MultiDict(pairs_of(asked)), default_scope=Scope.CITY if actor.city_wide else Scope.UNIT)
    found = found if policy.may(actor, "coordination", "list") else found.on(to_coordinate=False)
    return found.on(group=None, page=1, size=_PORTION)


def fill_now(filling_id: int, progress: Progress | None = None) -> dict[str, Any]:
    """The same, here and now. What is refused is kept with the table, whose columns stay as they are."""
    row = db.session.get_one(Filling, filling_id)
    actor = services.starter(row)
    if actor is None:
        raise NotFound
    try:
        _fill(row, actor, progress)
    except Refusal as refusal:
        with unit_of_work():
            services.unfinished(db.session.get_one(Filling, filling_id), refusal)
        return {"refusal": refusal.code}
    return {}


def _fill(row: Filling, actor: Actor, progress: Progress | None) -> None:
    layout, columns, today = Layout.from_json(row.layout), columns_of(row), clock.today()
    lang, unit = words.language_of(layout), units.by_id(actor.unit_id)
    filling_id, sha256, name, chosen = row.id, row.file.sha256, row.file.name, row.chosen
    unit_name = unit.name(lang)
    with force_locale(LANGUAGES[lang]):
        writer = Writer(
            columns, rates=rates.table(), today=today, unit_name=unit_name, say=lambda code, value: said(code, value, lang)
        )
        told = _read(writer, question_of(row.asked or "", actor), actor, progress)
        found, written = told.pop("found"), writer.written
        if not written.rows:
            raise NothingFound
        told |= _told(written)
        serial = _noted(filling_id, len(written.rows), name, actor)
        title, lines = words.notes(
            layout, columns, told, serial=serial, who=f"{unit_name} {actor.name}", when=fmt.stamp(clock.now()),
            what=words.called(chosen), counts=words.counts_said(told, found, len(written.rows)),
        )  # fmt: skip
        result_name = _result_name(name)
    root = current_app.config["FILES_PATH"]
    content = files.path_of(root, sha256).read_bytes()
    made = fill_workbook(content, Plan(layout.sheet, layout.first, layout.last, written.rows, (title, lines)))
    with unit_of_work():
        stored = file_services.store_file(made, result_name, purpose="result", root=root, actor=actor, now=clock.now())
        outcome = Outcome(found, len(written.rows), told, serial)
        services.finish(db.session.get_one(Filling, filling_id), stored, outcome, actor=actor, now=clock.now())


def _read(writer: Writer, asked: Question, actor: Actor, progress: Progress | None) -> dict[str, Any]:
    """Hand the projects to the writer, as many as this person's role takes; what was left out and why."""
    cap, looked, masked, page = cap_of(actor.role), 0, 0, 1
    found = listing.count_of(asked.on(exact=True), actor).number
    seen: set[int] = set()  # somebody may touch a project between two portions, and it comes again
    while len(writer.written.rows) < cap:
        ids = listing.page_ids(asked.on(page=page), actor)
        fresh = [one for one in ids if one not in seen]
        seen.update(fresh)
        room = cap - len(writer.written.rows)
        facts = facts_of(fresh, actor, writer.today)
        for one in list(facts.values())[:room]:
            writer.add(one)
        looked += len(fresh) if len(facts) <= room else len(fresh) - (len(facts) - room)
        masked += len(fresh) - len(facts)
        page += 1
        if len(ids) < _PORTION:
            break
        if progress is not None:
            progress.count(min(looked, found), found)
    return {"found": found, "masked": masked, "beyond": max(found - looked, 0), "cap": cap}


def _told(written: Written) -> dict[str, Any]:
    table = rates.table()
    day = clock.today()
    return {
        "empty": {str(at): n for at, n in written.empty.items()}, "hidden": {str(at): n for at, n in written.hidden.items()},
        "no_rate": {str(at): n for at, n in written.no_rate.items()},
        "rates": [
            [one, other, f"{(table.per_unit(one, day) / table.per_unit(other, day)):.6f}", on.isoformat()]
            for (one, other), on in sorted(written.rates.items())
        ],
    }  # fmt: skip


def _noted(filling_id: int, rows: int, name: str, actor: Actor) -> str:
    """That a table goes out is noted first; its serial number stands in it."""
    with unit_of_work():
        row, city = db.session.get_one(Filling, filling_id), current_app.config["CITY_CODE"]
        facts = {"rows": rows, "file": name}
        return reports.note_taken("report.filling", ("filling", row), facts, city=city, actor=actor, now=clock.now())


def _result_name(name: str) -> str:
    stem, _dot, _ending = name.rpartition(".")
    return f"{stem[:100]}-{words.filled_mark()}-{clock.today().isoformat()}.xlsx"
