"""Races between real processes: N of them, one database, one starting gun.

    def change(app, number): ...            # at the top of a test module: the processes import it
    answers = race(change, 16, app)         # [Answer(value=…, error=None, seconds=…), …] in the order of `number`

Each process has an app of its own on the test's database and runs `function(app, number, *arguments)` once all are ready. They are
forked off a server that has imported the product, so that sixteen of them are there in a second.
"""

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
    facts = _facts(app)
    gun = _context.Barrier(count)
    pipes, processes = [], []
    for number in range(count):
        ours, theirs = _context.Pipe(duplex=False)
        process = _context.Process(target=_run, args=(function, facts, number, gun, theirs, arguments), daemon=True)
        with _no_main():
            process.start()
        theirs.close()
        pipes.append(ours)
        processes.append(process)
    try:
        answers = [_heard(pipe, time.monotonic() + timeout) for pipe in pipes]
    finally:
        for process in processes:
            process.join(5)
            if process.is_alive():
                process.kill()
                process.join()
    if lives:
        dead = [n for n, answer in enumerate(answers) if answer.error == "died"]
        assert not dead, f"processes {dead} of {count} died or hung"
    return answers


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
    except EOFError:
        pass
    finally:
        pipe.close()
    return Answer(error="died")


def an_app(facts: dict[str, Any]) -> Flask:
    """An app of this process on the test's database."""
    from config import TestConfig
    from crm.app import create_app

    app = create_app(type("RaceConfig", (TestConfig,), facts))
    databases.use(app)
    return app


def _run(
    function: Callable[..., Any], facts: dict[str, Any], number: int, gun: Any, pipe: Any, arguments: tuple[Any, ...]
) -> None:
    with open(os.devnull, "w") as quiet:
        os.dup2(quiet.fileno(), 2)
    try:
        app = an_app(facts)
        with app.app_context():
            from crm.core.db import db

            db.session.connection()  # open before the gun, so that the race is about the work
            db.session.remove()
        gun.wait(60)
        start = time.monotonic()
        try:
            value = function(app, number, *arguments)
            answer = Answer(value, seconds=time.monotonic() - start)
        except Exception as error:
            answer = Answer(None, type(error).__name__, traceback.format_exc(), time.monotonic() - start)
        pipe.send(answer)
        databases.release(app)
    except BaseException:
        with suppress(Exception):
            gun.abort()
        with suppress(Exception):
            pipe.send(Answer(None, "BrokenStart", traceback.format_exc()))
    finally:
        with suppress(Exception):
            pipe.close()
        os._exit(0)
