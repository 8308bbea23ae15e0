"""Rounds of twenty people registering one firm in the same second, on both databases, until the time is over or 10,000 are done."""

from flask import Flask

from tests.leads.same_second import PEOPLE, Outcome, run
from tests.prove.rounds import PATIENCE, go_on, racing
from tests.races import Team

AT_ONCE = 20
FIRMS = range(10, 50)  # invented names that are far from one another
WANTED = 10_000


def one_winner_each(team: Team, app: Flask, done: int) -> str | None:
    """Every round has exactly one winner: one company, one lead, nineteen second reports."""
    first = FIRMS[done % len(FIRMS)]
    found = run(app, list(range(first, first + AT_ONCE)), team, PATIENCE)
    return None if found == Outcome(AT_ONCE, AT_ONCE, AT_ONCE * (PEOPLE - 1)) else str(found)


if __name__ == "__main__":
    raise SystemExit(
        go_on(
            "same_second", "rounds with exactly one winner", racing(one_winner_each, PEOPLE), at_once=AT_ONCE, wanted=WANTED,
            people=PEOPLE,
        )
    )  # fmt: skip
