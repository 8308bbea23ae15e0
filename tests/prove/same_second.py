"""Rounds of twenty people registering one firm in the same second, on both databases, until the time is over."""

from flask import Flask

from tests.leads.same_second import PEOPLE, Outcome, run
from tests.prove.rounds import go_on

AT_ONCE = 10


def one_winner_each(app: Flask, _done: int) -> str | None:
    """Every round has exactly one winner."""
    found = run(app, list(range(AT_ONCE)))
    return None if found == Outcome(AT_ONCE, AT_ONCE, AT_ONCE * (PEOPLE - 1)) else str(found)


if __name__ == "__main__":
    raise SystemExit(
        go_on("same_second", "rounds with exactly one winner", one_winner_each, at_once=AT_ONCE, people=PEOPLE)
    )  # fmt: skip
