"""Getting a database ready, and taking the demo away again."""

import click
from flask import current_app
from flask.cli import AppGroup
from flask_migrate import upgrade

from crm.claims import services as claims
from crm.clusters import services as clusters
from crm.core import clock
from crm.core.db import unit_of_work
from crm.demo import services
from crm.rates import services as rates
from crm.units import services as units

group = AppGroup("demo", help="Invented data.")


def load_reference() -> dict[str, int]:
    """Units, clusters, rates and protection rules of the data files that are not stored yet."""
    with unit_of_work():
        return {
            "units": units.load_reference(),
            "clusters": clusters.load_reference(),
            "rates": rates.load_reference(),
            "protection rules": claims.load_reference(),
        }


@click.command("prepare")
@click.option("--demo", "what", flag_value="demo", help="Also load invented leads and the demo accounts.")
@click.option("--empty", "what", flag_value="empty", default=True, help="Reference data only.")
def prepare(what: str) -> None:
    """Migrate the database and load reference data (and demo data). May be run again at any time."""
    upgrade(directory=current_app.extensions["migrate"].directory)
    for name, added in load_reference().items():
        click.echo(f"{name}: {added} added")
    if what == "demo":
        click.echo(f"demo: {services.load_demo(clock.now(), root=current_app.config['FILES_PATH'])}")


@group.command("remove")
def remove() -> None:
    """Remove invented leads and companies and close the demo accounts."""
    click.echo(f"{services.remove_demo(clock.now())} leads removed")


commands = [prepare, group]
