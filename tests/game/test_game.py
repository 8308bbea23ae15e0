"""A few random histories in every run; `python3 dev.py prove game` plays on for as long as one likes."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests import databases
from tests.game.machine import board_on

EXAMPLES = {"sqlite": 8, "postgres": 4}


def test_the_board_agrees_with_the_model(database_kind):
    bounded = settings(
        max_examples=EXAMPLES[database_kind], stateful_step_count=18, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    try:
        run_state_machine_as_test(board_on(database_kind), settings=bounded)
    finally:
        databases.leave()
