"""Matching, measured: `python3 dev.py bench matching [--sizes 100000,1000000] [--on sqlite,postgresql] [--base F --queries F --pairs F]`.

JSON on standard output, all on one core: how well pairs are judged, slice by slice; for each size and database the seconds of
`match load`, p50 and p99 of a check beside a rapidfuzz WRatio scan of the same list in the same run, the recall of the target, an
import's rows against the base and against each other, and what a worker's memory grows by.

Files are JSON lines, plain or .gz: base {"id", "name"}, queries {"q", "target", "slice"}, pairs {"a", "b", "same", "slice"}. Without
them names are composed, a question is a name with a slip, and the eighteen probe pairs are judged. A base that is shorter than a size
is filled with composed names: distinctive parts (of the base) x city x trade x form.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from flask import Flask
from rapidfuzz import fuzz, process

from config import TestConfig
from crm.app import create_app
from crm.core.db import db
from crm.exchange.rules import twins
from crm.exchange.services.judge import COMPARED_AT_ONCE
from crm.matching import queries
from crm.matching.rules import Subject, forms_of, judge
from crm.matching.rules.normalise import forget_forms
from tests.bench.check_while_typing import composed as invented
from tests.bench.check_while_typing import percentiles, read_lines
from tests.bench.filling import kinds_of, places
from tests.bench.matching_pairs import PROBE, read_pairs, summary
from tests.invented import SIGNS

CITIES = [
    "北京", "上海", "天津", "重庆", "深圳", "深圳市", "广州", "广州市", "东莞市", "佛山", "苏州", "苏州市", "杭州", "宁波", "南京", "无锡", "武汉", "长沙",
    "成都", "西安", "青岛", "厦门", "珠海", "惠州",
]  # fmt: skip
TRADES = [
    "科技", "电子", "电子科技", "信息技术", "网络科技", "生物科技", "生物医药", "医疗器械", "新材料", "新能源", "机械", "精密机械", "自动化设备", "汽车零部件", "贸易",
    "国际贸易", "实业", "投资", "投资管理", "物流", "供应链管理", "食品", "餐饮管理", "文化传媒", "广告", "教育科技", "建筑工程", "环保科技", "化工", "服饰", "家具",
    "塑胶", "五金制品", "软件", "咨询", "商贸", "半导体", "光电",
]  # fmt: skip
FORMS = [
    "有限公司", "有限公司", "有限公司", "有限公司", "股份有限公司", "集团有限公司", "有限责任公司", "(中国)有限公司",
]  # fmt: skip


def base_of(size: int, rows: list[dict[str, Any]], leave_out: set[str]) -> list[dict[str, Any]]:
    """So many {"id", "name"} rows: those given, then composed ones; none of the names in `leave_out` is composed."""
    found = rows[:size] or [{"id": number, "name": name} for number, name in invented(min(size, 50_000))]
    have, dice = leave_out | {row["name"] for row in found}, random.Random(5)
    stems = sorted({forms.stem for forms in (forms_of(row["name"]) for row in found) if forms.script == "han"})
    signs = "".join(stems) or SIGNS
    number = max(row["id"] for row in found)
    while len(found) < size:
        stem = dice.choice(stems) if dice.random() < 0.55 else "".join(dice.choices(signs, k=dice.choice((2, 2, 3, 3, 4))))
        kind = dice.random()
        name = stem + (dice.choice(TRADES) if kind < 0.1 else "")
        if kind >= 0.15:
            name = dice.choice(CITIES) + stem + dice.choice(TRADES) + dice.choice(FORMS)
        if name not in have:
            have.add(name)
            number += 1
            found.append({"id": number, "name": name})
    return found


def slipped(name: str, dice: random.Random) -> str:
    """A name as somebody types it: two neighbours swapped, or the end left off."""
    at = dice.randrange(max(1, len(name) - 3))
    return (
        name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :]
        if dice.random() < 0.5
        else name[: max(4, len(name) - 2)]
    )


def pairs(path: Path) -> dict[str, Any]:
    """The figures of judged pairs: all, by script, and per slice."""
    rows = read_pairs(path)
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    begun = time.process_time()
    for row in rows:
        found = judge(Subject((row["a"],), row.get("a_country")), Subject((row["b"],), row.get("b_country")))
        row["score"], row["verdict"] = found.score, found.verdict
        for name in ("all", "cross-script" if row["slice"].startswith(("x_", "nx_")) else "same-script"):
            groups[name].append(row)
        groups[f"slice {row['slice']}"].append(row)
    cost = (time.process_time() - begun) / len(rows) * 1e6
    verdicts = {
        name: {v: round(sum(r["verdict"] == v for r in group) / len(group), 3) for v in ("same", "related", "different")}
        for name, group in groups.items()
    }
    return {"microseconds a pair": round(cost)} | {
        name: (summary(group) if not name.startswith("slice ") else {"n": len(group), **verdicts[name]})
        for name, group in sorted(groups.items())
    }


def covered(one: str, other: str) -> bool:
    """Whether the table of brands knows both names as spellings of one brand."""
    brand = forms_of(one).brand
    return bool(brand) and brand == forms_of(other).brand


def ask(asked: list[dict[str, Any]], names: dict[int, str]) -> dict[str, Any]:
    """Milliseconds of each check with cold caches of names, and the recall of the targets (of these `names`): by script, by slice,
    and of those that the table of brands covers.
    """
    took: list[float] = []
    found: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for row in asked:
        forget_forms()
        begun = time.perf_counter()
        hits = queries.nearest(Subject((row["q"],)), kind=queries.BULK)[:10]
        known = queries.references_of(queries.BULK, [hit.subject_id for hit in hits])
        took.append((time.perf_counter() - begun) * 1000)
        ids = [json.loads(known[hit.subject_id]) for hit in hits]
        groups = ["cross-script" if row["slice"].startswith("x_") else "same-script", row["slice"]]
        for name in groups + ["covered by a brand"] * covered(row["q"], names[row["target"]]):
            found[name].append((row["target"] in ids[:1], row["target"] in ids))
    recall = {
        name: {
            "n": len(rows),
            "at 1": round(sum(r[0] for r in rows) / len(rows), 3),
            "at 10": round(sum(r[1] for r in rows) / len(rows), 3),
        }
        for name, rows in sorted(found.items())
    }
    return {"check ms": percentiles(took), "recall": recall}


def scan(asked: list[dict[str, Any]], names: list[str]) -> dict[str, float]:
    """Milliseconds of a plain WRatio scan of the list."""
    took = []
    for row in asked:
        begun = time.perf_counter()
        process.extract(row["q"], names, scorer=fuzz.WRatio, limit=10)
        took.append((time.perf_counter() - begun) * 1000)
    return percentiles(took)


def imported(count: int, base: list[dict[str, Any]]) -> dict[str, float]:
    """Seconds that rows take against the base and against each other; half of them are firms it has, under another spelling."""
    dice = random.Random(3)
    known = [slipped(row["name"], dice) for row in dice.sample(base, min(len(base), count) // 2)]
    names = known + [row["name"] for row in base_of(count - len(known), [], {row["name"] for row in base})]
    subjects = {number: Subject((name,)) for number, name in enumerate(names)}
    begun = time.perf_counter()
    for start in range(0, len(subjects), COMPARED_AT_ONCE):  # as an import asks
        part = {number: subjects[number] for number in list(subjects)[start : start + COMPARED_AT_ONCE]}
        queries.judged_each(part, kind=queries.BULK, limit=6, leave_out={}, kin=True)
    against = time.perf_counter() - begun
    sum(1 for _pair in twins.pairs(subjects))
    return {"rows": len(subjects), "against the base s": round(against, 1), "together s": round(time.perf_counter() - begun, 1)}


def memory(url: str, asked: list[dict[str, Any]]) -> dict[str, float]:
    """Megabytes of a fresh process with the app, and how much it grows by when it checks."""
    told = "\n".join(json.dumps(row) for row in asked)
    arguments = [sys.executable, "-m", "tests.bench.matching", "--worker", url]
    answer: dict[str, float] = json.loads(
        subprocess.run(arguments, input=told, capture_output=True, text=True, check=True).stdout
    )
    return answer


def app_on(url: str) -> Flask:
    """The app on a database."""
    return create_app(type("BenchConfig", (TestConfig,), {"SQLALCHEMY_DATABASE_URI": url}))


def worker(url: str) -> None:
    """A process that checks what it reads, and tells its memory."""

    def megabytes() -> float:
        return round(int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)

    with app_on(url).app_context():
        db.session.connection()
        bare = megabytes()
        for line in sys.stdin:
            queries.judged(Subject((json.loads(line)["q"],)), kind=queries.BULK)
        print(json.dumps({"bare MB": bare, "over it MB": round(megabytes() - bare, 1)}))


def measure(url: str, base: list[dict[str, Any]], asked: list[dict[str, Any]], options: argparse.Namespace) -> dict[str, Any]:
    """Load the base into a fresh database and ask it."""
    app = app_on(url)
    with app.app_context(), tempfile.NamedTemporaryFile("w+", suffix=".jsonl", encoding="utf-8") as file:
        db.create_all()
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in base)
        file.flush()
        loaded = app.test_cli_runner().invoke(args=["match", "load", file.name])
        assert loaded.exit_code == 0, loaded.output
        names = {row["id"]: row["name"] for row in base}
        ask(asked[:20], names)
        found = {"load": json.loads(loaded.output), **ask(asked, names)}
        found["WRatio scan ms"] = scan(asked[: options.scans], [row["name"] for row in base])
        found["scan / check"] = {k: round(found["WRatio scan ms"][k] / found["check ms"][k], 1) for k in ("p50", "p99")}
        found["import"] = imported(options.rows, base)
        found["memory"] = memory(url, asked * 2)
        db.session.remove()
        db.engine.dispose()
    return found


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100000")
    parser.add_argument("--on", type=kinds_of, default="sqlite,postgresql")
    parser.add_argument("--base", type=Path)
    parser.add_argument("--queries", type=Path)
    parser.add_argument("--pairs", type=Path, default=PROBE)
    parser.add_argument("--count", type=int, default=500, help="how many questions")
    parser.add_argument("--scans", type=int, default=60, help="how many of them are scanned for")
    parser.add_argument("--rows", type=int, default=5_000, help="how many rows are imported")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return worker(options.worker)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    found: dict[str, Any] = {"pairs": pairs(options.pairs)}
    given = read_lines(options.base) if options.base else []
    wanted = read_lines(options.queries) if options.queries else []
    sizes, dice = sorted(int(size) for size in options.sizes.split(",")), random.Random(11)
    with ExitStack() as stack:
        for kind, size, url in places(options.on, sizes, stack):
            base = base_of(size, given, {row["q"] for row in wanted})
            asked = dice.sample(wanted, min(options.count, len(wanted))) or [
                {"q": slipped(row["name"], dice), "target": row["id"], "slice": "slips"}
                for row in dice.sample(base, options.count)
            ]
            found[f"{kind} {size}"] = measure(url, base, asked, options)
            print(json.dumps({f"{kind} {size}": found[f"{kind} {size}"]}, ensure_ascii=False), file=sys.stderr, flush=True)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return None


if __name__ == "__main__":
    main()
