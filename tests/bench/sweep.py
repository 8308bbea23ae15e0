"""How long a sweep of everything takes: `python -m tests.bench.sweep [--sizes 5000 25000] [--on sqlite|postgres]`.

Names are invented, and far more alike than in life; `--base FILE` takes real ones (JSON lines {"id", "name"}, plain or .gz),
drawn at random for the smaller sizes. `--one-by-one` asks the index company by company instead of reading it at once.

JSON on standard output, a line a size: seconds and CPU seconds of the sweep, pairs stored, the longest read, write and pause
between two commits of a chunk in milliseconds, memory before and at its highest; last the fitted exponent of time over size.
"""

import argparse
import json
import math
import random
import resource
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select

from config import TestConfig
from crm.accounts import queries as accounts
from crm.app import create_app
from crm.companies.models import Company, CompanyName
from crm.companies.queries import COMPANY
from crm.core import clock, ids
from crm.core.db import db, unit_of_work
from crm.demo.cli import load_reference
from crm.demo.services import make_people
from crm.matching.rules import Subject
from crm.matching.services import index_many
from crm.policy.rules import Actor
from crm.review import services
from crm.review.models import ReviewPair
from crm.review.queries import finding
from tests.bench.check_while_typing import composed, read_lines
from tests.postgres import PostgresServer

CHUNK = 2_000


def names_of(base: Path | None, size: int) -> list[tuple[int, str]]:
    """So many invented names, or so many of a file's."""
    if base is None:
        return list(composed(size))
    lines = read_lines(base)
    random.Random(1).shuffle(lines)
    return [(number, line["name"]) for number, line in enumerate(lines[:size])]


def fill(names: list[tuple[int, str]]) -> Actor:
    """Companies of these names; the coordinator who will sweep them."""
    load_reference()
    with unit_of_work():
        make_people(clock.now())
    user = accounts.by_username("coordinator")
    assert user is not None
    who, now = user.as_actor(), clock.now()
    left = ((number + 1, name) for number, name in names)
    while chunk := list(islice(left, CHUNK)):
        common = {
            "version": 1,
            "sort_key": "",
            "is_demo": False,
            "is_target": False,
            "created_by_id": who.user_id,
            "created_at": now,
        }
        with unit_of_work():
            db.session.execute(
                insert(Company),
                [
                    {**common, "id": n, "public_id": ids.new_public_id(), "name": name, "name_key": f"{name}#{n}"}
                    for n, name in chunk
                ],
            )
            named = {"kind": "official", "key": "", "added_by_id": who.user_id, "added_at": now}
            db.session.execute(insert(CompanyName), [{**named, "company_id": n, "text": name} for n, name in chunk])
            index_many(COMPANY, ((n, Subject((name,)), "") for n, name in chunk))
    return who


def sweep(who: Actor, *, one_by_one: bool) -> dict[str, Any]:
    """Sweep everything chunk by chunk, as the job does."""
    before, wall, cpu = _memory(), time.perf_counter(), time.process_time()
    with unit_of_work():
        sweep_id = services.start_sweep(full=True, actor=who, now=clock.now()).id
    pairs_of = None if one_by_one else finding.everything(sweep_id, lambda: None)
    ready = time.process_time() - cpu
    reads, writes = [], []
    going_on = True
    while going_on:
        start = time.perf_counter()
        compared = finding.next_chunk(sweep_id, pairs_of)
        reads.append(time.perf_counter() - start)
        start = time.perf_counter()
        with unit_of_work():
            swept = services.store_chunk(sweep_id, compared, now=clock.now())
            going_on = compared.last is not None
            if not going_on:
                services.finish_sweep(swept, actor=who, now=clock.now())
        writes.append(time.perf_counter() - start)
    return {
        "seconds": round(time.perf_counter() - wall, 2), "cpu_seconds": round(time.process_time() - cpu, 2),
        "cpu_seconds_to_read": round(ready, 2),
        "pairs": db.session.scalar(select(func.count()).select_from(ReviewPair)),
        "read_ms": _spread(reads), "write_ms": _spread(writes), "memory_mb": [before, _memory()],
    }  # fmt: skip


def _spread(seconds: list[float]) -> dict[str, float]:
    ranked = sorted(seconds)
    return {"mean": round(1000 * sum(ranked) / len(ranked), 1), "max": round(1000 * ranked[-1], 1)}


def _memory() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def exponent(points: list[tuple[int, float]]) -> float:
    """The slope of log seconds over log size."""
    xs, ys = [math.log(size) for size, _s in points], [math.log(seconds) for _n, seconds in points]
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / sum((x - mx) ** 2 for x in xs)


def _app(on: str, size: int, stack: ExitStack) -> Flask:
    if on == "postgres":
        server = PostgresServer()
        server.start()
        stack.callback(server.stop)
        server.create(f"sweep{size}")
        url = server.url(f"sweep{size}")
    else:
        url = f"sqlite:///{stack.enter_context(tempfile.TemporaryDirectory())}/sweep.sqlite"
    return create_app(type("BenchConfig", (TestConfig,), {"SQLALCHEMY_DATABASE_URI": url}))


def main() -> int:
    """Fill, sweep, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 25_000])
    parser.add_argument("--base", type=Path)
    parser.add_argument("--one-by-one", action="store_true")
    parser.add_argument("--on", choices=("sqlite", "postgres"), default="sqlite")
    options = parser.parse_args()
    points = []
    for size in options.sizes:
        with ExitStack() as stack:
            app = _app(options.on, size, stack)
            with app.app_context():
                db.create_all()
                told = {"on": options.on, "companies": size}
                told |= sweep(fill(names_of(options.base, size)), one_by_one=options.one_by_one)
                points.append((size, told["cpu_seconds"]))
                db.session.remove()
                db.engine.dispose()
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    if len(points) > 1:
        sys.stdout.write(json.dumps({"exponent": round(exponent(points), 3)}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
