"""The three batches: `python3 dev.py bench batches [--size 100000] [--on sqlite,postgresql]`.

CPU milliseconds of /batches/ (by kept sums, counted anew, deep pages, filtered; for a coordinator and for a district's officer), and
seconds that freezing takes, the first and a second edition, whole city and 5,000 rows, and that the meeting pack of each edition
takes (Word and pdf together, as its job makes them). JSON on standard output.
"""

import argparse
import json
import sys
import time
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select, text

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.batches import services
from crm.batches.models import Edition
from crm.batches.rules.periods import EditionKind
from crm.clusters import queries as clusters
from crm.core import clock, ids
from crm.core.db import db, unit_of_work
from crm.jobs.jobs import work_off
from crm.leads.models import Lead
from crm.meetings import services as meetings
from crm.meetings.rules import PackState
from crm.pipeline.models import StageChange
from tests.bench.filling import board, kinds_of, places
from tests.bench.lists import cpu

PASSWORD, OFFICERS = "OneBoard-2026!", 500


def _people(app: Flask) -> None:
    """Officers enough: in the filled board one person has registered and leads everything, which is no city's way."""
    with app.app_context():
        row = dict(db.session.execute(select(*User.__table__.c).where(User.username == "officer.baoan")).mappings().one())
        row.pop("id")
        with unit_of_work():
            more = [{**row, "public_id": ids.new_public_id(), "username": f"officer.{number}"} for number in range(OFFICERS)]
            db.session.execute(insert(User.__table__), more)
            least = db.session.scalar(select(func.min(User.id)).where(User.username.startswith("officer.0")))
            places = {"least": least, "many": OFFICERS}
            db.session.execute(
                text("UPDATE lead SET owner_id = :least + id % :many, registered_by_id = :least + id % :many"), places
            )
            mine = db.session.scalar(select(User.id).where(User.username == "officer.nanshan"))
            db.session.execute(
                text("UPDATE lead SET owner_id = :mine, registered_by_id = :mine WHERE id % :many = 7"), {"mine": mine, **places}
            )


def _history(app: Flask) -> None:
    """Signings and beginnings of the signed leads, some of them in the last year."""
    with app.app_context():
        person = accounts.by_username("coordinator")
        assert person is not None
        now = clock.now()
        query = select(Lead.id, Lead.stage).where(Lead.stage.in_(["signed", "under_construction", "operating"]))
        rows = []
        for lead_id, stage in db.session.execute(query).all():
            signed = clock.today() - timedelta(days=lead_id % 700)
            steps = [("negotiating", "signed", signed)]
            steps += [("signed", "under_construction", signed + timedelta(days=lead_id % 200))] if stage != "signed" else []
            rows += [
                {"public_id": ids.new_public_id(), "lead_id": lead_id, "from_stage": a, "to_stage": b, "on_date": on,
                 "entered_by_id": person.id, "entered_at": now}
                for a, b, on in steps
            ]  # fmt: skip
        with unit_of_work():
            for start in range(0, len(rows), 5000):
                db.session.execute(insert(StageChange), rows[start : start + 5000])
            db.session.execute(text("ANALYZE"))


def pages(app: Flask, size: int) -> dict[str, float]:
    """CPU milliseconds."""
    with app.app_context():
        tag = clusters.current()[0].id
    found: dict[str, float] = {}
    for username in ("coordinator", "officer.nanshan"):
        client = app.test_client()
        assert client.post("/account/sign-in", data={"username": username, "password": PASSWORD}).status_code == 303
        app.config["BOARD_SECONDS"] = 600
        asked = {
            "first page": "/batches/", "signed": "/batches/?batch=signed", "a district": "/batches/?unit=5",
            "a cluster": f"/batches/?cluster={tag}", "stalled": "/batches/?idle=yes", "deep": f"/batches/?page={size // 300}",
        }  # fmt: skip
        for name, path in asked.items():
            client.get(path)
            found[f"{username}, {name}"] = cpu(client, path)
        app.config["BOARD_SECONDS"] = 0
        found[f"{username}, counted anew"] = cpu(client, "/batches/", times=10)
    return found


