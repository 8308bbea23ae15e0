"""Rounds of twenty people registering one firm in the same second, on both databases, until the time is over."""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("INSTANCE_PATH", os.path.join(tempfile.gettempdir(), f"one-board-prove-{os.getuid()}"))

from tests import databases
from tests.leads.same_second import PEOPLE, Outcome, run

STATE = Path(__file__).resolve().parents[2] / "build" / "prove" / "same_second.json"
AT_ONCE = 10


def main() -> int:
    """Go on where the last run stopped; exit 1 on the first round that has not exactly one winner."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=5)
    until = time.monotonic() + 60 * parser.parse_args().minutes
    state = json.loads(STATE.read_text("utf-8")) if STATE.exists() else dict.fromkeys(databases.KINDS, 0)
    STATE.parent.mkdir(parents=True, exist_ok=True)
    try:
        while time.monotonic() < until:
            for kind in databases.KINDS:
                app = databases.fresh(kind)
                found = run(app, list(range(AT_ONCE)))
                databases.release(app)
                if found != Outcome(AT_ONCE, AT_ONCE, AT_ONCE * (PEOPLE - 1)):
                    print(f"{kind}: {found}")
                    return 1
                state[kind] += AT_ONCE
                STATE.write_text(json.dumps(state), "utf-8")
    finally:
        databases.shut_down()
    print(json.dumps({"rounds with exactly one winner": state, "people": PEOPLE}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
