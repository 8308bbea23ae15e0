"""Merging within a declared group: nobody becomes its own parent, daughters move and come back, loops are opened on undoing."""

import pytest
from sqlalchemy import select

from crm.companies import services as companies
from crm.companies.models import Company
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.merging.models import MergeLine
from tests.builders import a_company, actor
from tests.merging.graphs import dump
from tests.merging.stories import merge, undo


def put(company, parent):
    with unit_of_work():
        company, parent = (db.session.get_one(Company, one.id) for one in (company, parent))
        companies.set_parent(company, parent, "annual report", actor=actor("coordinator"), now=clock.now())


def line(*names):
    """Companies, each the parent of the next."""
    made = [a_company(name) for name in names]
    for above, below in zip(made, made[1:], strict=False):
        put(below, above)
    return made


def parents():
    db.session.expire_all()
    names = {row.id: row.name for row in db.session.scalars(select(Company))}
    here = select(Company).where(Company.merged_into_id.is_(None), Company.parent_id.is_not(None))
    return {names[row.id]: names[row.parent_id] for row in db.session.scalars(here)}


@pytest.mark.parametrize(
    "keep, lose, after",
    [
        ("B", "C", {"B": "A", "D": "B"}),  # a daughter into her mother
        ("C", "B", {"C": "A", "D": "C"}),  # and the other way round
        ("A", "C", {"B": "A", "D": "A"}),  # a granddaughter: whoever stands between stays below
        ("C", "A", {"B": "C", "D": "C"}),
        ("D", "A", {"B": "D", "C": "B"}),
    ],
)
def test_within_one_line(desk, keep, lose, after):
    names = {"A": "Amberlyn AG", "B": "Borkheim AG", "C": "Calvados AG", "D": "Dunmorrow AG"}
    made = dict(zip(names, line(*names.values()), strict=True))
    before = dump()
    done = merge(made[keep], made[lose])
    assert parents() == {names[one]: names[other] for one, other in after.items()}
    assert db.session.scalar(select(MergeLine.id).where(MergeLine.column_name == "parent_id").limit(1))
    undo(done)
    assert dump() == before


def test_a_loop_that_people_closed_meanwhile_is_opened(desk):
    """While L is merged into K, K's daughter is put above L's old parent: undone, L would stand above itself."""
    top, gone, low = line("Amberlyn AG", "Borkheim AG", "Calvados AG")
    keep = a_company("Estrevia AG")
    done = merge(keep, gone)
    assert parents() == {"Calvados AG": "Estrevia AG", "Estrevia AG": "Amberlyn AG"}
    with unit_of_work():
        companies.set_parent(db.session.get_one(Company, keep.id), None, "sold", actor=actor("coordinator"), now=clock.now())
    put(top, low)
    undo(done)
    assert parents() == {"Calvados AG": "Borkheim AG", "Amberlyn AG": "Calvados AG"}
