"""Races between real processes: N of them, one database, one starting gun.

    def change(app, number): ...            # at the top of a test module: the processes import it
    answers = race(change, 16, app)         # [Answer(value=…, error=None, seconds=…), …] in the order of `number`

Each process has an app of its own on the test's database and runs `function(app, number, *arguments)` once all are ready. They are
forked off a server that has imported the product. Starting twenty costs more than a race of theirs, so they are a `Team`: the same
processes again and again, which meet at the gun before each race and let go of the database after it.
"""

import atexit
import multiprocessing
import os
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from flask import Flask

from tests import databases

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.race_start"])


@dataclass(frozen=True)
class Answer:
    """What one process says: a value, or the name and words of its exception."""

    value: Any = None
    error: str | None = None
    trace: str = ""
    seconds: float = 0.0


def race(
    function: Callable[..., Any], count: int, app: Flask, *arguments: Any, timeout: float = 90, lives: bool = True,
    keep: bool = False,
) -> list[Answer]:  # fmt: skip
    """Run `function` in `count` processes at once; their answers. AssertionError when one dies or hangs (unless `lives` is False:
    then its answer has the error "died"). `keep`: this process keeps its connections and the transaction it is in.
    """
    if not keep:
        databases.release(app)
    if not lives:  # who is to die is nobody's team mate
        team = Team(count, app)
        try:
            return team.race(function, *arguments, timeout=timeout, lives=False)
        finally:
            team.end()
    team = _standing[0] if _standing and len(_standing[0].pipes) >= count else _new_standing(max(count, MANY), app)
    try:
        team.facts = _facts(app)
        answers = team.race(function, *arguments, timeout=timeout, count=count)
        team.rest()
    except BaseException:
        _send_home()  # somebody hangs, or is in the middle of something
        raise
    return answers


MANY = 20
_standing: list["Team"] = []


def _new_standing(count: int, app: Flask) -> "Team":
    if not _standing:
        atexit.register(_send_home)
    _send_home()
    _standing.append(Team(count, app))
    return _standing[0]


def _send_home() -> None:
    while _standing:
        _standing.pop().end()


class Team:
    """`count` processes that stay, each with an app of its own on the app's database: `race(…)` as often as one likes, `rest()`
    before the database is made anew under the same address, `end()`.
    """

    def __init__(self, count: int, app: Flask) -> None:
        self.facts, self.gun = _facts(app), _context.Barrier(count)  # its semaphores live as long as it does
        self.pipes, self.processes = [], []
        for number in range(count):
            ours, theirs = _context.Pipe()
            process = _context.Process(target=_stay, args=(number, self.gun, theirs), daemon=True)
            with _no_main():
                process.start()
            theirs.close()
            self.pipes.append(ours)
            self.processes.append(process)

    def race(
        self, function: Callable[..., Any], *arguments: Any, timeout: float = 90, lives: bool = True, count: int | None = None
    ) -> list[Answer]:
        """Everybody, or the first `count`, run `function(app, number, *arguments)` at once; their answers, as `race` gives them."""
        until = time.monotonic() + timeout
        for number, pipe in enumerate(self.pipes):
            runs = count is None or number < count
            pipe.send((self.facts, function if runs else _watch, arguments if runs else ()))
        answers = [_heard(pipe, until) for pipe in self.pipes]
        if lives:
            dead = [n for n, answer in enumerate(answers) if answer.error == "died"]
            assert not dead, f"processes {dead} of {len(answers)} died or hung"
        return answers[:count]

    def rest(self) -> None:
        """Everybody closes their connections, and forgets what a door may have left."""
        values(self.race(_let_go))

    def end(self) -> None:
        """Everybody goes home; who hangs is stopped."""
        for pipe in self.pipes:
            with suppress(OSError):
                pipe.send(None)
            pipe.close()
        for process in self.processes:
            process.join(5)
            if process.is_alive():
                process.kill()
                process.join()


@contextmanager
def _no_main() -> Iterator[None]:
    """Keep the new process from running pytest's own start once more."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def values(answers: list[Answer]) -> list[Any]:
    """The values; AssertionError with the first trace when somebody failed."""
    failed = [answer for answer in answers if answer.error]
    assert not failed, f"{len(failed)} of {len(answers)} failed; the first:\n{failed[0].trace or failed[0].error}"
    return [answer.value for answer in answers]


def errors(answers: list[Answer]) -> dict[str, int]:
    """How often each error came."""
    counted: dict[str, int] = {}
    for answer in answers:
        if answer.error:
            counted[answer.error] = counted.get(answer.error, 0) + 1
    return counted


def _facts(app: Flask) -> dict[str, Any]:
    names = ("SQLALCHEMY_DATABASE_URI", "FILES_PATH", "QUEUE_PATH")
    return {name: app.config[name] for name in names}


def _heard(pipe: Any, until: float) -> Answer:
    try:
        if pipe.poll(max(0.0, until - time.monotonic())):
            answer: Answer = pipe.recv()
            return answer
    except (EOFError, OSError):
        pass
    return Answer(error="died")


def an_app(facts: dict[str, Any]) -> Flask:
    """An app of this process on the test's database."""
    from config import TestConfig
    from crm.app import create_app

    return create_app(type("RaceConfig", (TestConfig,), facts))


def _watch(_apps: dict[str, Flask], _number: int) -> None:
    """Waits at the gun with the others, and does nothing."""


def _let_go(apps: dict[str, Flask], _number: int) -> None:
    from crm.matching.rules import brands

    for app in apps.values():
        databases.release(app)
    brands.use(None)


def _stay(number: int, gun: Any, pipe: Any) -> None:
    """The life of one process: race after race until nothing more is asked."""
    with open(os.devnull, "w") as quiet:
        os.dup2(quiet.fileno(), 2)
    apps: dict[str, Flask] = {}
    try:
        while (asked := pipe.recv()) is not None:
            pipe.send(_run(apps, number, gun, *asked))
        _let_go(apps, number)
    except BaseException:
        with suppress(Exception):
            gun.abort()
        with suppress(Exception):
            pipe.send(Answer(None, "BrokenStart", traceback.format_exc()))
    finally:
        with suppress(Exception):
            pipe.close()
        os._exit(0)


def _run(
    apps: dict[str, Flask], number: int, gun: Any, facts: dict[str, Any], function: Callable[..., Any], arguments: tuple[Any, ...]
) -> Answer:
    runs_with: Any = apps
    if function not in (_watch, _let_go):
        where = facts["SQLALCHEMY_DATABASE_URI"]
        if where not in apps:
            apps[where] = an_app(facts)
        runs_with = apps[where]
        databases.use(runs_with)
        with runs_with.app_context():
            from crm.core.db import db

            db.session.connection()  # open before the gun, so that the race is about the work
            db.session.remove()
    gun.wait(60)
    start = time.monotonic()
    try:
        return Answer(function(runs_with, number, *arguments), seconds=time.monotonic() - start)
    except Exception as error:
        return Answer(None, type(error).__name__, traceback.format_exc(), time.monotonic() - start)
