"""A big board for measurements: invented companies with a lead each, tagged, placed, indexed. The first 10,000 are written as the
product writes them; more are copies of those by SQL, because a million take hours otherwise.
"""

import argparse
import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert, select, text

from config import TestConfig
from crm.accounts import queries as accounts
from crm.app import create_app
from crm.clusters import queries as clusters
from crm.companies.models import Company, CompanyName
from crm.core import clock, ids
from crm.core.db import db, is_sqlite, refresh_statistics, unit_of_work
from crm.demo.cli import load_reference
from crm.demo.rules import invent
from crm.demo.services import make_people
from crm.leads.models import Lead, LeadCluster, LeadDistrict
from crm.leads.queries.listing import LEAD
from crm.matching.rules import Subject, forms_of, name_key
from crm.matching.rules.tokens import search_text_of
from crm.matching.services import index_many
from crm.units.models import Unit
from tests.postgres import PostgresServer

COMPANY = 1
WRITTEN = 10_000
CHUNK = 2_000
STAGES = ("lead", "negotiating", "signed", "under_construction", "operating")
SYLLABLES = "维德港阿尔登萨内特诺林茨海布里菲墨兰泰柯罗奥斯特哈莱莫恩卡费利纳索佩"
COPIES = {
    "company": {"id": "id + :by", "public_id": "substr(public_id, 1, 15) || :k", "name_key": "name_key || ':' || :k"},
    "company_name": {"id": "id + :by", "company_id": "company_id + :by"},
    "lead": {
        "id": "id + :by", "public_id": "substr(public_id, 1, 15) || :k", "number": "number || '.' || :k",
        "investor_id": "investor_id + :by",
    },
    "lead_cluster": {"id": "id + :by", "lead_id": "lead_id + :by"},
    "lead_district": {"id": "id + :by", "lead_id": "lead_id + :by"},
    "name_token": {"subject_id": "subject_id + :by"},
    "index_entry": {"subject_id": "subject_id + :by"},
}  # fmt: skip


def kinds_of(typed: str) -> list[str]:
    """The databases that somebody typed, by commas; for argparse, which refuses a name that is none."""
    kinds = typed.split(",")
    if strange := [kind for kind in kinds if kind not in ("sqlite", "postgresql")]:
        raise argparse.ArgumentTypeError(f"no database is called {', '.join(strange)}")
    return kinds


def places(on: list[str], sizes: list[int], stack: ExitStack) -> Iterator[tuple[str, int, str]]:
    """(database, size, address of a fresh one)."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    server = PostgresServer() if "postgresql" in on else None
    if server is not None:
        server.start()
        stack.callback(server.stop)
    for size in sizes:
        for kind in on:
            if kind == "postgresql" and server is not None:
                server.create(f"bench_{size}")
                yield kind, size, server.url(f"bench_{size}")
            else:
                yield kind, size, f"sqlite:///{folder / f'{size}.sqlite'}"


def board(url: str, size: int) -> Flask:
    """The product on a database with reference data, the demo's people and `size` companies with a lead each."""

    class Settings(TestConfig):
        SQLALCHEMY_DATABASE_URI = url
        WTF_CSRF_ENABLED = False

    app = create_app(Settings)
    with app.app_context():
        upgrade(directory=app.extensions["migrate"].directory)
        load_reference()
        with unit_of_work():
            make_people(clock.now())
        person = accounts.by_username("coordinator")
        assert person is not None
        _write(min(size, WRITTEN), person.id)
        for number in range(1, -(-size // WRITTEN)):
            _copy(number)
        if is_sqlite():
            refresh_statistics()
        else:  # what autovacuum does within the minute on a server that runs: without it no index is read alone
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
    return app


def _write(count: int, person: int) -> None:
    dice, firms = random.Random(7), invent(400, 7)
    areas = list(db.session.scalars(select(Unit).where(Unit.is_area)))
    tags = [item.id for item in clusters.current()]
    for first in range(1, count + 1, CHUNK):
        rows: dict[Any, list[dict[str, Any]]] = {Company: [], CompanyName: [], Lead: [], LeadCluster: [], LeadDistrict: []}
        indexed = []
        for number in range(first, min(first + CHUNK, count + 1)):
            firm, unit = firms[number % len(firms)], dice.choice(areas)
            name = firm.names[0][:2] + "".join(dice.choices(SYLLABLES, k=2)) + firm.names[0][2:]
            at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=97 * number)
            key, total = forms_of(name).sort_key[:400], dice.randint(1, 900) * 10**9
            searched = search_text_of(f"SZ-2025-{number:07d}", firm.project, name)
            common = {"version": 1, "country": firm.country, "sort_key": key, "is_demo": False}
            rows[Company].append(
                {**common, "id": number, "public_id": ids.new_public_id(), "name": name, "name_key": f"{name_key(name)}#{number}",
                 "original_name": firm.names[-1], "original_lang": "en", "created_by_id": person, "created_at": at, "is_target": False}
            )  # fmt: skip
            rows[CompanyName].append(
                {
                    "company_id": number,
                    "text": name,
                    "kind": "official",
                    "key": name_key(name),
                    "added_by_id": person,
                    "added_at": at,
                }
            )
            rows[Lead].append(
                {**common, "id": number, "public_id": ids.new_public_id(), "number": f"SZ-2025-{number:07d}", "title": firm.project,
                 "investor_id": number, "project_slot": 0, "source": "fair", "total_amount": total, "total_currency": "CNY",
                 "total_cny": total, "total_verified": bool(number % 4), "contracted_amount": total // 8, "contracted_currency": "USD",
                 "contracted_usd": total // 8, "stage": dice.choice(STAGES), "stage_since": at.date(), "status": "active",
                 "admitted_at": at if number % 5 else None, "next_step": "安排实地考察并回复用地条件",
                 "next_due": (at + timedelta(days=40)).date(), "following_unit_id": unit.id, "following_unit_path": unit.path,
                 "owner_id": person, "registered_by_id": person, "registered_unit_id": unit.id, "registered_at": at,
                 "touched_at": at, "origin": "import", "search_text": searched}
            )  # fmt: skip
            rows[LeadCluster].append(
                {"lead_id": number, "cluster_id": dice.choice(tags), "rank": 0, "tagged_by_id": person, "tagged_at": at}
            )
            rows[LeadDistrict].append({"lead_id": number, "unit_id": unit.id})
            indexed.append((number, Subject((name,), firm.country), searched))
        with unit_of_work():
            for table, values in rows.items():
                db.session.execute(insert(table), values)
            index_many(COMPANY, ((number, subject, "") for number, subject, _text in indexed))
            index_many(LEAD, ((number, Subject(()), searched) for number, _subject, searched in indexed))


def _copy(number: int) -> None:
    """All that was written, once more under other ids."""
    with unit_of_work():
        for table, changed in COPIES.items():
            written = Company.metadata.tables[table].columns
            columns = [column.name for column in written if column.computed is None]
            key = "subject_id" if "subject_id" in columns else "id"
            source = ", ".join(changed.get(name, name) for name in columns)
            statement = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {source} FROM {table} WHERE {key} <= :written"
            values: dict[str, object] = {"by": number * WRITTEN, "k": str(number), "written": WRITTEN}
            db.session.execute(text(statement), {k: v for k, v in values.items() if f":{k}" in statement})


def describe(app: Flask) -> str:
    """Which database an app is on."""
    with app.app_context():
        return "SQLite" if is_sqlite() else "PostgreSQL"
