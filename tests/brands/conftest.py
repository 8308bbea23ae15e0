"""Acts of an administrator, and what a typed name finds."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from crm.brands import services
from crm.brands.services import NewNames
from crm.companies import queries as companies
from crm.core import clock
from crm.core.db import unit_of_work
from crm.matching.rules import Subject, brands
from tests.builders import actor

Act = Callable[..., Any]


@pytest.fixture(autouse=True)
def shipped_again() -> Iterator[None]:
    """No other test judges by what an office said in this one."""
    yield
    brands.use(None)


@pytest.fixture
def act(app: Flask) -> Act:
    """`act("retire_name", "bosch", "博世")`: a verb of the room, done and stored by the administrator."""

    def do(verb: str, *args: Any, by: str = "sysadmin", reason: str = "试", **how: Any) -> Any:
        facts = how if verb.startswith("add") else {"reason": reason, **how}
        with app.app_context(), unit_of_work():
            done = getattr(services, verb)(*args, actor=actor(by), now=clock.now(), **facts)
            return getattr(done, "code", None)

    return do


@pytest.fixture
def valdora(act: Act) -> str:
    """An invented brand in three scripts; its slug."""
    return str(act("add_brand", NewNames(("青梧", "Valdora", "발도라"), "企业官网")))


@pytest.fixture
def hits(app: Flask) -> Callable[[str], dict[str, str]]:
    """`hits("Valdora")`: {company: verdict}, in the order they are shown."""

    def ask(typed: str) -> dict[str, str]:
        with app.app_context():
            found = companies.hits_for_each({0: Subject((typed,))})[0]
            return {hit.company.name: hit.judgement.verdict.value for hit in found}

    return ask
