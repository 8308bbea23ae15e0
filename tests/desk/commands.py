"""Running the product's commands as `flask --app wsgi …` runs them."""

from pathlib import Path

from click.testing import Result
from flask import Flask
from flask.cli import FlaskGroup


def flask(app: Flask, *words: str | Path) -> Result:
    """`flask …` on the test's app."""
    return app.test_cli_runner().invoke(FlaskGroup(load_dotenv=False), args=[str(word) for word in words])
