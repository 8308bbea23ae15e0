"""The command line's door: what is wrong with the database is told in one sentence, as on a page, never as a traceback."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from crm.core import schema
from crm.core.db import db


class NoDatabase(click.ClickException):
    """The database is not there, or not as this release wants it; exit code 2, as for all bad input."""

    exit_code = 2


def at_the_door(command: click.Command) -> click.Command:
    """The command, and those below it, with failures of the database and what is no text told so; may be called more often."""
    if isinstance(command, click.Group):
        for below in command.commands.values():
            at_the_door(below)
    elif command.callback is not None and not hasattr(command.callback, "tells"):
        command.callback = _telling(command.callback)
    return command


def _telling(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def told(*arguments: Any, **named: Any) -> Any:
        _refuse_broken_text(named)
        try:
            return callback(*arguments, **named)
        except DBAPIError as error:
            sentence = _what_is_wrong(error)
            if sentence is None:
                raise
            raise NoDatabase(sentence) from None

    told.tells = True  # type: ignore[attr-defined]
    return told


def _refuse_broken_text(named: dict[str, Any]) -> None:
    """What was typed in another encoding than UTF-8 is no text that could be stored or looked for; a file may be called so."""
    for name, value in named.items():
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, str) and not _readable(one):
                raise click.UsageError(f"{name.replace('_', '-')} is not UTF-8: {one!r}")


def _readable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _what_is_wrong(error: DBAPIError) -> str | None:
    """None when the database is well: then the fault is the program's, and the log wants all of it."""
    db.session.remove()
    where = db.engine.url.render_as_string(hide_password=True)
    match schema.state():
        case schema.State.UNAVAILABLE:
            said = next(iter(str(error.orig).strip().splitlines()), "no answer")
            return f"the database {where} does not answer: {said}"
        case schema.State.NOT_MIGRATED:
            return f"the database {where} is not laid out for this release; type: flask --app wsgi prepare"
    return None
