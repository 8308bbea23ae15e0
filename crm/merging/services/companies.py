"""Several rows of one company become one."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from crm.companies import queries as companies
from crm.companies import services as company_services
from crm.companies.models import Company, CompanyName, CompanyNote, PairDecision
from crm.companies.rules import NameKind, pair, parent_of_merged
from crm.core import clock
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries.listing import LEAD
from crm.leads.services.notes import index_lead
from crm.matching import services as matching
from crm.merging.models import Merge
from crm.merging.queries import Group
from crm.merging.rules import relations_of
from crm.merging.services.begin import begin, chosen_values, finish
from crm.merging.services.journal import Journal
from crm.policy.rules import Actor

NOTE_LIMIT = 1000


def merge_companies(
    keep_public_id: str,
    lose_public_ids: tuple[str, ...],
    choices: dict[str, str],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    agreed: frozenset[int] = frozenset(),
) -> Merge:
    """Merge one to four companies into the one that stays: names, numbers, contacts and leads go there, the index knows it in the
    same transaction. `choices` says by field whose value stays (the suggested one where nothing is said), `agreed` which units
    have consented.

    Raises NotFound, AlreadyMerged, CoordinatorDecides, Forbidden, MergeReasonNeeded, ChoiceUnknown, TooMany.
    """
    company_services.hold_groups()
    merge, found, journal = begin(
        "company", keep_public_id, lose_public_ids, choices, reason=reason, actor=actor, now=now, agreed=agreed
    )  # fmt: skip
    ids = [company.id for company in found.losers]
    values = _values(found, choices)
    for relation in relations_of("company", "moves", "unless_like"):
        journal.move(relation, ids, merge.keep_id)
    values["note"] = _notes(journal, found, actor, now)
    _name_kinds(journal, merge.keep_id, values.get("name", found.keep.name))
    _daughters(journal, ids, merge.keep_id)
    _pairs(journal, ids, merge.keep_id)
    _projects(journal, ids, merge.keep_id, values.get("sort_key", found.keep.sort_key))
    journal.change("company", merge.keep_id, values)
    _index(journal, found)
    finish(merge, found, actor=actor, now=now)
    db.session.flush()
    return merge


def _values(found: Group, choices: dict[str, str]) -> dict[str, Any]:
    values = chosen_values(found, choices)
    ids = [company.id for company in found.members]
    wanted = [values.get("parent_id", found.keep.parent_id), *(company.parent_id for company in found.members)]
    if wanted[0] is not None:  # none was chosen, or nobody has one
        values["parent_id"] = parent_of_merged(ids, wanted, companies.parents_above([*ids, *filter(None, wanted)]))
    values["is_target"] = any(company.is_target for company in found.members)
    return values


def _notes(journal: Journal, found: Group, actor: Actor, now: datetime) -> str | None:
    """The note that stays, with what the others say under it, dated; a note for which there is no room becomes a dated note."""
    text = found.keep.note or ""
    for company in found.losers:
        if not company.note or company.note in text.split("\n"):
            continue
        longer = f"{text}\n{clock.city_day(now).isoformat()} {company.name}: {company.note}".strip("\n")
        if len(longer) <= NOTE_LIMIT:
            text = longer
            continue
        note = CompanyNote(
            company_id=found.keep.id, about=company.name, text=company.note, noted_by_id=actor.user_id, noted_at=now
        )  # fmt: skip
        journal.added(note)
    return text or None


def _name_kinds(journal: Journal, keep_id: int, name: str) -> None:
    """One official name: the one that stays. The others remain as aliases."""
    query = select(CompanyName.id, CompanyName.text, CompanyName.kind).where(CompanyName.company_id == keep_id)
    for row_id, text, kind in db.session.execute(query.order_by(CompanyName.id)).all():
        if text == name:
            journal.change("company_name", row_id, {"kind": NameKind.OFFICIAL.value})
        elif kind == NameKind.OFFICIAL:
            journal.change("company_name", row_id, {"kind": NameKind.ALIAS.value})


def _daughters(journal: Journal, ids: list[int], keep_id: int) -> None:
    query = select(Company.id).where(Company.parent_id.in_(ids), Company.id.not_in([*ids, keep_id]))
    for company_id in db.session.scalars(query.order_by(Company.id)).all():
        journal.change("company", company_id, {"parent_id": keep_id})


def _pairs(journal: Journal, ids: list[int], keep_id: int) -> None:
    """Decisions about others hold for the one that stays, unless it has its own. Those within the group, and doubles, stay."""
    known = set(companies.decisions_about(keep_id))
    query = select(PairDecision).where(or_(PairDecision.a_id.in_(ids), PairDecision.b_id.in_(ids)))
    for row_id, a_id, b_id in [(d.id, d.a_id, d.b_id) for d in db.session.scalars(query.order_by(PairDecision.id))]:
        other = b_id if a_id in ids else a_id
        if other in ids or other == keep_id or other in known or _is_away(other):
            continue
        known.add(other)
        first, second = pair(keep_id, other)
        journal.change("pair_decision", row_id, {"a_id": first, "b_id": second})


def _is_away(company_id: int) -> bool:
    return db.session.scalar(select(Company.merged_into_id).where(Company.id == company_id)) is not None


def _projects(journal: Journal, ids: list[int], keep_id: int, sort_key: str) -> None:
    """The leads, each in a project slot of its own, sorted under the name that stays."""
    last = db.session.scalar(select(func.max(Lead.project_slot)).where(Lead.investor_id == keep_id))
    slot = -1 if last is None else last
    for lead_id in db.session.scalars(select(Lead.id).where(Lead.investor_id.in_(ids)).order_by(Lead.id)).all():
        slot += 1
        journal.change("lead", lead_id, {"investor_id": keep_id, "project_slot": slot, "sort_key": sort_key})
    for lead_id in db.session.scalars(select(Lead.id).where(Lead.investor_id == keep_id).order_by(Lead.id)).all():
        journal.change("lead", lead_id, {"sort_key": sort_key})


def _index(journal: Journal, found: Group) -> None:
    """What was merged away is no hit any more; the one that stays and its leads are found by every name. Those of its leads that
    were merged away are found by nothing; what they are called is kept for the day when that is undone.
    """
    db.session.expire_all()
    for company in found.losers:
        matching.drop_subject(companies.COMPANY, company.id)
    company_services.reindex(found.keep)
    query = select(Lead).where(Lead.investor_id == found.keep.id).order_by(Lead.id)
    index_leads(journal, list(db.session.scalars(query)))


def index_leads(journal: Journal, leads: list[Lead]) -> None:
    """Make leads findable by what they are called now; the journal keeps the text that they were found by."""
    for lead in leads:
        was = lead.search_text
        index_lead(lead)
        journal.wrote("lead", lead.id, "search_text", was, lead.search_text)
        if lead.merged_into_id is not None:
            db.session.flush()
            matching.drop_subject(LEAD, lead.id)
