"""Random companies and leads with everything that can hang on them, merged in chains; and a dump of what is related.

The dump leaves out: `version` (it only goes up, so that no form of the time between passes for a fresh one), and in the name
index the order of tokens. Everything else is compared as it stands, times included.
"""

import random
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from crm.claims.models import Claim
from crm.clusters import queries as clusters
from crm.companies import services as companies
from crm.companies.models import Company, Contact
from crm.companies.rules import NewCompany
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.files.models import StoredFile
from crm.leads.models import Assessment, CoordinationMatter, Lead, LeadCluster, LeadDistrict, LeadParty, SecondReport
from crm.matching.services import values_of
from crm.merging import services
from crm.merging.models import Merge
from crm.merging.queries import table_of
from crm.merging.rules import RELATIONS, AlreadyUndone
from crm.pipeline.models import StageChange, StatusChange
from crm.pipeline.rules import Kind
from crm.tasks.models import NextStep
from crm.visits.models import Interaction
from tests.builders import a_lead, a_unit, actor, put_milestone

TABLES = sorted({"company", "lead", "contact", "name_token", "index_entry"} | {
    relation.table for relations in RELATIONS.values() for relation in relations
})  # fmt: skip
_WORDS = ("Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Glade", "Haven", "Inlet", "Juniper", "Kelp", "Lumen")


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that a merge may touch."""
    db.session.expire_all()
    found = {}
    for name in TABLES:
        table = table_of(name)
        columns = [column for column in table.c if column.name != "version"]
        rows = [tuple(_plain(name, column.name, value) for column, value in zip(columns, row, strict=True))
                for row in db.session.execute(select(*columns))]  # fmt: skip
        found[name] = sorted(rows, key=repr)
    return found


def _plain(table: str, column: str, value: Any) -> Any:
    if (table, column) == ("index_entry", "tokens"):
        value = sorted(values_of(value))
    return repr(value)


def differences(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """What only one of two dumps says, by table."""
    found = {}
    for name in one:
        if one[name] != other[name]:
            gone, new = set(one[name]) - set(other[name]), set(other[name]) - set(one[name])
            found[name] = (sorted(gone)[:3], sorted(new)[:3])
    return found


def grow(dice: random.Random) -> tuple[list[str], list[str]]:
    """A graph: public ids of companies, and of leads that may be merged (two or three of one investor)."""
    who, now = actor("coordinator"), clock.now()
    made = [_company(dice, number, who, now) for number in range(dice.randint(3, 5))]
    with unit_of_work():
        some = [db.session.get_one(Company, company_id) for company_id in made]
        for place, company in enumerate(some[1:], start=1):
            if dice.random() < 0.4:  # a tree: services let no loop come about
                company.parent_id = dice.choice([other.id for other in some[:place]])
        for _ in range(dice.randint(0, 4)):
            a, b = dice.sample(some, 2)
            companies.decide_pair(a, b, dice.choice(("same", "related", "different")), "as seen", actor=who, now=now)
    leads: list[str] = []
    for company_id in made:
        for number in range(dice.choice((0, 1, 1, 2, 3))):
            leads.append(_lead(dice, company_id, number))
    with unit_of_work():
        ids = list(db.session.scalars(select(Lead.id).where(Lead.public_id.in_(leads)).order_by(Lead.id)))
        for _ in range(dice.randint(0, 3) if len(ids) > 1 else 0):
            one, other = dice.sample(ids, 2)
            db.session.add(CoordinationMatter(
                lead_id=one, other_lead_id=other, kind="same_group", raised_by_id=who.user_id, raised_at=now,
            ))  # fmt: skip
        names = list(db.session.scalars(select(Company.public_id).where(Company.id.in_(made)).order_by(Company.id)))
    return names, leads


def _company(dice: random.Random, number: int, who, now) -> int:
    name = f"{dice.choice(_WORDS)}{dice.choice(_WORDS).lower()} {number}{dice.randint(100, 999)} {dice.choice(('GmbH', 'Ltd', 'AG'))}"
    other = (
        (f"{dice.choice(('青山', '碧海', '长风', '明月'))}{dice.choice(('光电', '生物', '机械'))}{number}有限公司",)
        if dice.random() < 0.6
        else ()
    )
    new = NewCompany(
        name=name, other_names=other, country=dice.choice((None, "DE", "JP", "SG")),
        website=dice.choice((None, f"https://firm{number}.example")), note=dice.choice((None, "met at the fair", "x" * 990)),
        identifiers=frozenset({("domain", f"firm{number}-{dice.randint(1, 10**6)}.example")} if dice.random() < 0.5 else set()),
        is_target=dice.random() < 0.5, industry_text=dice.choice((None, "optics")),
    )  # fmt: skip
    with unit_of_work():
        return companies.create_company(new, actor=who, now=now).id


def _lead(dice: random.Random, company_id: int, number: int) -> str:
    by = dice.choice(("officer.nanshan", "officer.baoan"))
    registered = clock.now() - timedelta(days=dice.randint(1, 300), seconds=number)
    lead = a_lead(
        by=by, now=registered, title=dice.choice(("works", "lab", "office")), note=dice.choice((None, "a note", "b note"))
    )
    own, now = actor(by), clock.now()
    with unit_of_work():
        lead = db.session.get_one(Lead, lead.id)
        company = db.session.get_one(Company, company_id)
        slot = db.session.scalars(select(Lead.project_slot).where(Lead.investor_id == company_id)).all()
        lead.investor_id, lead.project_slot, lead.sort_key = company_id, max(slot, default=-1) + 1, company.sort_key
        db.session.flush()
        db.session.expire(lead)
        from crm.leads.services.notes import index_lead

        index_lead(lead)
        _hang_on(dice, lead, own, now)
    return lead.public_id


def _hang_on(dice: random.Random, lead: Lead, own, now) -> None:
    """Rows of every kind, some of them doubles of another lead's."""
    offered = [cluster.id for cluster in clusters.current()]
    for rank, cluster_id in enumerate(dice.sample(offered[:5], dice.randint(0, 3))):
        db.session.add(LeadCluster(lead_id=lead.id, cluster_id=cluster_id, rank=rank, tagged_by_id=own.user_id, tagged_at=now))
    for code in dice.sample(("SZ-NS", "SZ-BA", "SZ-LH"), dice.randint(0, 2)):
        db.session.add(LeadDistrict(lead_id=lead.id, unit_id=a_unit(code).id))
    if dice.random() < 0.5:
        db.session.add(LeadParty(lead_id=lead.id, role="chinese_partner", name=dice.choice(("One Ltd", "Two Ltd"))))
    if dice.random() < 0.6:
        db.session.add(Claim(
            number=f"C-{lead.id}", lead_id=lead.id, unit_id=own.unit_id, user_id=own.user_id, counts_from=lead.registered_at,
            granted_at=now, granted_by_id=own.user_id, evidence_count=1, rules_version="1",
        ))  # fmt: skip
    for _ in range(dice.randint(0, 3)):
        row = Interaction(lead_id=lead.id, kind="visit", on_date=date(2026, 5, 1), text="seen", unit_id=own.unit_id,
                          entered_by_id=own.user_id, entered_at=now)  # fmt: skip
        db.session.add(row)
        db.session.flush()
        db.session.add(StoredFile(name="a.pdf", kind="pdf", size=1, sha256="0" * 64, purpose="progress", lead_id=lead.id,
                                  interaction_id=row.id, stored_by_id=own.user_id, stored_at=now))  # fmt: skip
    db.session.add(NextStep(lead_id=lead.id, text="call", assignee_id=own.user_id, created_by_id=own.user_id, created_at=now))
    if dice.random() < 0.5:
        db.session.add(StageChange(lead_id=lead.id, from_stage="lead", to_stage="negotiating", on_date=date(2026, 4, 1),
                                   entered_by_id=own.user_id, entered_at=now))  # fmt: skip
        db.session.add(Assessment(lead_id=lead.id, outcome="admitted", assessed_by_id=own.user_id, assessed_at=now))
        lead.stage, lead.assessment, lead.assessed_at, lead.admitted_at = "negotiating", "admitted", now, now
    if lead.id % 2:
        put_milestone(lead, Kind.CONTRACT_SIGNED, date(2026, 5, 2), state=("reported", "confirmed")[lead.id % 3 == 0])
        db.session.add(
            StatusChange(lead_id=lead.id, from_status="active", to_status="active", reason="seen", by_id=own.user_id, at=now)
        )
    if dice.random() < 0.3:
        db.session.add(SecondReport(lead_id=lead.id, unit_id=own.unit_id, reported_by_id=own.user_id, reported_at=now, typed={}))
    if dice.random() < 0.5:
        db.session.add(Contact(lead_id=lead.id, company_id=lead.investor_id, name="Beispiel", phone="+493012345", added_by_id=own.user_id,
                               added_at=now))  # fmt: skip
    db.session.flush()


