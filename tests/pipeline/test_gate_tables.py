"""Versions of the table of gates: tried, put in force from a day on, withdrawn; decisions keep the version they were taken under."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.dated import ValidFromFar, ValidFromPast, VersionThere
from crm.core.db import db, unit_of_work
from crm.core.errors import AlreadyDone, Forbidden, NotFound
from crm.leads.models import Lead
from crm.leads.rules.lead import Stage
from crm.pipeline import queries, services
from crm.pipeline.models import GateTable, Milestone, StageChange
from crm.pipeline.queries import gate_tables
from crm.pipeline.queries.gate_trial import trial
from crm.pipeline.rules import GateClosed, load, shipped, shipped_text
from crm.pipeline.services import GatesInForce, GatesUnfit
from tests.builders import actor
from tests.pipeline.stories import enter, move, negotiating


def another(name="city-2", days=0, **needs):
    raw = json.loads(shipped_text())
    raw["version"], raw["valid_from"] = name, (clock.today() + timedelta(days=days)).isoformat()
    raw["gates"][1]["needs"].append({"field": "park"})
    raw["gates"][1]["needs"] += [{"field": name} for name in needs]
    return json.dumps(raw, indent=1)


def fresh(public_id):
    return db.session.scalars(select(Lead).where(Lead.public_id == public_id)).one()


def put(text, who="coordinator"):
    with unit_of_work():
        return services.put_table(text, actor=actor(who), now=clock.now())


def test_it_holds_from_its_day_on_and_decisions_keep_theirs(app, clock_at):
    with app.app_context():
        lead = negotiating()
        put(another(days=2))
        assert queries.gates() == shipped()
        enter(app, lead)
        assert queries.missing_for(lead, Stage.SIGNED) == []
        public_id = lead.public_id
    clock_at(clock.now() + timedelta(days=2))
    with app.app_context():
        assert queries.gates().version == "city-2"
        lead = fresh(public_id)
        assert [one.what for one in queries.missing_for(lead, Stage.SIGNED)] == ["park"]
        with pytest.raises(GateClosed):
            move(lead, Stage.SIGNED)
        with unit_of_work():
            fresh(public_id).park = "湾区科技园"
        move(fresh(public_id), Stage.SIGNED)
        assert db.session.scalars(select(Milestone.rules_version).distinct()).all() == ["2026-11-1"]
        changes = db.session.scalars(select(StageChange.rules_version).order_by(StageChange.id)).all()
        assert changes == ["2026-11-1", "city-2"]


def test_what_is_refused(app):
    with app.app_context():
        for who in ("manager.nanshan", "leader"):
            with pytest.raises(Forbidden):
                put(another(), who)
        with pytest.raises(NotFound):
            put(another(), "secadmin")
        with pytest.raises(GatesUnfit) as unfit:
            put(another(mood=True))
        assert unfit.value.faults[0].what == "field 'mood'"
        with pytest.raises(ValidFromPast):
            put(another(days=-1))
        with pytest.raises(ValidFromFar):
            put(another(days=365 * 8))
        with pytest.raises(GatesUnfit) as unfit:
            put(another(days=3).replace('"override_days_at_most": 90', '"override_days_at_most": 29'))
        assert (unfit.value.faults[0].place, unfit.value.faults[0].code) == ("override_days_at_most", "less")
        with pytest.raises(VersionThere):
            put(another("2026-11-1"))
        put(another(days=3))
        with pytest.raises(VersionThere):
            put(another("city-3", days=3))
        with pytest.raises(VersionThere):
            put(another(days=4))
        assert len(db.session.scalars(select(GateTable)).all()) == 1


def test_withdrawing_before_its_day(app, clock_at):
    with app.app_context():
        row = put(another(days=2)).public_id
        today = put(another("now"), "sysadmin").public_id
        with pytest.raises(GatesInForce), unit_of_work():
            services.withdraw_table(today, actor=actor("coordinator"), now=clock.now())
        with unit_of_work():
            services.withdraw_table(row, actor=actor("coordinator"), now=clock.now())
        with pytest.raises(AlreadyDone), unit_of_work():
            services.withdraw_table(row, actor=actor("coordinator"), now=clock.now())
        with pytest.raises(VersionThere):  # its name was given
            put(another(days=5))
        put(another("city-4", days=2))
        states = [(one.table.version, one.state) for one in gate_tables.versions(clock.today())]
        assert states == [("city-4", "coming"), ("city-2", "withdrawn"), ("now", "current"), ("2026-11-1", "past")]
        acts = db.session.scalars(select(AuditLine.action).where(AuditLine.action.startswith("gates."))).all()
        assert acts == ["gates.put", "gates.put", "gates.withdrawn", "gates.put"]


def test_a_trial_says_what_each_lead_would_miss(app):
    with app.app_context():
        one, two, gone = negotiating(), negotiating(investor="Second Works GmbH"), negotiating(investor="Third Works GmbH")
        with unit_of_work():
            services.pause_lead(
                gone.public_id,
                clock.today() + timedelta(days=9),
                "later",
                opened=None,
                actor=actor("manager.nanshan"),
                now=clock.now(),
            )
        enter(app, one)
        new = load(another())
        found = trial(queries.gates(), new)
        assert (found.looked_at, found.worse, found.better) == (2, 2, 0)
        assert [(thing.what, n) for thing, n in found.more.items()] == [("park", 2)]
        back = trial(new, shipped())
        assert (back.worse, back.better) == (0, 2)
        hit = next(hit for hit in found.named if hit.public_id == two.public_id)
        before = {thing.what for thing in queries.missing_for(two, Stage.SIGNED)}
        put(another())  # and so says the gate, once the table is in force
        after = {thing.what for thing in queries.missing_for(fresh(hit.public_id), Stage.SIGNED)}
        assert after == before | {thing.what for thing in hit.more} != before
