"""Bringing a workbook in: take the file, judge it whole without writing, decide, apply in chunks, each row exactly once."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import joinedload

from crm.audit import services as audit
from crm.clusters import queries as clusters
from crm.companies import queries as company_queries
from crm.companies import services as companies
from crm.companies.rules import NewCompany
from crm.core.db import db
from crm.core.errors import Refusal
from crm.core.money import Money
from crm.core.workbooks import reading
from crm.exchange import queries
from crm.exchange.models import Import, ImportRow
from crm.exchange.rules import mapping, twins
from crm.exchange.rules.judging import Judge, Verdict
from crm.files.models import StoredFile
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.queries import access, hits
from crm.leads.rules.lead import Decision, Decisions, HitDecision, NewContact, NewLead, Outcome, ProjectType, Source, Stage
from crm.matching.rules import Subject
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.rates import queries as rates
from crm.units.models import Unit

CHUNK = 25
COMPARED_AT_ONCE = 200
ANOTHER_REASON = "import"


class NotJudged(Refusal):
    """Only an import that was judged can be applied."""

    code = "import_not_judged"


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
    """Every data row, judged. Reads the rates, writes nothing."""
    judge = Judge(table, today=today, rates=rates.table())
    return [judge.company(n) if kind == "companies" else judge.lead(n) for n in table.rows]


def subject_of(verdict: Verdict) -> Subject:
    """A row as the matching sees it; a project's title may name the firm in the script that the row lacks."""
    names = list(verdict.names)
    titled = twins.name_in_title(verdict.values.get("title"))
    if titled and not verdict.values.get("investor_zh"):
        names.append(titled)
    domain = verdict.values.get("domain")
    identifiers = frozenset({("domain", domain)} if domain else set())
    return Subject(tuple(dict.fromkeys(names)), verdict.values.get("country"), identifiers)


def rows_for_store(verdicts: list[Verdict], *, kind: str, actor: Actor) -> Iterator[dict[str, Any]]:
    """What becomes of each row: refused, duplicate (of an earlier row, or of what the base has), warning or ready."""
    subjects = {v.row: subject_of(v) for v in verdicts if not v.refused and v.names}
    twin_of: dict[int, list[int]] = {}
    for first, second, found in twins.pairs(subjects):
        if twins.likely_one(found):
            twin_of.setdefault(second, []).append(first)
            twin_of.setdefault(first, []).append(second)
    known_of = _known(subjects, kind, actor)
    for verdict in verdicts:
        known = known_of.get(verdict.row, [])
        others = sorted(twin_of.get(verdict.row, []))
        later = any(other < verdict.row for other in others)
        surely = any(match["verdict"] == "same" for match in known)
        warned = any(r.code in ("contracted_exceeds_total", "unit_slip_1000", "bad_phone") for r in verdict.reasons)
        outcome = "refused" if verdict.refused else "duplicate" if surely or later else "warning" if warned else "ready"
        yield {
            "row": verdict.row,
            "outcome": outcome,
            "reasons": [{"code": r.code, "field": r.field, "column": r.column, "original": r.original} for r in verdict.reasons],
            "cells": verdict.original,
            "values": verdict.values,
            "duplicate_rows": others,
            "matches": known,
        }


def _known(subjects: dict[int, Subject], kind: str, actor: Actor) -> dict[int, list[dict[str, Any]]]:
    """What the base has for each row: leads this person may read by their id, the rest only as "registered"."""
    rows = list(subjects)
    known: dict[int, list[dict[str, Any]]] = {}
    for start in range(0, len(rows), COMPARED_AT_ONCE):
        asked = {row: subjects[row] for row in rows[start : start + COMPARED_AT_ONCE]}
        for row, found in hits.hits_for_each(asked, actor=actor, limit=6).items():
            known[row] = _matches(found, kind)
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


def decide_duplicates(batch: Import, decision: str, row: int | None, *, actor: Actor, now: datetime) -> int:
    """What is to become of duplicates (one row, or all): skip, second_report or another_project. How many rows."""
    query = select(ImportRow).where(
        ImportRow.import_id == batch.id, ImportRow.outcome == "duplicate", ImportRow.applied_at.is_(None)
    )
    chosen = list(db.session.scalars(query if row is None else query.where(ImportRow.row == row)))
    for item in chosen:
        item.decision = decision
    facts = {"decision": decision, "rows": [item.row for item in chosen][:500]}
    audit.record("import.decided", subject=("import", batch), facts=facts, actor=actor, now=now)
    return len(chosen)


def apply_chunk(batch: Import, *, unit: Unit, city: str, actor: Actor, now: datetime) -> int:
    """Write the next few rows, in one transaction with their marks: a row is applied exactly once. How many; 0 when done."""
    if batch.state not in ("judged", "applying"):
        raise NotJudged
    batch.state = "applying"
    rows = queries.next_to_apply(batch.id, limit=CHUNK)
    for row in rows:
        if batch.kind == "companies":
            _apply_company(row, batch, actor, now)
        else:
            _apply_lead(row, batch, unit, city, actor, now)
        row.applied_at = now
    db.session.flush()
    return len(rows)


def _apply_company(row: ImportRow, batch: Import, actor: Actor, now: datetime) -> None:
    new = _company(row, batch)
    owners = company_queries.by_identifiers(new.identifiers) or company_queries.by_name_key(new.name)
    if not owners and row.outcome == "duplicate" and _is_masked(row):
        return
    if owners or row.outcome == "duplicate":
        owner = owners[0] if owners else company_queries.by_public_id(_match(row)["company"])
        companies.learn(owner, new, actor=actor, now=now)
        row.company_id, row.outcome = owner.id, "duplicate"
        return
    row.company_id = companies.create_company(new, actor=actor, now=now).id
    row.outcome = "warning" if row.outcome == "warning" else "imported"


