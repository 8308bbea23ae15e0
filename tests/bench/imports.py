"""A workbook of 5,000 leads against 100,000 companies: `python3 dev.py bench imports [--rows 5000] [--companies 100000] [--on sqlite]`.

Half of the rows are firms the base has, under another spelling. Seconds of reading and judging, of writing (by the clock, and of this
process: the machine may be busy), and the slowest chunk's transaction; JSON on standard output.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from crm.accounts import queries as accounts
from crm.companies.models import Company, CompanyName
from crm.core import clock, ids
from crm.core.db import db, unit_of_work
from crm.exchange import jobs, queries, services, sheets
from crm.files import services as files
from crm.matching.rules import Subject, forms_of, name_key
from crm.matching.services import index_many
from crm.units import queries as units
from tests.bench.check_while_typing import composed
from tests.bench.filling import COMPANY, board
from tests.postgres import PostgresServer

FIRST = 1_000_000
CHUNK = 4_000
COLUMNS = [
    "投资方中文",
    "投资方外文",
    "国家/地区",
    "项目名称",
    "投资总额（万元人民币）",
    "合同外资（万美元）",
    "项目阶段",
    "首谈日期",
    "备注",
]


def companies(names: list[tuple[int, str]], person: int) -> None:
    """Companies of those names, indexed."""
    left, now = iter(names), clock.now()
    while chunk := list(islice(left, CHUNK)):
        rows = [
            {"id": FIRST + number, "public_id": ids.new_public_id(), "version": 1, "name": name, "name_key": f"{name_key(name)}#{number}",
             "sort_key": forms_of(name).sort_key[:400], "created_by_id": person, "created_at": now, "is_target": False, "is_demo": False}
            for number, name in chunk
        ]  # fmt: skip
        kept = [
            {
                "company_id": FIRST + number,
                "text": name,
                "kind": "official",
                "key": name_key(name),
                "added_by_id": person,
                "added_at": now,
            }
            for number, name in chunk
        ]
        with unit_of_work():
            db.session.execute(insert(Company), rows)
            db.session.execute(insert(CompanyName), kept)
            index_many(COMPANY, ((FIRST + number, Subject((name,)), "") for number, name in chunk))
    with unit_of_work():
        db.session.execute(text("ANALYZE"))


def workbook(names: list[str], fresh: list[str]) -> bytes:
    """A list of leads as an office sends it: known firms under a slightly different name, and new ones."""
    dice = random.Random(3)
    rows: list[list[Any]] = []
    for number, name in enumerate([name.replace("有限公司", "有限责任公司") for name in names] + fresh):
        chinese = not name.isascii()
        rows.append(
            [name if chinese else None, None if chinese else name, "中国香港", f"{name[:6]}华南总部项目", dice.randint(500, 90_000),
             dice.randint(50, 4_000), dice.choice(["在谈", "签约", "在建"]), "2026-03-05", f"第{number}行"]
        )  # fmt: skip
    dice.shuffle(rows)
    return sheets.write_workbook("线索", COLUMNS, rows, notes=[]).getvalue()


def main() -> None:
    """Fill, import, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--companies", type=int, default=100_000)
    parser.add_argument("--on", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder / 'board.sqlite'}"
        if options.on == "postgresql":
            server = PostgresServer()
            server.start()
            stack.callback(server.stop)
            server.create("bench")
            url = server.url("bench")
        app = board(url, 0)
        app.config["FILES_PATH"] = str(folder / "files")
        stack.enter_context(app.app_context())
        print(json.dumps(measure(options.rows, options.companies, app.config["FILES_PATH"]), indent=1))


def measure(count: int, known: int, root: str) -> dict[str, Any]:
    """Seconds of each step."""
    user = accounts.by_username("coordinator")
    unit = units.by_code("SZ-NS")
    assert user is not None and unit is not None
    actor = user.as_actor()
    names = list(composed(known))
    begun = time.monotonic()
    companies(names, actor.user_id)
    filled = time.monotonic() - begun
    print(f"filled in {filled:.0f} s", file=sys.stderr, flush=True)
    dice = random.Random(5)
    fresh = [name for _number, name in composed(count // 2, seed=99)]
    content = workbook([name for _number, name in dice.sample(names, count - len(fresh))], fresh)
    with unit_of_work():
        stored = files.store_file(content, "5000.xlsx", purpose="import", root=root, actor=actor, now=clock.now())
        batch_id = services.start_import(stored, kind="leads", unit=unit, admit=False, actor=actor, now=clock.now())
        db.session.flush()
        batch_id = batch_id.id
    begun, busy = time.monotonic(), time.process_time()
    jobs.judge_now(batch_id)
    judged, judging = time.monotonic() - begun, time.process_time() - busy
    counted = queries.counts(batch_id)
    print(f"judged in {judged:.1f} s: {counted}", file=sys.stderr, flush=True)
    chunks: list[float] = []
    begun, busy = time.monotonic(), time.process_time()
    before = begun

    class Watch:
        def count(self, _done: int) -> None:
            nonlocal before
            chunks.append(time.monotonic() - before)
            before = time.monotonic()

    counts = jobs.apply_now(batch_id, Watch())  # type: ignore[arg-type]
    applied, writing = time.monotonic() - begun, time.process_time() - busy
    return {
        "rows": count, "companies": known, "judged s": round(judged, 1), "written s": round(applied, 1),
        "judging CPU s": round(judging, 1), "writing CPU s": round(writing, 1),
        "together s": round(judged + applied, 1), "slowest chunk s": round(max(chunks), 2), "outcomes": counts,
    }  # fmt: skip


if __name__ == "__main__":
    main()
