"""Random graphs of companies and leads, merged in chains and unmerged in any order, on both databases, until the time is over or
1,000 of each have come back as they were.
"""

from flask import Flask

from tests.merging.graphs import round_trip
from tests.prove.rounds import go_on

WANTED = 1_000
AT_ONCE = 5


def they_come_back(app: Flask, done: int) -> str | None:
    """The dump after is the dump before."""
    with app.app_context():
        for seed in range(done, done + AT_ONCE):
            if found := round_trip(seed, shuffled=seed % 2 == 1):
                return f"graph {seed} differs in {', '.join(found)}: {str(found)[:2000]}"
    return None


if __name__ == "__main__":
    raise SystemExit(
        go_on("unmerge", "graphs that came back as they were", they_come_back, at_once=AT_ONCE, wanted=WANTED)
    )  # fmt: skip
