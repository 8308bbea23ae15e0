"""Processes that only read, for work that keeps a processor busy for a minute: an import compares its rows, a sweep everything.

They are started for one such work and end with it. None writes: what they find is stored by who asked them. When one dies (out
of memory, killed), the work that is left is done by who asked, a little later: nothing is lost, and the log says so.
"""

import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from flask import Flask, current_app

from crm.core import clock
from crm.core.db import db

log = logging.getLogger(__name__)
Part = TypeVar("Part")
Found = TypeVar("Found")

MOST = 4  # processes; each holds the word lists and the trees, about 250 MB
HEARD_EVERY = 5.0  # seconds of waiting for one part
AHEAD = 2  # parts that a process has before it: one at work, one next
RUBBISH = 50_000  # new objects after which it is looked for
GIVES_WAY = 5  # how much later than a page's they get their turn
_SETTINGS = ("SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_ENGINE_OPTIONS")


def processors() -> int:
    """How many processors this process may use, at most as many as are worth a process."""
    return min(len(os.sched_getaffinity(0)), MOST)


class Readers:
    """Spreads work over reading processes: call it as `map` is called, with a function of a module and parts that can be
    pickled. With `count` 0 it does the work itself. A context manager: the processes end with it.
    """

    def __init__(
        self,
        count: int,
        *,
        ready: Sequence[Callable[[], None]] = (),
        heard: Callable[[], None] = lambda: None,
        helps: bool = False,
    ) -> None:
        """`ready`: functions of modules that each process calls before its first part. `heard` is called after each part, and now
        and then while a long one is waited for: the work goes on. `helps`: while all processes are busy, who asks does a part
        itself.
        """
        self._heard, self._moment, self._count, self._helps = heard, clock.now(), count, helps
        self._pool: ProcessPoolExecutor | None = None
        if count:
            settings = {name: current_app.config[name] for name in _SETTINGS if name in current_app.config}
            context = multiprocessing.get_context("spawn")  # who asks has threads, which a fork would take along half-way
            begin = (settings, tuple(ready))
            self._pool = ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=begin)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def __call__(
        self, function: Callable[[Part], Found], parts: Iterable[Part], *, here: Callable[[Part], Found] | None = None
    ) -> Iterator[Found]:
        """What the function finds in each part, in their order. Its own errors are raised here. Parts are taken as they can be
        worked at: a few are held at a time. `here`: what finds the same in a part that is done by who asks, if not the function.
        """
        asked: deque[Callable[[], Found]] = deque()
        busy: set[Future[Found]] = set()
        for part in parts:
            busy = {future for future in busy if not future.done()}
            while asked and len(busy) >= AHEAD * self._count and not self._helps:
                yield self._next(asked)
                busy = {future for future in busy if not future.done()}
            future = self._ask(function, part) if len(busy) < AHEAD * self._count else None
            if future is not None:
                busy.add(future)
                asked.append(partial(self._found, function, part, future))
            else:
                asked.append(partial(_as_is, (here or function)(part)))
            while len(asked) > AHEAD * self._count:
                yield self._next(asked)
        while asked:
            yield self._next(asked)

    def beside(self, function: Callable[[Part], Found], part: Part) -> Callable[[], Found] | None:
        """Have a process, which is started if need be, work at one part from now on; ask the answer for what it finds. None where
        there is no process.
        """
        future = self._ask(function, part)
        return None if future is None else partial(self._found, function, part, future)

    def _next(self, asked: deque[Callable[[], Found]]) -> Found:
        found = asked.popleft()()
        self._heard()
        return found

    def _ask(self, function: Callable[[Part], Found], part: Part) -> Future[Found] | None:
        if self._pool is None:
            return None
        try:
            return self._pool.submit(_there, function, part, self._moment)
        except (BrokenProcessPool, OSError) as error:
            self._gone(error)
            return None

    def _found(self, function: Callable[[Part], Found], part: Part, future: Future[Found]) -> Found:
        try:
            while not wait((future,), timeout=HEARD_EVERY).done:
                self._heard()
            return future.result()
        except BrokenProcessPool as error:
            self._gone(error)
        return function(part)

    def _gone(self, error: Exception) -> None:
        if self._pool is not None:
            log.error("a reading process died; the rest is done here", extra={"error": str(error)})
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


def _as_is(found: Found) -> Found:
    return found


def _begin(settings: dict[str, Any], ready: Sequence[Callable[[], None]]) -> None:
    """What a reading process starts with: the database, and nothing of the pages."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked ends it
    os.nice(GIVES_WAY)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    app = Flask("crm")
    app.config.from_mapping(settings)
    db.init_app(app)
    app.app_context().push()
    for prepare in ready:
        prepare()
    db.session.remove()
    _hold()


def _hold() -> None:
    """What is loaded stays: looking for rubbish in it again and again costs a sixth of such work."""
    gc.freeze()
    gc.set_threshold(RUBBISH)


@contextmanager
def held() -> Iterator[None]:
    """What this process has loaded is not looked through for rubbish while the work goes on."""
    before = gc.get_threshold()
    _hold()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


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


__all__ = ["Readers", "held", "processors"]
