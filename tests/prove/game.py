"""Random histories of leads against a small model, on both databases, until the time is over."""

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.game.machine import board_on
from tests.prove.rounds import go_on

AT_ONCE = 10
STEPS = 50


def the_board_agrees(app: Flask, _done: int) -> str | None:
    """No history in which the product and the model differ."""
    kind = "sqlite" if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else "postgres"
    long = settings(
        max_examples=AT_ONCE, stateful_step_count=STEPS, deadline=None, database=None, print_blob=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    try:
        run_state_machine_as_test(board_on(kind), settings=long)
    except Exception as wrong:  # hypothesis has printed the shortest history
        return f"{type(wrong).__name__}: {wrong}"
    return None


if __name__ == "__main__":
    raise SystemExit(go_on("game", "histories in which board and model agree", the_board_agrees, at_once=AT_ONCE, steps=STEPS))
