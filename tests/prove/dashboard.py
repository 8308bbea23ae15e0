"""Random cities and random questions: every figure of every dashboard is what its list holds, on both databases."""

import random

from flask import Flask

from tests.dashboard.stories import every_figure_agrees, random_city
from tests.prove.rounds import go_on

QUESTIONS = 100


def every_figure_is_its_list(app: Flask, done: int) -> str | None:
    """No figure in `QUESTIONS` questions that differs from its list."""
    dice = random.Random(f"{app.config['SQLALCHEMY_DATABASE_URI'][:8]}{done}")
    with app.app_context():
        random_city(dice, size=60)
        wrong = every_figure_agrees(dice, QUESTIONS)
    return "\n".join(wrong[:5]) or None


if __name__ == "__main__":
    raise SystemExit(
        go_on("dashboard", "questions whose figures are their lists", every_figure_is_its_list, at_once=QUESTIONS, steps=1)
    )
