"""Bringing a workbook in, the second half: what a person decides about duplicates, and writing the rows in chunks, each row
exactly once. A chunk reads what it needs of the base at its beginning, under locks on the names, and stores what it made at its
end.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from crm.audit import services as audit
from crm.claims import queries as claims
from crm.clusters import queries as clusters
from crm.clusters.models import Cluster
from crm.companies import services as companies
from crm.companies.models import Company
from crm.companies.rules import NewCompany
from crm.core.db import db
from crm.core.errors import Refusal
from crm.core.money import Money
from crm.exchange import queries
from crm.exchange.models import Import, ImportRow
from crm.exchange.services.judge import subject_of
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.queries import access, hits
from crm.leads.rules.lead import Decision, HitDecision, NewContact, NewLead, ProjectType, Source, Stage
from crm.matching import queries as matching
from crm.matching.rules import get_ready
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.units.models import Unit

CHUNK = 25  # rows
ANOTHER_REASON = "import"


class NotJudged(Refusal):
    """Only an import that was judged can be applied."""

    code = "import_not_judged"


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


def make_ready() -> None:
    """Load what the first chunk would load while others wait for its lock: the word lists, and the brands as they are."""
    matching.office_brands()
    get_ready()


def apply_chunk(batch: Import, *, unit: Unit, city: str, actor: Actor, now: datetime, limit: int = CHUNK) -> int:
    """Write the next few rows, in one transaction with their marks: a row is applied exactly once. How many; 0 when done."""
    if batch.state not in ("judged", "applying"):
        raise NotJudged
    batch.state = "applying"
    rows = queries.next_to_apply(batch.id, limit=limit)
    if rows:
        chunk = _Companies(batch, rows, actor, now) if batch.kind == "companies" else _Leads(batch, rows, unit, city, actor, now)
        for row in rows:
            chunk.take(row)
        chunk.settle()
    for row in rows:
        row.applied_at = now
    db.session.flush()
    return len(rows)


def _written(row: ImportRow) -> str:
    return "warning" if row.outcome == "warning" else "imported"


class _Companies:
    """The rows of a list of companies."""

    def __init__(self, batch: Import, rows: Sequence[ImportRow], actor: Actor, now: datetime) -> None:
        self._news = {row.id: _company(row, batch) for row in rows}
        self._many = companies.Many(list(self._news.values()), _matched(rows), actor=actor, now=now)
        self._made: list[tuple[ImportRow, Company, str]] = []

    def take(self, row: ImportRow) -> None:
        """A new company, or one more word about a known one."""
        new, many = self._news[row.id], self._many
        owners = many.owners(new.identifiers) or many.called(new.name)
        if not owners and row.outcome == "duplicate" and queries.is_masked(row):
            return
        if owners or row.outcome == "duplicate":
            owner = owners[0] if owners else self._alike(row)
            if owner is not None:
                many.learn(owner, new)
                self._made.append((row, owner, "duplicate"))
        else:
            self._made.append((row, many.create(new), _written(row)))

    def _alike(self, row: ImportRow) -> Company | None:
        self.settle()  # what it is like may be a row of this very chunk
        match = _match(row)
        return self._many.company(match["company"]) if match is not None else None

    def settle(self) -> None:
        """Store what the rows made, and mark them."""
        self._many.write()
        for row, company, outcome in self._made:
            row.company_id, row.outcome = company.id, outcome
        self._made = []


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


class _Leads:
    """The rows of a list of leads."""

    def __init__(self, batch: Import, rows: Sequence[ImportRow], unit: Unit, city: str, actor: Actor, now: datetime) -> None:
        self._batch, self._unit, self._actor, self._now = batch, unit, actor, now
        named = {row.id: tuple((row.values.get("cluster") or ())[:2]) for row in rows}  # taxonomy and code
        tags = {one: clusters.by_code(one[1], one[0]) for one in set(named.values()) if one}
        self._news = {row.id: _new_lead(row, batch, tags.get(named[row.id])) for row in rows}
        self._many = leads.ManyLeads(
            list(self._news.values()), _matched(rows), unit=unit, city=city, actor=actor, now=now
        )  # fmt: skip
        self._made: list[tuple[ImportRow, Lead, bool]] = []

    def take(self, row: ImportRow) -> None:
        """A new lead, a second report, or nothing where nobody has decided what it is."""
        new, choice = self._news[row.id], None
        if row.outcome == "duplicate":
            if queries.same_of(row) is None or row.decision == "second_report":
                self.settle()  # what it means may be a row of this very chunk
            match = None if queries.is_masked(row) else _match(row)
            if row.decision == "second_report":
                self._report_again(row, new, match)
            if match is None or row.decision == "second_report":
                return  # nobody decides more about what he may not read, or was not written: it stays among what was not
            choice = HitDecision(match["company"], Decision.ANOTHER_PROJECT, reason=ANOTHER_REASON)
        elif (changed := self._taken_meanwhile(new)) is not None:
            row.outcome, row.matches = "duplicate", [*row.matches, changed]
            return
        elif known := next((m for m in row.matches if m["verdict"] == "known_company"), None):
            choice = HitDecision(known["company"], Decision.SAME)
        owner_id = self._actor.user_id if self._unit.id == self._actor.unit_id else None
        lead = self._many.log(new, choice, owner_id=owner_id)
        if self._many.lacks_event(new):  # it was withdrawn between the judgement and now
            column = (self._batch.columns or {}).get("event", "")
            gone = {"code": "event_gone", "field": "event", "column": column, "original": str(row.values["event"][1])[:200]}
            row.outcome, row.reasons = "warning", [*row.reasons, gone]
        self._made.append((row, lead, self._batch.admit and new.stage is not Stage.LEAD))

    def settle(self) -> None:
        """Store what the rows made, and mark them."""
        self._many.write()
        for row, lead, admit in self._made:
            row.lead_id, row.outcome = lead.id, _written(row)
            if admit:
                leads.admit_new(lead, actor=self._actor, now=self._now)
        self._made = []

    def _report_again(self, row: ImportRow, new: NewLead, match: dict[str, Any] | None) -> None:
        if match is None:
            self._report_hidden(row, new)
        elif (lead := _lead_of(match)) is not None:
            leads.report_again(lead, new, actor=self._actor, now=self._now, unit_id=self._unit.id)
            row.lead_id, row.outcome = lead.id, "skipped"

    def _report_hidden(self, row: ImportRow, new: NewLead) -> None:
        """A second report on the earliest of what the row or its twin is and this person may not read. The city is asked to
        coordinate, as when somebody registers it; not in a go-live window, whose list of conflicts says it. Which lead that is,
        the row does not say.
        """
        masked = [one for one in (row, *_twins(row)) if queries.is_masked(one)]
        found = [lead for one in masked for lead in hits.hits_for(subject_of(one.values), actor=self._actor).hidden_leads]
        if found:
            lead, ask = min(found, key=lambda one: (one.registered_at, one.id)), claims.open_window(self._now) is None
            leads.report_again(
                lead, new, actor=self._actor, now=self._now, coordinate=ask, seen=False, unit_id=self._unit.id
            )  # fmt: skip
            row.outcome = "skipped"

    def _taken_meanwhile(self, new: NewLead) -> dict[str, Any] | None:
        """A lead of the same firm that somebody registered between the judgement and now, as far as this person may know it."""
        company, lead = self._many.lead_of(new.investor or "") or (None, None)
        if company is None or lead is None:
            return None
        if not policy.can(policy.towards_lead(self._actor, lead), "lead", "read_names"):
            return dict(queries.MASKED)
        return {
            "lead": lead.public_id,
            "number": lead.number,
            "company": company.public_id,
            "name": company.name,
            "verdict": "same",
        }


def _matched(rows: Sequence[ImportRow]) -> set[str]:
    """The companies (public ids) that some rows were found to be."""
    return {m["company"] for row in rows for m in row.matches if m.get("company") and m["verdict"] in ("same", "known_company")}


def _twins(row: ImportRow) -> list[ImportRow]:
    """The rows before this one that it is like."""
    query = select(ImportRow).where(
        ImportRow.import_id == row.import_id, ImportRow.row.in_(row.duplicate_rows), ImportRow.row < row.row
    )
    return list(db.session.scalars(query.order_by(ImportRow.row)))


def _match(row: ImportRow) -> dict[str, Any] | None:
    """What a duplicate row is: what the base has, else what came of its first twin that was written; None: of none."""
    match = queries.same_of(row)
    if match is not None:
        return match
    for twin in _twins(row):
        lead = db.session.get(Lead, twin.lead_id) if twin.lead_id is not None else None
        company_id = lead.investor_id if lead else twin.company_id
        if company_id is not None:
            company = db.session.get_one(Company, company_id)
            return {"company": company.public_id, "lead": lead.public_id if lead else None}
    return None


def _lead_of(match: dict[str, Any]) -> Lead | None:
    public_id = match.get("lead")
    lead = db.session.scalar(select(Lead).where(Lead.public_id == public_id)) if public_id else None
    return access.staying(lead) if lead else None


def _new_lead(row: ImportRow, batch: Import, tag: Cluster | None) -> NewLead:
    values = row.values
    names = [n for n in (values.get("investor_zh"), values.get("investor_foreign")) if n]
    sums = {name: Money(*values[name]) if values.get(name) else None for name in ("total", "contracted")}
    contact = NewContact(values["contact"], phone=values.get("phone")) if values.get("contact") else None
    follower = values.get("follower")
    return NewLead(
        title=values["title"], source=Source.OTHER, investor=names[0], other_names=tuple(names[1:]),
        country=values.get("country"), total=sums["total"], contracted=sums["contracted"],
        cluster_ids=(tag.id,) if tag else (), stage=Stage(values["stage"]),
        project_type=ProjectType(values["project_type"]) if values.get("project_type") else None,
        first_talks_on=date.fromisoformat(values["first_talks"]) if values.get("first_talks") else None,
        contacts=(contact,) if contact else (), event_id=values["event"][0] if values.get("event") else None,
        note="\n".join(t for t in (values.get("note"), follower) if t) or None, origin="import", import_id=batch.id,
    )  # fmt: skip


def finish_import(batch: Import, *, now: datetime) -> None:
    """Every row has its outcome: what was left as a duplicate stays one, in the list of what was not written."""
    batch.state, batch.finished_at = "done", now
    facts = queries.counts(batch.id)
    audit.record("import.finished", subject=("import", batch), facts=facts, actor=None, now=now)
