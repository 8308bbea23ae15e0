"""Random graphs of companies and leads, merged in chains and unmerged in any order, on both databases, until the time is over or
1,000 of each have come back as they were.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("INSTANCE_PATH", os.path.join(tempfile.gettempdir(), f"one-board-prove-{os.getuid()}"))

from tests import databases
from tests.merging.graphs import round_trip

STATE = Path(__file__).resolve().parents[2] / "build" / "prove" / "unmerge.json"
WANTED = 1_000
AT_ONCE = 5


def main() -> int:
    """Go on where the last run stopped; exit 1 on the first graph that does not come back as it was."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=5)
    until = time.monotonic() + 60 * parser.parse_args().minutes
    state = json.loads(STATE.read_text("utf-8")) if STATE.exists() else dict.fromkeys(databases.KINDS, 0)
    STATE.parent.mkdir(parents=True, exist_ok=True)
    try:
        while time.monotonic() < until and min(state.values()) < WANTED:
            for kind in databases.KINDS:
                app = databases.fresh(kind)
                with app.app_context():
                    for seed in range(state[kind], state[kind] + AT_ONCE):
                        if found := round_trip(seed, shuffled=seed % 2 == 1):
                            print(f"{kind}, graph {seed}: {found}")
                            return 1
                databases.release(app)
                state[kind] += AT_ONCE
                STATE.write_text(json.dumps(state), "utf-8")
    finally:
        databases.shut_down()
    print(json.dumps({"graphs that came back as they were": state, "wanted": WANTED}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