def freezing(app: Flask) -> dict[str, Any]:
    """Seconds of two editions of the whole list, then of two with 5,000 rows."""
    found: dict[str, Any] = {}
    with app.app_context():
        person = accounts.by_username("coordinator")
        assert person is not None
        who = person.as_actor()
        for name, kind in (("all", EditionKind.WEEKLY), ("5,000", EditionKind.MONTHLY)):
            if name != "all":
                with unit_of_work():
                    least = db.session.scalars(
                        select(Lead.id).where(Lead.stage == "signed", Lead.admitted_at.is_not(None)).order_by(Lead.id).limit(5000)
                    ).all()
                    db.session.execute(text("UPDATE lead SET status = 'paused'"))
                    db.session.execute(text(f"UPDATE lead SET status = 'active' WHERE stage = 'signed' AND id <= {least[-1]}"))
            for number in (1, 2):
                now = clock.now() + timedelta(days=40 * (number - 1))
                asked: dict[str, Any] = {"city": "SZ", "idle_days": 30, "actor": who, "now": now}
                begun, cpu_begun = time.perf_counter(), time.process_time()
                with clock.fixed(now):
                    prepared = services.prepare_edition(kind, None, **asked)
                    db.session.rollback()
                    read, cpu_read = time.perf_counter(), time.process_time()
                    with unit_of_work():
                        services.freeze_edition(kind, None, **asked, prepared=prepared)
                found[f"{name}, edition {number}"] = round(time.perf_counter() - begun, 2)
                found[f"{name}, edition {number}, the writer held"] = round(time.perf_counter() - read, 2)
                found[f"{name}, edition {number}, CPU reading and writing"] = [
                    round(cpu_read - cpu_begun, 2), round(time.process_time() - cpu_read, 2),
                ]  # fmt: skip
        newest = db.session.scalars(select(Edition).order_by(Edition.id.desc())).first()
        assert newest is not None
        found["rows of the last"] = newest.summary["batches"]["signed"]["count"]
        public_id = newest.public_id
        found["leads"] = db.session.scalar(select(func.count()).select_from(Lead))
    client = app.test_client()
    client.post("/account/sign-in", data={"username": "coordinator", "password": PASSWORD})
    found["edition page, cpu ms"] = cpu(client, f"/batches/editions/{public_id}?tab=signed", times=10)
    for form in ("xlsx", "docx"):
        begun = time.perf_counter()
        assert client.get(f"/batches/editions/{public_id}/edition.{form}").status_code == 200
        found[f"{form}, seconds"] = round(time.perf_counter() - begun, 2)
    return found


def packs(app: Flask) -> dict[str, float]:
    """Seconds from taking up the job to the two files, of each edition."""
    found = {}
    with app.app_context():
        person = accounts.by_username("coordinator")
        assert person is not None
        who = person.as_actor()
        work_off()  # what waits from before
        for edition in db.session.scalars(select(Edition).order_by(Edition.id)).all():
            with unit_of_work():
                pack = meetings.ask_pack(edition, lang="zh", city="SZ", actor=who, now=clock.now())
            begun = time.perf_counter()
            work_off()
            db.session.refresh(pack)
            assert pack.state == PackState.DONE, pack.why
            found[f"{edition.kind} {edition.number}"] = round(time.perf_counter() - begun, 2)
    return found


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--on", type=kinds_of, default="sqlite,postgresql")
    options = parser.parse_args()
    found: dict[str, Any] = {}
    with ExitStack() as stack:
        for kind, size, url in places(options.on, [options.size], stack):
            app = board(url, size)
            _people(app)
            _history(app)
            sys.stderr.write(f"{kind} filled\n")
            found[kind] = {"cpu ms": pages(app, size), "seconds": freezing(app), "packs, seconds": packs(app)}
            sys.stderr.write(json.dumps(found[kind]) + "\n")
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