def merge_at_random(dice: random.Random, names: list[str], leads: list[str]) -> list[str]:
    """Chains of merges: companies first (A into B, then B into C …), leads of one investor in between. Public ids of the merges."""
    who, done, left = actor("coordinator"), [], list(names)
    for _ in range(dice.randint(1, len(names) - 1)):
        dice.shuffle(left)
        keep, *rest = left
        lose = tuple(rest[: dice.choice((1, 1, 2))])
        if not lose:
            break
        with unit_of_work():
            merge = services.merge_companies(keep, lose, {}, reason="one firm", actor=who, now=clock.now())
            done.append(merge.public_id)
        left = [name for name in left if name not in lose]
        done += merge_leads_at_random(dice, leads, who)
        done += merge_contacts_at_random(
            random.Random(len(done)), leads, who
        )  # dice of their own: graphs of before stay themselves
    return done


def merge_leads_at_random(dice: random.Random, leads: list[str], who) -> list[str]:
    """Perhaps two leads of one investor become one."""
    with unit_of_work():
        query = select(Lead).where(Lead.public_id.in_(leads), Lead.merged_into_id.is_(None)).order_by(Lead.id)
        of: dict[int, list[str]] = {}
        for lead in db.session.scalars(query):
            of.setdefault(lead.investor_id or 0, []).append(lead.public_id)
        groups = [group for group in of.values() if len(group) > 1]
        if not groups or dice.random() < 0.3:
            return []
        keep, *lose = dice.sample(dice.choice(groups), 2)
        merge = services.merge_leads(keep, tuple(lose), {}, reason="one project", actor=who, now=clock.now())
        return [merge.public_id]


