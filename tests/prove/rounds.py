"""What every long proof shares: it goes on where the last run stopped, on both databases in turn, until the time is over."""

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable

os.environ.setdefault("INSTANCE_PATH", os.path.join(tempfile.gettempdir(), f"one-board-prove-{os.getuid()}"))

from flask import Flask

from tests import databases
from tests.prove.ledger import Ledger, commit_here
from tests.races import Team

PATIENCE = 600.0  # seconds for a race: a proof may run beside other work, and who waits long for a processor has not hung
Round = Callable[[Flask, int], str | None]


def go_on(
    name: str,
    told: str,
    one_round: Round,
    *,
    at_once: int,
    wanted: int | None = None,
    ledger: Ledger | None = None,
    **facts: object,
) -> int:
    """Call `one_round(app, first round)` on a fresh database of each kind; it proves `at_once` rounds and gives None, or what is
    wrong. docs/proofs/NAME.jsonl says with which to go on, and is told after each batch. Exit code 1 on the first fault; 0 when
    the time is over or `wanted` are done.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=5)
    until = time.monotonic() + 60 * parser.parse_args().minutes
    ledger = ledger or Ledger(name, commit=commit_here())
    fault = None
    signal.signal(signal.SIGTERM, _end)
    try:
        while fault is None and time.monotonic() < until:
            open_ = [kind for kind in databases.KINDS if wanted is None or ledger.proven(kind) < wanted]
            if not open_:
                break
            for kind in open_:
                if fault is None:
                    fault = _batch(kind, one_round, at_once, ledger)
    finally:
        databases.shut_down()
        _say(told, ledger, facts if wanted is None else {**facts, "wanted": wanted})
    return 1 if fault else 0


def _end(_number: int, _frame: object) -> None:
    """Told to stop: as by Ctrl-C, so that the server and the folders of the databases do not stay behind."""
    raise KeyboardInterrupt


def _batch(kind: str, one_round: Round, at_once: int, ledger: Ledger) -> str | None:
    """One call of `one_round`, and its line."""
    first, start = ledger.begin(kind), time.monotonic()
    app = databases.fresh(kind)
    try:
        fault = one_round(app, first)
    except Exception as error:
        ledger.failed(kind, first, time.monotonic() - start, f"{type(error).__name__}: {error}")
        raise
    databases.release(app)
    spent = time.monotonic() - start
    if fault is None:
        ledger.held(kind, first, at_once, spent)
    else:
        ledger.failed(kind, first, spent, fault)
        sys.stdout.write(f"{kind}, rounds {first} to {first + at_once - 1}: {fault}\n")
    return fault


def _say(told: str, ledger: Ledger, facts: dict[str, object]) -> None:
    """What is proven by now, at which pace, and the lines that could not be written."""
    state = {kind: ledger.proven(kind) for kind in databases.KINDS}
    rates = {
        f"{kind}, a minute": round(60 * (line.next - line.first) / line.seconds, 1)
        for kind, line in ledger.mine.items()
        if line.seconds
    }
    sys.stdout.write(json.dumps({told: state, **rates, **facts}) + "\n")
    if ledger.unwritten:
        sys.stdout.write(f"{ledger.path} cannot be written. Its lines of this run:\n" + "\n".join(ledger.unwritten) + "\n")


def racing(one_round: Callable[[Team, Flask, int], str | None], people: int) -> Round:
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
