"""M1, M2: nobody's change is overwritten; a guard that read before somebody else committed decides nothing."""

import time
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from crm.core import clock
from crm.core.db import WrittenOutside, db, unit_of_work
from crm.core.errors import StaleVersion
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.rules.lead import LeadEdit, Source
from crm.units.models import Unit
from tests.builders import a_lead, a_unit, actor
from tests.kernel import toys
from tests.races import race, values

WRITERS, CHANGES = 12, 8


def bump_toy(app, number):
    """Load, change, save: as anybody writes it first."""
    connection = toys.connect(app, timeout=15)
    for _ in range(CHANGES):
        n = connection.execute("SELECT n FROM toy WHERE id = 1").fetchone()[0]
        time.sleep(0.002)
        connection.execute(f"UPDATE toy SET n = {n + 1} WHERE id = 1")
        connection.commit()
    connection.close()


@pytest.mark.full
def test_without_the_cure_acknowledged_changes_are_lost(app):
    toys.make(app)
    values(race(bump_toy, WRITERS, app))
    assert toys.count(app) < WRITERS * CHANGES


def append_mark(app, number):
    """Every change adds its mark to a text of the unit; a stale one is tried again."""
    stale = 0
    with app.app_context():
        for turn in range(CHANGES):
            while True:
                try:
                    with unit_of_work():
                        unit = db.session.scalar(select(Unit).where(Unit.code == "SZ-NS"))
                        unit.en = f"{unit.en}{chr(97 + number)}{turn}"
                    break
                except StaleDataError:
                    stale += 1
    return stale


def test_every_acknowledged_change_is_in_the_row(app):
    with app.app_context(), unit_of_work():
        unit = db.session.scalar(select(Unit).where(Unit.code == "SZ-NS"))
        unit.en, start = "", unit.version
    values(race(append_mark, 6, app))
    unit = a_unit("SZ-NS")
    marks = [unit.en[i : i + 2] for i in range(0, len(unit.en), 2)]
    assert sorted(marks) == sorted(f"{chr(97 + n)}{t}" for n in range(6) for t in range(CHANGES))
    assert unit.version == start + 1 + 6 * CHANGES
    for number in range(6):  # one process's changes stand in its own order
        assert [m for m in marks if m[0] == chr(97 + number)] == [f"{chr(97 + number)}{t}" for t in range(CHANGES)]


def edit_locked(app, number, public_id):
    """Hot rows are locked: no retry is needed, and the form's version decides."""
    outcomes = []
    with app.app_context():
        who = actor("coordinator")
        for turn in range(4):
            with unit_of_work():
                lead = db.session.scalar(select(Lead).where(Lead.public_id == public_id).with_for_update())
                opened = lead.version
                edit = LeadEdit(title=f"{number}.{turn}", source=Source.VISIT)
                leads.edit_lead(public_id, edit, opened=opened, actor=who, now=clock.now())
                outcomes.append(opened)
    return outcomes


def test_a_locked_row_needs_no_retry(app):
    lead = a_lead("Kestovar Robotics GmbH")
    opened = [version for versions in values(race(edit_locked, 8, app, lead.public_id)) for version in versions]
    assert len(set(opened)) == len(opened) == 32, "two edits were based on one version"


def test_a_stale_form_is_refused(app):
    lead, who = a_lead("Kestovar Robotics GmbH"), actor("officer.nanshan")
    edit = LeadEdit(title="first", source=Source.VISIT)
    with app.app_context():
        with unit_of_work():
            leads.edit_lead(lead.public_id, edit, opened=lead.version, actor=who, now=clock.now())
        with pytest.raises(StaleVersion), unit_of_work():
            leads.edit_lead(lead.public_id, replace(edit, title="second"), opened=lead.version, actor=who, now=clock.now())
        assert db.session.scalar(select(Lead.title).where(Lead.id == lead.id)) == "first"


def rename_elsewhere(app, number, code, name):
    with app.app_context(), unit_of_work():
        db.session.scalar(select(Unit).where(Unit.code == code)).en = name


def test_a_guard_reads_another_process_commits_then_this_one_writes(app):
    """Without the unit of work: locked for good on SQLite, refused on PostgreSQL. With it: read anew and written."""
    with app.app_context():
        unit = db.session.scalar(select(Unit).where(Unit.code == "SZ-NS"))  # the guard's read opens a transaction
        values(race(rename_elsewhere, 1, app, "SZ-NS", "renamed elsewhere", keep=True))
        assert unit.en != "renamed elsewhere"
        if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
            with pytest.raises(OperationalError, match="locked"):
                db.session.execute(text("UPDATE unit SET short_en = 'x' WHERE code = 'SZ-NS'"))
        else:
            with pytest.raises(WrittenOutside):
                db.session.execute(text("UPDATE unit SET en = :en WHERE code = 'SZ-NS'"), {"en": unit.en + "!"})
        db.session.rollback()

        unit = db.session.scalar(select(Unit).where(Unit.code == "SZ-NS"))
        values(race(rename_elsewhere, 1, app, "SZ-NS", "and again", keep=True))
        assert unit.en == "renamed elsewhere"
        with unit_of_work():
            assert unit.en == "and again", "the row was not loaded anew"
            unit.en = unit.en + "!"
        assert db.session.scalar(text("SELECT en FROM unit WHERE code = 'SZ-NS'")) == "and again!"


def edit_elsewhere(app, number, public_id, title):
    with app.app_context(), unit_of_work():
        lead = db.session.scalar(select(Lead).where(Lead.public_id == public_id))
        edit = LeadEdit(title=title, source=Source.VISIT)
        leads.edit_lead(public_id, edit, opened=lead.version, actor=actor("coordinator"), now=clock.now())


def test_the_same_through_the_door(app, signed_in, monkeypatch):
    """A colleague saves between the guard and the save of an edit: 409, the colleague's text stays, what was typed comes back."""
    from crm.leads.views import editing

    lead, browser = a_lead("Kestovar Robotics GmbH", title="as registered"), signed_in("officer.nanshan")
    form = browser.get(f"/leads/{lead.public_id}/edit")
    real = editing.current_actor

    def read_then_somebody_saves():
        found = real()
        monkeypatch.setattr(editing, "current_actor", real)
        values(race(edit_elsewhere, 1, app, lead.public_id, "saved by a colleague", keep=True))
        return found

    monkeypatch.setattr(editing, "current_actor", read_then_somebody_saves)
    answer = form.submit("/edit", {"title": "typed meanwhile"}, status=409)
    assert "typed meanwhile" in answer.html
    with app.app_context():
        assert db.session.scalar(select(Lead.title).where(Lead.id == lead.id)) == "saved by a colleague"