def merge_contacts_at_random(dice: random.Random, leads: list[str], who) -> list[str]:
    """Perhaps contacts of one lead become one: mostly of leads that are one by now, each having brought one."""
    query = select(Contact).join(Lead, Lead.id == Contact.lead_id).where(Lead.public_id.in_(leads))
    of: dict[int, list[str]] = {}
    for contact in db.session.scalars(query.where(Contact.merged_into_id.is_(None)).order_by(Contact.id)):
        of.setdefault(contact.lead_id or 0, []).append(contact.public_id)
    groups = [group for group in of.values() if len(group) > 1]
    if not groups or dice.random() < 0.3:
        return []
    keep, *lose = dice.sample(dice.choice(groups), 2)
    with unit_of_work():
        return [services.merge_contacts(keep, tuple(lose), {}, reason="one person", actor=who, now=clock.now()).public_id]


def undo_all(merges: list[str]) -> tuple[int, list[Any]]:
    """Undo merges in the order given; how many values went back, and what was left."""
    moved, left = 0, []
    for public_id in merges:
        try:
            with unit_of_work():
                result = services.undo_merge(public_id, actor=actor("coordinator"), now=clock.now())
        except AlreadyUndone:  # contacts that went apart with their leads
            continue
        moved += result.moved
        left += result.left
    return moved, left


def round_trip(seed: int, *, shuffled: bool = False) -> dict[str, Any]:
    """One graph: grown, merged in chains, unmerged (the last first, or in any order); what differs from before: nothing."""
    dice = random.Random(seed)
    names, leads = grow(dice)
    before = dump()
    merges = merge_at_random(dice, names, leads)
    assert merges
    assert differences(before, dump()), "a merge that changes nothing proves nothing"
    people = set(db.session.scalars(select(Merge.public_id).where(Merge.kind == "contact")))
    order = [public_id for public_id in merges[::-1] if public_id not in people] if shuffled else merges[::-1]
    if shuffled:
        dice.shuffle(order)
        for public_id in sorted(people & {*merges}, key=merges.index):
            order.insert(dice.randint(0, len(order)), public_id)
    _moved, left = undo_all(order)
    assert not left, left
    return differences(before, dump())
