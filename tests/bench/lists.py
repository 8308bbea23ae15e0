"""The pipeline list, search, deep page and lead page at 10,000, 100,000 leads (or `--sizes 10000,100000,1000000`), on both databases,
beside a bare Flask page of 50 rows from sqlite3 in the same run. CPU milliseconds a request, in process, best of several.
"""

import argparse
import json
import random
import sqlite3
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert, select

from config import TestConfig
from crm.app import create_app
from crm.companies.models import Company, CompanyName
from crm.core import clock, ids
from crm.core.db import db, unit_of_work
from crm.demo.cli import load_reference
from crm.demo.rules import invent
from crm.demo.services import _people
from crm.leads.models import Lead, LeadCluster, LeadDistrict
from crm.leads.queries.listing import LEAD
from crm.matching.rules import Subject, forms_of, name_key
from crm.matching.rules.tokens import search_text_of
from crm.matching.services import index_many
from crm.units.models import Unit

STAGES = ("lead", "negotiating", "signed", "under_construction", "operating")


def fill(count: int) -> None:
    """`count` companies, each with a lead, indexed for search and matching."""
    dice = random.Random(7)
    base = invent(400, 7)
    with unit_of_work():
        units = list(db.session.scalars(select(Unit).where(Unit.is_area)))
        person = 1
    start = datetime(2024, 11, 1, tzinfo=UTC)
    for first in range(0, count, 2000):
        companies, names, leads, index, tags, areas = [], [], [], [], [], []
        for number in range(first + 1, min(first + 2000, count) + 1):
            firm = base[number % len(base)]
            name = f"{firm.names[0][:2]}{_syllable(dice)}{firm.names[0][2:]}"
            unit, at = dice.choice(units), start + timedelta(minutes=number % 1_000_000)
            text = search_text_of(f"SZ-2025-{number:05d}", firm.project, name)
            key = forms_of(name).sort_key[:400]
            companies.append(
                {"id": number, "public_id": ids.new_public_id(), "version": 1, "name": name, "name_key": f"{name_key(name)}#{number}",
                 "sort_key": key, "original_name": firm.names[-1], "original_lang": "en", "country": firm.country, "created_by_id": person, "created_at": at, "is_target": False, "is_demo": False}
            )  # fmt: skip
            names.append(
                {
                    "company_id": number,
                    "text": name,
                    "kind": "official",
                    "key": name_key(name),
                    "added_by_id": person,
                    "added_at": at,
                }
            )
            total = dice.randint(1, 900) * 10**9
            leads.append(
                {"id": number, "public_id": ids.new_public_id(), "version": 1, "number": f"SZ-2025-{number:07d}", "title": firm.project,
                 "investor_id": number, "project_slot": 0, "country": firm.country, "source": "fair", "total_amount": total,
                 "total_currency": "CNY", "total_cny": total, "total_verified": True, "stage": dice.choice(STAGES), "stage_since": at.date(),
                 "status": "active", "admitted_at": at, "following_unit_id": unit.id, "following_unit_path": unit.path, "owner_id": person,
                 "registered_by_id": person, "registered_unit_id": unit.id, "registered_at": at, "touched_at": at, "origin": "demo",
                 "next_step": "安排实地考察并回复用地条件", "next_due": (at + timedelta(days=40)).date(), "contracted_usd": total // 8,
                 "contracted_amount": total // 8, "contracted_currency": "USD",
                 "is_demo": False, "sort_key": key, "search_text": text}
            )  # fmt: skip
            tags.append(
                {"lead_id": number, "cluster_id": dice.randint(1, 28), "rank": 0, "tagged_by_id": person, "tagged_at": at}
            )
            areas.append({"lead_id": number, "unit_id": unit.id})
            index.append((number, Subject((name,), firm.country), text))
        with unit_of_work():
            db.session.execute(insert(Company), companies)
            db.session.execute(insert(CompanyName), names)
            db.session.execute(insert(Lead), leads)
            db.session.execute(insert(LeadCluster), tags)
            db.session.execute(insert(LeadDistrict), areas)
            index_many(1, ((n, s, "") for n, s, _t in index))
            index_many(LEAD, ((n, Subject(()), t) for n, _s, t in index))


def _syllable(dice: random.Random) -> str:
    return "".join(dice.choice("维德港阿尔登萨内特诺林茨海布里菲墨兰泰柯罗奥斯特哈莱莫恩卡费利纳索佩") for _ in range(2))


def bare(rows: int = 50) -> float:
    """CPU milliseconds of a Flask page that reads 50 rows by sqlite3 and draws them."""
    app, folder = Flask("bare"), tempfile.mkdtemp()
    with sqlite3.connect(f"{folder}/bare.sqlite") as connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT)")
        connection.executemany("INSERT INTO t (a,b,c) VALUES (?,?,?)", [(f"a{i}", f"b{i}", f"c{i}") for i in range(5000)])
    template = app.jinja_env.from_string(
        "{% for r in rows %}<tr><td>{{ r[0] }}</td><td>{{ r[1] }}</td><td>{{ r[2] }}</td></tr>{% endfor %}"
    )

    @app.get("/")
    def page() -> str:
        with sqlite3.connect(f"{folder}/bare.sqlite") as connection:
            return template.render(rows=connection.execute("SELECT a,b,c FROM t ORDER BY id DESC LIMIT ?", (rows,)).fetchall())

    return cpu(app.test_client(), "/")


def cpu(client: Any, path: str, times: int = 30) -> float:
    """CPU milliseconds of one request: the best of several runs of ten."""
    best = float("inf")
    for _run in range(max(times // 10, 1)):
        begun = time.process_time()
        for _one in range(10):
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
        best = min(best, (time.process_time() - begun) / 10)
    return round(best * 1000, 2)


def measure(url: str, size: int) -> dict[str, float]:
    """CPU milliseconds of the pages at one size."""

    class Settings(TestConfig):
        SQLALCHEMY_DATABASE_URI = url
        WTF_CSRF_ENABLED = False

    app = create_app(Settings)
    with app.app_context():
        from flask_migrate import upgrade

        upgrade(directory=app.extensions["migrate"].directory)
        load_reference()
        with unit_of_work():
            _people(clock.now())
        fill(size)
        public_id = db.session.scalar(select(Lead.public_id).where(Lead.id == size // 2))
    client = app.test_client()
    client.post("/account/sign-in", data={"username": "coordinator", "password": "OneBoard-2026!"})
    pages = {
        "first page": "/leads?stage=negotiating", "deep page": "/leads?stage=negotiating&page=90", "by name": "/leads?stage=signed&sort=name",
        "two characters": "/leads?stage=all&q=朝凪", "pinyin initials": "/leads?stage=all&q=cgq", "english": "/leads?stage=all&q=SZ-2025-0000777",
        "lead page": f"/leads/{public_id}", "numbers": "/leads/numbers?stage=negotiating",
    }  # fmt: skip
    return {name: cpu(client, path) for name, path in pages.items()}


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    found: dict[str, Any] = {"bare Flask + sqlite3, 50 rows": bare()}
    for size in (int(s) for s in options.sizes.split(",")):
        folder = Path(tempfile.mkdtemp())
        found[f"sqlite {size}"] = measure(f"sqlite:///{folder / 'b.sqlite'}", size)
        if options.postgres:
            from tests.postgres import PostgresServer

            server = PostgresServer()
            server.start()
            try:
                server.create("bench")
                found[f"postgresql {size}"] = measure(server.url("bench"), size)
            finally:
                server.stop()
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