def _company(row: ImportRow, batch: Import) -> NewCompany:
    values = row.values
    names = [n for n in (values.get("investor_zh"), values.get("investor_foreign")) if n]
    domain = values.get("domain")
    return NewCompany(
        name=names[0], other_names=tuple(names[1:]), country=values.get("country"), website=values.get("website"),
        identifiers=frozenset({("domain", domain)} if domain else set()), industry_text=values.get("industry"),
        note="　".join(t for t in (values.get("department"), values.get("note")) if t) or None,
        is_target=True, import_id=batch.id,
    )  # fmt: skip


def _apply_lead(row: ImportRow, batch: Import, unit: Unit, city: str, actor: Actor, now: datetime) -> None:
    new = _new_lead(row, batch)
    if row.outcome == "duplicate" and _is_masked(row):
        return  # nobody decides about what he may not read: it stays in the list of what was not written
    if row.outcome == "duplicate" and row.decision == "second_report":
        lead = _lead_of(row)
        if lead is not None:
            leads.report_again(lead, new, actor=actor, now=now)
            row.lead_id, row.outcome = lead.id, "skipped"
        return
    decisions = Decisions()
    if row.outcome == "duplicate":
        decisions = Decisions((HitDecision(_match(row)["company"], Decision.ANOTHER_PROJECT, reason=ANOTHER_REASON),))
    elif (changed := _taken_meanwhile(new, actor)) is not None:
        row.outcome, row.matches = "duplicate", [*row.matches, changed]
        return
    elif known := next((m for m in row.matches if m["verdict"] == "known_company"), None):
        decisions = Decisions((HitDecision(known["company"], Decision.SAME),))
    logged = leads.log_lead(
        new, decisions, unit=unit, city=city, actor=actor, now=now, matched=False,
        owner_id=actor.user_id if unit.id == actor.unit_id else None,
    )  # fmt: skip
    row.lead_id = logged.lead.id
    row.outcome = "warning" if row.outcome == "warning" else "imported"
    if batch.admit and new.stage is not Stage.LEAD:
        leads.assess_lead(logged.lead.public_id, Outcome.ADMITTED, "", city=city, actor=actor, now=now)


def _taken_meanwhile(new: NewLead, actor: Actor) -> dict[str, Any] | None:
    """A lead of the same firm that somebody registered between the judgement and now, as far as this person may know it."""
    found = company_queries.by_name_key(new.investor or "")
    if not found:
        return None
    lead = db.session.scalar(select(Lead).where(Lead.investor_id == found[0].id, Lead.merged_into_id.is_(None)).limit(1))
    if lead is None:
        return None
    if not policy.can(policy.towards_lead(actor, lead), "lead", "read_names"):
        return dict(queries.MASKED)
    return {
        "lead": lead.public_id,
        "number": lead.number,
        "company": found[0].public_id,
        "name": found[0].name,
        "verdict": "same",
    }


def _same(row: ImportRow) -> dict[str, Any] | None:
    return next((m for m in row.matches if m.get("company") and m["verdict"] == "same"), None)


def _is_masked(row: ImportRow) -> bool:
    """Whether all that is the same is something that this person may not read."""
    return _same(row) is None and any(m.get("masked") for m in row.matches)


def _match(row: ImportRow) -> dict[str, Any]:
    match = _same(row)
    if match is None:
        twin = db.session.scalar(
            select(ImportRow).where(
                ImportRow.import_id == row.import_id, ImportRow.row.in_(row.duplicate_rows), ImportRow.row < row.row
            )
        )
        lead = (
            db.session.scalar(select(Lead).where(Lead.id == twin.lead_id).options(joinedload(Lead.investor)))
            if twin and twin.lead_id
            else None
        )
        if lead is None or lead.investor is None:
            raise Refusal("import_match_gone", row=row.row)
        return {"company": lead.investor.public_id, "lead": lead.public_id}
    return match


def _lead_of(row: ImportRow) -> Lead | None:
    public_id = _match(row).get("lead")
    lead = db.session.scalar(select(Lead).where(Lead.public_id == public_id)) if public_id else None
    return access.staying(lead) if lead else None


def _new_lead(row: ImportRow, batch: Import) -> NewLead:
    values = row.values
    names = [n for n in (values.get("investor_zh"), values.get("investor_foreign")) if n]
    cluster = values.get("cluster")
    tag = clusters.by_code(cluster[1], cluster[0]) if cluster else None
    sums = {name: Money(*values[name]) if values.get(name) else None for name in ("total", "contracted")}
    contact = NewContact(values["contact"], phone=values.get("phone")) if values.get("contact") else None
    follower = values.get("follower")
    return NewLead(
        title=values["title"], source=Source.OTHER, investor=names[0], other_names=tuple(names[1:]),
        country=values.get("country"), total=sums["total"], contracted=sums["contracted"],
        cluster_ids=(tag.id,) if tag else (), stage=Stage(values["stage"]),
        project_type=ProjectType(values["project_type"]) if values.get("project_type") else None,
        first_talks_on=date.fromisoformat(values["first_talks"]) if values.get("first_talks") else None,
        contacts=(contact,) if contact else (),
        note="\n".join(t for t in (values.get("note"), follower) if t) or None, origin="import", import_id=batch.id,
    )  # fmt: skip


def finish_import(batch: Import, *, now: datetime) -> None:
    """Every row has its outcome: what was left as a duplicate stays one, in the list of what was not written."""
    batch.state, batch.finished_at = "done", now
    facts = queries.counts(batch.id)
    audit.record("import.finished", subject=("import", batch), facts=facts, actor=None, now=now)
