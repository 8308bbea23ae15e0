"""People of every role, in units."""

import itertools
from datetime import timedelta
from functools import cache

from crm.accounts import queries as accounts
from crm.accounts import services
from crm.accounts.models import User
from crm.core import clock
from crm.core.db import db
from crm.policy.rules import Actor, Role
from crm.units import queries as units
from crm.units.models import Unit
from tests.builders.acting import builder

PASSWORD = "quiet harbour lantern"
# One person of each role, and the two districts that most stories need. They are in every test's database.
USERNAMES = {
    "officer.nanshan": (Role.OFFICER, "SZ-NS"),
    "manager.nanshan": (Role.DISTRICT_MANAGER, "SZ-NS"),
    "officer.baoan": (Role.OFFICER, "SZ-BA"),
    "manager.baoan": (Role.DISTRICT_MANAGER, "SZ-BA"),
    "coordinator": (Role.COORDINATOR, "SZ-TCJ"),
    "leader": (Role.LEADER, "SZ-HQ"),
    "auditor": (Role.AUDITOR, "SZ-TCJ"),
    "sysadmin": (Role.SYSTEM_ADMIN, "SZ-TCJ"),
    "secadmin": (Role.SECURITY_ADMIN, "SZ-TCJ"),
}
_serial = itertools.count(1)


@cache
def _stored_password() -> str:
    return services.hash_password(PASSWORD)


@builder
def a_person(username: str, role: Role, unit: str, *, locale: str = "zh", name: str | None = None) -> User:
    """A person with PASSWORD."""
    user = User(
        username=username,
        name=name or f"测试{username}"[:60],
        role=role,
        unit_id=a_unit(unit).id,
        password_hash=_stored_password(),
        locale=locale,
        created_at=clock.now() - timedelta(days=30),
    )
    db.session.add(user)
    db.session.flush()
    db.session.refresh(user)
    return user


@builder
def people_of_every_role() -> None:
    """Everybody of USERNAMES (in the template of each test's database)."""
    for username, (role, unit) in USERNAMES.items():
        a_person(username, role, unit)


@builder
def an_officer(unit: str = "SZ-NS", role: Role = Role.OFFICER) -> Actor:
    """A new person of a unit, as services see them: an officer unless `role` says otherwise."""
    return a_person(f"{role.value}.{next(_serial)}", role, unit).as_actor()


@builder
def someone(username: str = "officer.nanshan") -> User:
    """The person of a sign-in name."""
    user = accounts.by_username(username)
    assert user is not None, username
    return user


@builder
def actor(username: str = "officer.nanshan") -> Actor:
    """The person of a sign-in name, as services see them."""
    return someone(username).as_actor()


@cache
def signed_in(username: str) -> Actor:
    """A person of the template, read once a process and past the queue of those who write: who races has signed in before, and
    every copy of the template has the same people.
    """
    found = accounts.by_username(username)
    assert found is not None, username
    who = found.as_actor()
    db.session.rollback()
    return who


@builder
def a_unit(code: str = "SZ-NS") -> Unit:
    """The unit of a code."""
    unit = units.by_code(code)
    assert unit is not None, code
    return unit
