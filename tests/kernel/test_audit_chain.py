"""M9: the trail does not fork under writers, and no line can be changed, swapped, removed or put in unseen."""

import random

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from crm.audit import queries, rules
from crm.audit import services as audit
from crm.audit.models import AuditLine, AuditPayload
from crm.core import clock
from crm.core.db import db, unit_of_work
from tests.builders import a_lead, actor
from tests.kernel import toys
from tests.races import race, values

WRITERS, LINES = 16, 12


def chain_toy(app, number):
    """Read the newest hash, append one that follows it, without lock or constraint."""
    import time

    connection = toys.connect(app, timeout=15)
    for turn in range(LINES):
        last = connection.execute("SELECT id FROM toy ORDER BY id DESC LIMIT 1").fetchone()[0]
        time.sleep(0.001)
        connection.execute(f"INSERT INTO toy VALUES ({1000 + number * 100 + turn}, {last})")
        connection.commit()
    connection.close()


@pytest.mark.full
def test_without_the_cure_the_chain_forks(app):
    toys.make(app)
    values(race(chain_toy, 8, app))
    rows = [n for (n,) in toys.run(app, "SELECT n FROM toy WHERE id > 1")]
    assert len(set(rows)) < len(rows)


def write_lines(app, number):
    with app.app_context():
        who = actor("coordinator")
        for turn in range(LINES):
            with unit_of_work():
                for part in range(1 + turn % 3):
                    facts = {"writer": number, "turn": turn, "part": part}
                    audit.record("race.ran", subject=("unit", number), facts=facts, actor=who, now=clock.now())


def test_no_fork_under_writers(app):
    values(race(write_lines, WRITERS, app))
    with app.app_context():
        links = list(queries.links())
        assert rules.first_break(links) is None
        assert len(links) == WRITERS * sum(1 + turn % 3 for turn in range(LINES))
        payloads = list(db.session.scalars(select(AuditPayload).order_by(AuditPayload.line_seq)))
        assert [rules.digest_of(p.facts) for p in payloads] == [link.payload_digest for link in links]
        for number in range(WRITERS):
            turns = [p.facts["turn"] for p in payloads if p.facts["writer"] == number]
            assert turns == sorted(turns)


def test_the_database_refuses_a_fork(app):
    with app.app_context():
        with unit_of_work():
            audit.record("a.first", subject=None, actor=None, now=clock.now())
        line = db.session.scalar(select(AuditLine))
        twin = {"at": line.at, "action": "a.twin", "payload_digest": "0" * 64, "prev_hash": line.prev_hash}
        with pytest.raises(IntegrityError), unit_of_work():
            db.session.add(AuditLine(seq=2, hash="f" * 64, **twin))


def test_a_failed_act_leaves_no_line(app):
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(AuditLine))
        with pytest.raises(LookupError), unit_of_work():
            audit.record("never.done", subject=None, actor=None, now=clock.now())
            raise LookupError
        assert db.session.scalar(select(func.count()).select_from(AuditLine)) == before


TAMPERINGS = {
    "the action": "UPDATE audit_line SET action = 'x.y' WHERE seq = {n}",
    "who did it": "UPDATE audit_line SET actor_id = (SELECT max(id) FROM user_account WHERE id <> actor_id) WHERE seq = {n}",
    "its subject": "UPDATE audit_line SET subject_id = subject_id + 1 WHERE seq = {n}",
    "its payload's digest": "UPDATE audit_line SET payload_digest = 'f' WHERE seq = {n}",
    "its hash": "UPDATE audit_line SET hash = 'f' WHERE seq = {n}",
    "its place": "UPDATE audit_line SET seq = 9999 WHERE seq = {n}",
}


@pytest.mark.parametrize("what", [*TAMPERINGS, "its moment", "a line is missing", "two lines are swapped"])
def test_a_changed_line_is_found(app, what):
    for number in range(4):
        a_lead(f"Kestovar {number} Robotics{number * 7} GmbH")
    with app.app_context():
        links = list(queries.links())
    assert rules.first_break(links) is None
    place = random.Random(what).randrange(1, len(links) - 1)
    if what in TAMPERINGS:
        seq = links[place].seq
        constraints = ["DELETE FROM audit_payload"]
        toys.run(app, *constraints, TAMPERINGS[what].format(n=seq))
        with app.app_context():
            found = rules.first_break(queries.links())
        assert found is not None
        return
    from dataclasses import replace
    from datetime import timedelta

    if what == "its moment":
        links[place] = replace(links[place], at=links[place].at + timedelta(microseconds=1))
    elif what == "a line is missing":
        del links[place]
    else:
        links[place], links[place - 1] = links[place - 1], links[place]
    assert rules.first_break(links) is not None


def test_a_payload_can_be_erased_and_the_chain_holds(app):
    a_lead("Kestovar Robotics GmbH")
    toys.run(app, "DELETE FROM audit_payload")
    with app.app_context():
        assert rules.first_break(queries.links()) is None
