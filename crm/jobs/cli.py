"""The worker and the queue on the command line."""

import click
from flask.cli import AppGroup

from crm.jobs import jobs

group = AppGroup("jobs", help="Background work.")


@group.command("work")
def work() -> None:
    """Work until stopped."""
    jobs.consume()


@group.command("once")
def once() -> None:
    """Do what waits, then stop."""
    click.echo(f"{jobs.work_off()} jobs done")


commands = [group]
