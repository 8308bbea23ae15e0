"""What every long proof shares: it goes on where the last run stopped, on both databases in turn, until the time is over."""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("INSTANCE_PATH", os.path.join(tempfile.gettempdir(), f"one-board-prove-{os.getuid()}"))

from flask import Flask

from tests import databases
from tests.races import Team

FOLDER = Path(__file__).resolve().parents[2] / "build" / "prove"


def go_on(
    name: str,
    told: str,
    one_round: Callable[[Flask, int], str | None],
    *,
    at_once: int,
    wanted: int | None = None,
    **facts: object,
) -> int:
    """Call `one_round(app, done so far)` on a fresh database of each kind; it proves `at_once` cases and gives None, or what is
    wrong. The count lies in build/prove/NAME.json. Exit code 1 on the first fault; 0 when the time is over or `wanted` are done.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=5)
    spent, now_done = dict.fromkeys(databases.KINDS, 0.0), dict.fromkeys(databases.KINDS, 0)
    until = time.monotonic() + 60 * parser.parse_args().minutes
    stored = FOLDER / f"{name}.json"
    state = json.loads(stored.read_text("utf-8")) if stored.exists() else dict.fromkeys(databases.KINDS, 0)
    stored.parent.mkdir(parents=True, exist_ok=True)
    try:
        while time.monotonic() < until and (wanted is None or min(state.values()) < wanted):
            for kind in databases.KINDS:
                if wanted is not None and state[kind] >= wanted:
                    continue
                start = time.monotonic()
                app = databases.fresh(kind)
                wrong = one_round(app, state[kind])
                databases.release(app)
                spent[kind] += time.monotonic() - start
                now_done[kind] += at_once
                if wrong is not None:
                    sys.stdout.write(f"{kind}: {wrong}\n")
                    return 1
                state[kind] += at_once
                stored.write_text(json.dumps(state), "utf-8")
    finally:
        databases.shut_down()
    if wanted is not None:
        facts["wanted"] = wanted
    rates = {f"{kind}, a minute": round(60 * now_done[kind] / spent[kind], 1) for kind in databases.KINDS if spent[kind]}
    sys.stdout.write(json.dumps({told: state, **rates, **facts}) + "\n")
    return 0


def racing(one_round: Callable[[Team, Flask, int], str | None], people: int) -> Callable[[Flask, int], str | None]:
    """A round for `go_on` that is run by a team of `people` processes: the same ones throughout, for starting them costs more
    than a race.
    """
    teams: dict[str, Team] = {}

    def by_a_team(app: Flask, done: int) -> str | None:
        where = app.config["SQLALCHEMY_DATABASE_URI"]
        if where not in teams:
            teams[where] = Team(people, app)
        wrong = one_round(teams[where], app, done)
        teams[where].rest()
        return wrong

    return by_a_team
