"""The dashboard at size: `python3 dev.py bench dashboard [--size 100000] [--on sqlite,postgresql]`: CPU milliseconds of the page by
kept numbers and counted anew, and what each count costs (on PostgreSQL without the server's part); with a stage change, an assessment and a piece of progress for each lead beyond the first stage.
"""

import argparse
import time
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.dashboard import queries
from crm.dashboard.queries import counts, earlier, scope, spans
from crm.dashboard.rules import Ask, Reader, Spell
from tests.bench.filling import board, kinds_of, places
from tests.bench.lists import SIGN_IN, cpu

_MOVES = """INSERT INTO stage_change (public_id, lead_id, from_stage, to_stage, on_date, entered_by_id, entered_at)
    SELECT substr(l.public_id, 1, 14) || s.n || l.id, l.id, s.a, s.b, '2026-05-01', 1, l.registered_at FROM lead l JOIN
    (SELECT 1 AS n, 'lead' AS a, 'negotiating' AS b UNION SELECT 2, 'negotiating', 'signed') s
    ON l.stage <> 'lead' AND (s.n = 1 OR l.stage <> 'negotiating')"""
_ASSESSED = """INSERT INTO assessment (lead_id, outcome, assessed_by_id, assessed_at)
    SELECT id, 'admitted', 1, admitted_at FROM lead WHERE admitted_at IS NOT NULL"""


def measure(app: Any) -> dict[str, float]:
    """CPU milliseconds."""
    found: dict[str, float] = {}
    client = app.test_client()
    assert client.post("/account/sign-in", data=SIGN_IN).status_code == 303
    for name, seconds, times in (("page, by kept numbers", 600, 40), ("page, counted anew", 0, 5)):
        app.config["BOARD_SECONDS"] = seconds
        client.get("/dashboard?period=year")
        found[name] = cpu(client, "/dashboard?period=year", times=times)
    with app.app_context():
        reader, today = Reader(True, True), clock.today()
        ask = Ask(spell=Spell.YEAR, since=today - timedelta(days=325), until=today)
        where = scope.counted(ask, reader)
        cohort = [*where, *scope.in_cohort(ask)]
        either, before = scope.with_year_before(ask)
        for name, act in (
            ("by unit and stage", lambda: counts._by_unit(where)), ("lacking", lambda: counts._lacking(where)),
            ("clusters", lambda: counts._clusters(where)), ("countries", lambda: counts._countries(where)),
            ("days", lambda: spans.days_between(cohort)),
            ("responses", lambda: spans.responses([*where, either], before)), ("a year ago", lambda: earlier.a_year_ago(ask, reader)), ("milestones", lambda: counts._milestones(where)),
            ("all", lambda: queries.counts_of(ask, reader)),
        ):  # fmt: skip
            begun = time.process_time()
            act()
            found[name] = round(1000 * (time.process_time() - begun), 1)
    return found


def main() -> None:
    """Fill, measure, print."""
    options = argparse.ArgumentParser()
    options.add_argument("--size", type=int, default=100_000)
    options.add_argument("--on", type=kinds_of, default="sqlite,postgresql")
    asked = options.parse_args()
    with ExitStack() as stack:
        for kind, size, url in places(asked.on, [asked.size], stack):
            app = board(url, size)
            with app.app_context(), unit_of_work():
                db.session.execute(text(_MOVES))
                db.session.execute(text(_ASSESSED))
                db.session.execute(text("ANALYZE"))
            for name, number in measure(app).items():
                print(f"{kind:10} {name:28} {number:>9} ms")


if __name__ == "__main__":
    main()
