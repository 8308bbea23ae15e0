"""The pipeline list: `python3 dev.py bench lists [--sizes 10000,100000,1000000] [--on sqlite,postgresql] [--seconds 10]`.

CPU milliseconds of one request in process (the best of several tens: what the page costs when nothing disturbs), and requests a
second of gunicorn with 2 workers and 8 clients, beside a bare Flask page of 50 rows in the same run. JSON on standard output.
"""

import argparse
import http.client
import json
import os
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, true

from crm.accounts import queries as accounts
from crm.clusters import queries as clusters
from crm.clusters.models import Cluster
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries import listing
from crm.leads.rules.listing import Question, Scope, Sort
from tests.bench.bare import make
from tests.bench.filling import board, kinds_of, places
from tests.live import gunicorn

CLIENTS = 8
SIGN_IN = {"username": "coordinator", "password": "OneBoard-2026!"}


def cpu(client: FlaskClient, path: str, *, times: int = 40) -> float:
    """CPU milliseconds of one request: the best of several runs of ten."""
    best = float("inf")
    for _run in range(max(times // 10, 1)):
        begun = time.process_time()
        for _one in range(10):
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
        best = min(best, (time.process_time() - begun) / 10)
    return round(best * 1000, 2)


def pages(app: Flask, size: int) -> dict[str, float]:
    """CPU milliseconds of the list's pages, of one lead's and of the city's board."""
    with app.app_context():
        public_id = db.session.scalar(select(Lead.public_id).where(Lead.id == size // 2))
        tag = clusters.current()[0].id
        rare = db.session.scalar(select(func.min(Cluster.id)))  # of an older version: no lead has it
    client = app.test_client()
    assert client.post("/account/sign-in", data=SIGN_IN).status_code == 303
    asked = {
        "first page": "/leads?stage=negotiating",
        "deep page of a stage": f"/leads?stage=negotiating&page={size // 5 // 50 - 5}",
        "deep page of all": f"/leads?stage=all&page={size // 50 - 5}",
        "by name": "/leads?stage=signed&sort=name",
        "by total": "/leads?stage=all&sort=total",
        "one cluster": f"/leads?stage=all&cluster={tag}",
        "a cluster without leads": f"/leads?stage=all&cluster={rare}",
        "one district": "/leads?stage=negotiating&district=3",
        "two characters": "/leads?stage=all&q=朝凪",
        "pinyin initials": "/leads?stage=all&q=cgq",
        "a number": "/leads?stage=all&q=SZ-2025-0000777",
        "lead page": f"/leads/{public_id}",
        "numbers, loaded apart": "/leads/numbers?stage=negotiating",
        "columns": "/leads/board",
        "columns, one district": "/leads/board?district=3",
        "what columns hold, loaded apart": "/leads/board/held",
        "subtotals by cluster": "/leads/groups?stage=negotiating&group=cluster",
        "subtotals by unit, all stages": "/leads/groups?stage=all&group=unit",
    }
    found = {name: cpu(client, path) for name, path in asked.items()}
    for name, seconds, times in (("board, by kept sums", 600, 40), ("board, counted anew", 0, 10)):
        app.config["BOARD_SECONDS"] = seconds
        client.get("/board")
        found[name] = cpu(client, "/board", times=times)
    return found


def scoping(app: Flask) -> dict[str, float]:
    """What the conditions of what somebody may see cost: CPU milliseconds of choosing a page's fifty leads with and without them,
    beside the whole page. (Whole pages with and without cannot be compared: masked rows are shorter.)
    """
    client = app.test_client()
    assert client.post("/account/sign-in", data=SIGN_IN | {"username": "officer.nanshan"}).status_code == 303
    found = {}
    for name, sort in (("cards", Sort.RECENT), ("names", Sort.NAME)):
        question = Question(scope=Scope.CITY, sort=sort)
        found[f"{name}, page"] = cpu(client, f"/leads?stage=negotiating&scope=city&sort={sort.value}")
        found[f"{name}, choosing"] = choosing(app, question)
        with mock.patch.multiple(listing, cards_in_sight=lambda _actor: true(), names_in_sight=lambda _actor: true()):
            found[f"{name}, choosing unscoped"] = choosing(app, question)
    return found


def choosing(app: Flask, question: Question) -> float:
    """CPU milliseconds of choosing the leads of a page, for an officer: the best of ten tens."""
    best = float("inf")
    for _run in range(10):
        with app.app_context():
            actor = accounts.actor_named("officer.nanshan")
            begun = time.process_time()
            for _one in range(10):
                listing.page_ids(question, actor)
            best = min(best, (time.process_time() - begun) / 10)
    return round(best * 1000, 2)


def requests_a_second(address: str, path: str, cookie: str, seconds: float) -> float:
    """How many answers `CLIENTS` clients get that ask again at once."""
    host = address.removeprefix("http://")
    answered, until = [0] * CLIENTS, time.monotonic() + seconds

    def ask(number: int) -> None:
        connection = http.client.HTTPConnection(host, timeout=30)
        while time.monotonic() < until:
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            answered[number] += 1
        connection.close()

    begun = time.monotonic()
    clients = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return round(sum(answered) / (time.monotonic() - begun), 1)


def throughput(app: Flask, url: str, folder: Path, seconds: float) -> float:
    """Requests a second of the first page, served by gunicorn with two workers."""
    client = app.test_client()
    client.post("/account/sign-in", data=SIGN_IN)
    cookie = client.get_cookie(app.session_interface.get_cookie_name(app))
    assert cookie is not None
    env = {**os.environ, "INSTANCE_PATH": str(folder), "DATABASE_URL": url, "SECRET_KEY": app.config["SECRET_KEY"]}
    with gunicorn("wsgi:app", env, workers=2) as address:
        return requests_a_second(address, "/leads?stage=negotiating", f"{cookie.key}={cookie.value}", seconds)


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--on", type=kinds_of, default="sqlite,postgresql")
    parser.add_argument("--seconds", type=float, default=8)
    options = parser.parse_args()
    found: dict[str, Any] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        with gunicorn("tests.bench.bare:app", dict(os.environ), workers=2) as address:
            found["bare Flask + sqlite3"] = {
                "cpu ms": {"page": cpu(make(folder).test_client(), "/")},
                "requests/s": requests_a_second(address, "/", "", options.seconds),
            }
        for kind, size, url in places(options.on, [int(s) for s in options.sizes.split(",")], stack):
            app = board(url, size)
            print(f"{kind} {size} filled", file=sys.stderr, flush=True)
            served = throughput(app, url, folder, options.seconds)
            found[f"{kind} {size}"] = {"cpu ms": pages(app, size), "scoping, cpu ms": scoping(app), "requests/s": served}
            print(json.dumps({f"{kind} {size}": found[f"{kind} {size}"]}, ensure_ascii=False), file=sys.stderr, flush=True)
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
