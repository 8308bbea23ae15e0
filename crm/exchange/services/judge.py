"""Bringing a workbook in, the first half: take the file, and judge it whole without writing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any, Protocol, TypeVar

from sqlalchemy import delete, insert

from crm.audit import services as audit
from crm.core.db import db
from crm.core.errors import Refusal
from crm.core.workbooks import reading
from crm.events import queries as events
from crm.exchange import queries
from crm.exchange.models import Import, ImportRow
from crm.exchange.rules import mapping, twins
from crm.exchange.rules.judging import Judge, Verdict
from crm.files.models import StoredFile
from crm.leads.queries import hits
from crm.matching import queries as matching
from crm.matching.rules import Subject
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.rates import queries as rates
from crm.units.models import Unit

COMPARED_AT_ONCE = 500  # rows: thousands of pairs are told at a fraction of the price of hundreds, in a few seconds
Part = TypeVar("Part")
Found = TypeVar("Found")


def start_import(file: StoredFile, *, kind: str, unit: Unit, admit: bool, actor: Actor, now: datetime) -> Import:
    """Take a stored workbook of `kind` leads or companies in for `unit`. The policy says who may for whom."""
    needed = "start_companies" if kind == "companies" else "start" if unit.id == actor.unit_id else "start_for_unit"
    policy.require(policy.of_role(actor), "import", needed, seen_by="start")
    row = Import(
        kind=kind, file_id=file.id, file_name=file.name, unit_id=unit.id, admit=admit, started_by_id=actor.user_id, started_at=now
    )
    db.session.add(row)
    db.session.flush()
    facts = {"file": file.name, "sha256": file.sha256, "unit": unit.code, "kind": kind}
    audit.record("import.started", subject=("import", row), facts=facts, actor=actor, now=now)
    return row


def read_table(content: bytes, file_kind: str, kind: str) -> mapping.Table:
    """The table in a workbook's bytes. Raises Unreadable. Needs no database: call it outside any transaction."""
    sheets = reading.read_sheets(content, file_kind)
    if kind == "companies":
        return mapping.find_table(sheets, mapping.COMPANY_COLUMNS, need=("investor_zh", "investor_foreign"))
    return mapping.find_table(sheets, mapping.LEAD_COLUMNS, need=("title",))


def judge_rows(table: mapping.Table, kind: str, *, today: date) -> list[Verdict]:
    """Every data row, judged. Reads the rates, and the events where a column names them; writes nothing."""
    known = events.known() if "event" in table.columns else {}
    judge = Judge(table, today=today, rates=rates.table(), events=known)
    return [judge.company(n) if kind == "companies" else judge.lead(n) for n in table.rows]


def subject_of(values: Mapping[str, Any]) -> Subject:
    """A row's values as the matching sees them; a project's title may name the firm in the script that the row lacks."""
    names = [name for name in (values.get("investor_zh"), values.get("investor_foreign")) if name]
    titled = twins.name_in_title(values.get("title"))
    if titled and not values.get("investor_zh"):
        names.append(titled)
    domain = values.get("domain")
    identifiers = frozenset({("domain", domain)} if domain else set())
    return Subject(tuple(dict.fromkeys(names)), values.get("country"), identifiers)


class Spread(Protocol):
    """`map`, here or over several processes."""

    def __call__(self, function: Callable[[Part], Found], parts: Iterable[Part], /) -> Iterator[Found]:
        """What the function finds in each part, in their order."""


