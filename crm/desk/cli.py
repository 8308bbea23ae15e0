"""Getting a database ready."""

from datetime import datetime

import click
from flask import current_app
from flask_migrate import upgrade

from crm.clusters import services as clusters
from crm.core import clock
from crm.core.db import unit_of_work
from crm.rates import services as rates
from crm.units import services as units


def load_reference(now: datetime) -> dict[str, int]:
    """Units, clusters and rates of the data files that are not stored yet."""
    del now
    with unit_of_work():
        return {
            "units": units.load_reference(),
            "clusters": clusters.load_reference(),
            "rates": rates.load_reference(),
        }


@click.command("prepare")
@click.option("--demo", "what", flag_value="demo", help="Also load invented leads and the demo accounts.")
@click.option("--empty", "what", flag_value="empty", default=True, help="Reference data only.")
def prepare(what: str) -> None:
    """Migrate the database and load reference data (and demo data). May be run again at any time."""
    upgrade(directory=current_app.extensions["migrate"].directory)
    for name, added in load_reference(clock.now()).items():
        click.echo(f"{name}: {added} added")
    if what == "demo":
        from crm.demo import services as demo

        click.echo(f"demo: {demo.load_demo(clock.now())}")


commands = [prepare]
