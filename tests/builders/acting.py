"""Where a builder works: in the test's app, inside one unit of work."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import has_app_context

from crm.core.db import db, unit_of_work
from tests import databases

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def at_work() -> Iterator[None]:
    """The test's app context and a unit of work, each opened only when none is open."""
    with ExitStack() as stack:
        if not has_app_context():
            stack.enter_context(databases.current_app().app_context())
        if not db.session().info.get("inside"):
            stack.enter_context(unit_of_work())
        yield


def builder(function: Callable[P, R]) -> Callable[P, R]:
    """Run the function `at_work`."""

    @wraps(function)
    def built(*args: P.args, **kwargs: P.kwargs) -> R:
        with at_work():
            return function(*args, **kwargs)

    return built