def rows_for_store(verdicts: list[Verdict], *, kind: str, actor: Actor, spread: Spread = map) -> Iterator[dict[str, Any]]:
    """What becomes of each row: refused, duplicate (of an earlier row, or of what the base has), warning or ready.

    `spread` may have other processes compare the rows with each other and with the base.
    """
    matching.office_brands()
    subjects = {v.row: subject_of(v.values) for v in verdicts if not v.refused and v.names}
    twin_of: dict[int, list[int]] = {}
    for found in spread(twins.likely_ones, twins.parts(subjects)):
        for first, second in found:
            twin_of.setdefault(second, []).append(first)
            twin_of.setdefault(first, []).append(second)
    known_of: dict[int, list[dict[str, Any]]] = {}
    for known_here in spread(known_rows, _asked(subjects, kind, actor)):
        known_of |= known_here
    for verdict in verdicts:
        known = known_of.get(verdict.row, [])
        others = sorted(twin_of.get(verdict.row, []))
        later = any(other < verdict.row for other in others)
        surely = any(match["verdict"] == "same" for match in known)
        outcome = "refused" if verdict.refused else "duplicate" if surely or later else "warning" if verdict.warned else "ready"
        yield {
            "row": verdict.row,
            "outcome": outcome,
            "reasons": [{"code": r.code, "field": r.field, "column": r.column, "original": r.original} for r in verdict.reasons],
            "cells": verdict.original,
            "values": verdict.values,
            "duplicate_rows": others,
            "matches": known,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """Rows that are compared with the base, and for whom."""

    subjects: dict[int, Subject]
    kind: str
    actor: Actor


def _asked(subjects: dict[int, Subject], kind: str, actor: Actor) -> Iterator[Asked]:
    rows = list(subjects)
    size = ceil(len(rows) / max(1, ceil(len(rows) / COMPARED_AT_ONCE)))  # parts of about one size: nobody waits for the last one
    for start in range(0, len(rows), size or 1):
        yield Asked({row: subjects[row] for row in rows[start : start + size]}, kind, actor)


def known_rows(asked: Asked) -> dict[int, list[dict[str, Any]]]:
    """What the base has for each row: leads this person may read by their id, the rest only as "registered"."""
    found = hits.hits_for_each(asked.subjects, actor=asked.actor, limit=6, kin=True)
    known = {row: _matches(mine, asked.kind) for row, mine in found.items()}
    db.session.expunge_all()  # what was read is said; a large file must not keep the base in memory
    return known


def _matches(found: hits.Hits, kind: str) -> list[dict[str, Any]]:
    matches = [
        {
            "lead": hit.lead.public_id if hit.lead else None,
            "number": hit.lead.number if hit.lead else None,
            "company": hit.company.public_id,
            "name": hit.company.name,
            "verdict": "same" if twins.likely_one(hit.judgement) else hit.judgement.verdict.value,
            "score": hit.judgement.score,
        }
        for hit in found.shown
        if hit.judgement.verdict != "different" and (kind == "companies" or hit.lead or twins.likely_one(hit.judgement))
    ]
    if kind == "leads":  # a company without a lead is no duplicate of a lead: the row becomes its first one
        for match in matches:
            if match["lead"] is None and match["verdict"] == "same":
                match["verdict"] = "known_company"
    if found.masked:
        matches.append(dict(queries.MASKED))
    return matches


def store_judgement(batch: Import, table: mapping.Table, rows: list[dict[str, Any]], *, now: datetime) -> None:
    """Keep what was judged, replacing an earlier judgement of the same import."""
    db.session.execute(delete(ImportRow).where(ImportRow.import_id == batch.id, ImportRow.applied_at.is_(None)))
    if rows:
        db.session.execute(insert(ImportRow), [{"import_id": batch.id, **row} for row in rows])
    batch.state, batch.sheet, batch.header_row = "judged", table.sheet, table.header_row
    batch.columns, batch.unmapped = table.headings, list(table.unmapped)
    facts = {"rows": len(rows), "refused": sum(r["outcome"] == "refused" for r in rows)}
    audit.record("import.judged", subject=("import", batch), facts=facts, actor=None, now=now)


def refuse_import(batch: Import, refusal: Refusal, *, now: datetime) -> None:
    """The file as a whole cannot be taken."""
    batch.state, batch.refusal = "refused", refusal.code
    batch.refusal_facts = {key: value for key, value in refusal.facts.items() if isinstance(value, str | int)}
    batch.finished_at = now
