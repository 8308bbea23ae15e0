"""Processes that only read, for the one work of an import that keeps a processor busy for a minute: comparing its rows.

They are started for one file and end with it. None writes: what they find is stored by who asked them. When one dies (out of
memory, killed), the work that is left is done by who asked, a little later: nothing is lost, and the log says so.
"""

import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

from flask import Flask, current_app

from crm.brands import queries as brands
from crm.core import clock
from crm.core.db import db
from crm.matching.rules import get_ready

log = logging.getLogger(__name__)
Part = TypeVar("Part")
Found = TypeVar("Found")

MANY = 400  # a file of fewer rows is compared before a process has started
MOST = 4  # processes; each holds the word lists and the trees, about 250 MB
RUBBISH = 50_000  # new objects after which it is looked for
GIVES_WAY = 5  # how much later than a page's they get their turn
_SETTINGS = ("SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_ENGINE_OPTIONS")


def worth(rows: int) -> int:
    """How many processes are worth starting for a file of so many rows: none for a small one, or on one processor."""
    here = len(os.sched_getaffinity(0))
    return min(here, MOST) if rows >= MANY and here > 1 else 0


class Readers:
    """Spreads work over reading processes: call it as `map` is called, with a function of a module and parts that can be
    pickled. With `count` 0 it does the work itself. A context manager: the processes end with it.
    """

    def __init__(self, count: int, *, heard: Callable[[], None] = lambda: None) -> None:
        """`heard` is called after each part: the work goes on."""
        self._heard, self._moment = heard, clock.now()
        self._pool: ProcessPoolExecutor | None = None
        if count:
            settings = {name: current_app.config[name] for name in _SETTINGS if name in current_app.config}
            context = multiprocessing.get_context("spawn")  # who asks has threads, which a fork would take along half-way
            self._pool = ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(settings,))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def __call__(self, function: Callable[[Part], Found], parts: Iterable[Part]) -> Iterator[Found]:
        """What the function finds in each part, in their order. Its own errors are raised here."""
        asked = [(part, self._ask(function, part)) for part in parts]
        for part, future in asked:
            yield self._found(function, part, future)
            self._heard()

    def _ask(self, function: Callable[[Part], Found], part: Part) -> Future[Found] | None:
        if self._pool is None:
            return None
        try:
            return self._pool.submit(_there, function, part, self._moment)
        except (BrokenProcessPool, OSError) as error:
            self._gone(error)
            return None

    def _found(self, function: Callable[[Part], Found], part: Part, future: Future[Found] | None) -> Found:
        if future is not None:
            try:
                return future.result()
            except BrokenProcessPool as error:
                self._gone(error)
        return function(part)

    def _gone(self, error: Exception) -> None:
        if self._pool is not None:
            log.error("a process that compares rows died; the rest is compared here", extra={"error": str(error)})
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


def _begin(settings: dict[str, Any]) -> None:
    """What a reading process starts with: the database, and nothing of the pages."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked ends it
    os.nice(GIVES_WAY)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    app = Flask("crm")
    app.config.from_mapping(settings)
    db.init_app(app)
    app.app_context().push()
    brands.hold_table()
    db.session.remove()
    get_ready()
    gc.collect()
    gc.freeze()  # what is loaded stays: looking for rubbish in it again and again costs a sixth of the work
    gc.set_threshold(RUBBISH)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _there(function: Callable[[Part], Found], part: Part, moment: datetime) -> Found:
    try:
        with clock.fixed(moment):
            return function(part)
    finally:
        db.session.remove()  # no reading stays open between two parts


__all__ = ["MANY", "Readers", "worth"]
