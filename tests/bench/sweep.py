"""How long a sweep of everything takes: `python -m tests.bench.sweep [--sizes 5000 25000] [--on sqlite|postgres]`.

Names are invented, and far more alike than in life; `--base FILE` takes real ones (JSON lines {"id", "name"}, plain or .gz),
drawn at random for the smaller sizes. `--one-by-one` asks the index company by company instead of reading it at once. `--lost N`
judges N of the pairs that screening told apart: how many of them are the same to the judge (none may be).

JSON on standard output, a line a size: seconds and CPU seconds of the sweep (reading processes included), pairs stored, the mean
and longest write of a chunk in milliseconds, memory before, at its highest and the largest reading process's; last the fitted
exponent of CPU time over size.
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
from unittest.mock import patch

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
from crm.matching import queries as matching
from crm.matching.bulk import Whole
from crm.matching.rules import Subject, Verdict, judge
from crm.matching.services import index_many
from crm.policy.rules import Actor
from crm.review import jobs, services
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


def sweep(who: Actor, *, readers: int | None, one_by_one: bool) -> dict[str, Any]:
    """Sweep everything as the job does."""
    before, wall, cpu = _memory(), time.perf_counter(), _cpu()
    with unit_of_work():
        sweep_id = services.start_sweep(full=True, actor=who, now=clock.now()).id
    ready, writes = [0.0], list[float]()
    everything, store = finding.everything, services.store_chunk

    def read_all(*given: Any) -> Any:
        found = None if one_by_one else everything(*given)
        ready[0] = _cpu() - cpu
        return found

    def stored(*given: Any, **more: Any) -> Any:
        start = time.perf_counter()
        try:
            return store(*given, **more)
        finally:
            writes.append(time.perf_counter() - start)

    with patch.object(finding, "everything", read_all), patch.object(services, "store_chunk", stored):
        jobs.sweep_now(sweep_id, readers=readers)
    return {
        "seconds": round(time.perf_counter() - wall, 2), "cpu_seconds": round(_cpu() - cpu, 2),
        "cpu_seconds_to_read": round(ready[0], 2),
        "pairs": db.session.scalar(select(func.count()).select_from(ReviewPair)),
        "write_ms": _spread(writes), "memory_mb": [before, _memory(), _memory(resource.RUSAGE_CHILDREN)],
    }  # fmt: skip


def lost(sample: int) -> dict[str, int]:
    """How many pairs are compared, how many of them may be one firm by screening, and how many of a sample of the others are."""
    ids = Whole(COMPANY).ids.tolist()
    chunks = [ids[start : start + finding.CHUNK] for start in range(0, len(ids), finding.CHUNK)]
    whole = Whole(COMPANY)
    compared = {both for chunk in chunks for both in whole.pairs(chunk)}
    found = Whole(COMPANY).screened(chunks)
    kept = {both for one in found for both in (*one.worth, *one.unsure)}
    asked = random.Random(2).sample(sorted(compared - kept), min(sample, len(compared) - len(kept)))
    wanted = sorted({company_id for both in asked for company_id in both})
    subjects = {}
    for start in range(0, len(wanted), CHUNK):
        subjects |= matching.stored_subjects(COMPANY, wanted[start : start + CHUNK])
    same = sum(judge(subjects[a], subjects[b]).verdict is Verdict.SAME for a, b in asked)
    return {"compared": len(compared), "kept": len(kept), "judged": len(asked), "lost": same}


def _cpu() -> float:
    """CPU seconds of this process and of those that it started and that ended."""
    return sum(time.process_time() if who == resource.RUSAGE_SELF else sum(resource.getrusage(who)[:2]) for who in _WHO)


_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _spread(seconds: list[float]) -> dict[str, float]:
    ranked = sorted(seconds)
    return {"mean": round(1000 * sum(ranked) / len(ranked), 1), "max": round(1000 * ranked[-1], 1)}


def _memory(who: int = resource.RUSAGE_SELF) -> float:
    return round(resource.getrusage(who).ru_maxrss / 1024, 1)


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
    parser.add_argument(
        "--readers", type=int, help="processes that compare besides this one; as many as are worth it if not said"
    )
    parser.add_argument("--lost", type=int, default=0)
    parser.add_argument("--on", choices=("sqlite", "postgres"), default="sqlite")
    options = parser.parse_args()
    points = []
    for size in options.sizes:
        with ExitStack() as stack:
            app = _app(options.on, size, stack)
            with app.app_context():
                db.create_all()
                told = {"on": options.on, "companies": size}
                told |= sweep(fill(names_of(options.base, size)), readers=options.readers, one_by_one=options.one_by_one)
                points.append((size, told["cpu_seconds"]))
                if options.lost:
                    told["screening"] = lost(options.lost)
                db.session.remove()
                db.engine.dispose()
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
    if len(points) > 1:
        sys.stdout.write(json.dumps({"exponent": round(exponent(points), 3)}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
