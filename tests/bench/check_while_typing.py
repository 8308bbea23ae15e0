"""How quickly a typed name is checked: `python -m tests.bench.check_while_typing [--names 100000] [--on sqlite|postgres]`.

JSON on standard output: seconds to load, p50 and p99 of a check in milliseconds (cold caches of names), the same for a plain
rapidfuzz WRatio scan over the same list in the same run, and their ratio. With `--base FILE --queries FILE` (JSON lines
{"id", "name"} and {"q", "target", "slice"}, plain or .gz) real names are used and the recall of the target is told as well.
"""

import argparse
import gzip
import json
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from config import TestConfig
from crm.app import create_app
from crm.core.db import db, unit_of_work
from crm.matching import queries, services
from crm.matching.rules import Subject
from crm.matching.rules.normalise import forget_forms
from tests.invented import FORMS, PLACES, SIGNS, SYLLABLES, TRADES
from tests.postgres import PostgresServer

COMPANY = 1
CHUNK = 4000
ENDINGS = ["GmbH", "Co., Ltd.", "Inc.", "AG", "Technologies Ltd", "Electronics Inc.", "S.A.", "Pharma AG"]


def composed(count: int, seed: int = 7) -> Iterator[tuple[int, str]]:
    """Invented names, two Chinese ones to each Latin one."""
    dice = random.Random(seed)
    for number in range(count):
        if number % 3:
            stem = "".join(dice.choices(SIGNS, k=dice.choice((2, 2, 3, 4))))
            yield number, dice.choice(PLACES) + stem + dice.choice(TRADES) + dice.choice(FORMS)
        else:
            yield number, "".join(dice.choices(SYLLABLES, k=3)).capitalize() + " " + dice.choice(ENDINGS)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON lines file, plain or gzipped."""
    raw = path.read_bytes()
    return [json.loads(line) for line in (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode().splitlines()]


def load(names: list[tuple[int, str]]) -> float:
    """Index every name; the seconds it took."""
    start, left = time.perf_counter(), iter(names)
    while chunk := list(islice(left, CHUNK)):
        with unit_of_work():
            services.index_many(COMPANY, ((number, Subject((name,)), "") for number, name in chunk))
    return time.perf_counter() - start


def percentiles(milliseconds: list[float]) -> dict[str, float]:
    """p50 and p99."""
    ranked = sorted(milliseconds)
    return {"p50": round(ranked[len(ranked) // 2], 2), "p99": round(ranked[min(len(ranked) - 1, len(ranked) * 99 // 100)], 2)}


def check(asked: list[dict[str, Any]]) -> tuple[list[float], list[float], dict[str, Any]]:
    """Milliseconds and CPU milliseconds of each check, and the recall of the targets by kind of query."""
    took: list[float] = []
    worked: list[float] = []
    found: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for query in asked:
        forget_forms()
        start, cpu = time.perf_counter(), time.process_time()
        hits = queries.judged(Subject((query["q"],)), kind=COMPANY, limit=12)
        took.append((time.perf_counter() - start) * 1000)
        worked.append((time.process_time() - cpu) * 1000)
        if "target" in query:
            ids = [hit.subject_id for hit in hits]
            inside = query["target"] in queries.candidates(Subject((query["q"],)), kind=COMPANY)
            kind = "cross-script" if query.get("slice", "").startswith("x_") else "same-script"
            for name in (kind, query.get("slice", "all")):
                found[name].append((int(query["target"] in ids[:1]), int(query["target"] in ids[:10]), int(inside)))
    recall = {
        name: {
            "n": len(rows),
            **{k: round(sum(r[i] for r in rows) / len(rows), 3) for i, k in enumerate(("at_1", "at_10", "candidate"))},
        }
        for name, rows in sorted(found.items())
    }
    return took, worked, recall


def scan(asked: list[dict[str, Any]], names: list[tuple[int, str]]) -> list[float]:
    """Milliseconds of a plain WRatio scan for each query."""
    listed, took = [name for _number, name in names], []
    for query in asked:
        start = time.perf_counter()
        process.extract(query["q"], listed, scorer=fuzz.WRatio, limit=10)
        took.append((time.perf_counter() - start) * 1000)
    return took


def main() -> int:
    """Load, ask, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--queries-count", type=int, default=500)
    parser.add_argument("--on", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--base", type=Path)
    parser.add_argument("--queries", type=Path)
    options = parser.parse_args()
    names = [(r["id"], r["name"]) for r in read_lines(options.base)] if options.base else list(composed(options.names))
    dice = random.Random(11)
    if options.queries:
        asked = dice.sample(read_lines(options.queries), k=options.queries_count)
    else:
        asked = [{"q": name[: max(4, len(name) - 2)]} for _number, name in dice.sample(names, options.queries_count)]
    with ExitStack() as stack:
        if options.on == "postgres":
            server = PostgresServer()
            server.start()
            stack.callback(server.stop)
            server.create("bench")
            url = server.url("bench")
        else:
            url = f"sqlite:///{stack.enter_context(tempfile.TemporaryDirectory())}/bench.sqlite"
        app = create_app(type("BenchConfig", (TestConfig,), {"SQLALCHEMY_DATABASE_URI": url}))
        stack.enter_context(app.app_context())
        db.create_all()
        seconds = load(names)
        check(asked[:20])
        took, worked, recall = check(asked)
        plain = scan(asked[:60], names)
        ours, theirs = percentiles(took), percentiles(plain)
        answer = {
            "on": options.on, "names": len(names), "queries": len(asked), "load_seconds": round(seconds, 1), "check_ms": ours, "check_cpu_ms": percentiles(worked),
            "wratio_scan_ms": theirs, "ratio": {k: round(theirs[k] / ours[k], 1) for k in ours}, "recall": recall,
        }  # fmt: skip
        json.dump(answer, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
        db.session.remove()
        db.engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
