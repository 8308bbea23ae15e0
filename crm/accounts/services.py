"""Signing in, accounts and passwords."""

from collections.abc import Callable
from datetime import date, datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import case, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from crm.accounts import queries
from crm.accounts.models import Guess, LoginLink, Membership, User
from crm.accounts.rules import (
    GUESSES,
    GUESSES_PER_ADDRESS,
    LINK_LIVES,
    WINDOW,
    Account,
    MemberAlready,
    NoTaskForce,
    check_identity,
    check_last_day,
    check_password,
    write_memberships,
)
from crm.audit import services as audit
from crm.core import clock, ids
from crm.core.db import db, is_sqlite, lock_key
from crm.core.errors import AlreadyDone, NotFound, Refusal, Throttled
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, Role
from crm.units import queries as unit_queries
from crm.units import services as units
from crm.units.models import Unit
from crm.units.rules import UnitKind

_notify: list[Callable[..., int]] = []
_when_moved: list[Callable[[User, Actor, datetime], None]] = []

# OWASP's floor for argon2id (19 MiB, 2 passes, 1 lane): 26 ms here, so that sign-in is not a way to fill memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash("nobody has this password")


class WrongPassword(Refusal):
    """Name and password do not belong together, or the account is closed: the answer is the same."""

    code = "wrong_password"
    status = 422


class NameTaken(Refusal):
    """Another person signs in under this name."""

    code = "username_taken"


class LastAdministrator(Refusal):
    """Nobody else could open accounts: without this one the city's way back is the command line of the machine."""

    code = "last_administrator"


class StillLeads(Refusal):
    """Nobody takes what they have in charge to another unit: it is handed to a colleague before. `facts`: count."""

    code = "user_leads"


class DeadLink(NotFound):
    """A one-time link that is unknown, used, too old, replaced by a newer one, or of a closed account: the answer is the same."""


def reserve_guess(username: str, address: str, *, now: datetime) -> None:
    """Spend one guess on this name and this address, before any password is hashed; raises Throttled when none is left.

    One atomic statement each: counting after the check lets parallel guesses slip past (reliability study, M7).
    """
    _spend(f"name:{username.strip().casefold()[:60]}", GUESSES, now)
    _spend(f"addr:{address[:60]}", GUESSES_PER_ADDRESS, now)


def _spend(key: str, limit: int, now: datetime) -> None:
    insert = (sqlite if is_sqlite() else postgresql).insert(Guess)
    over = Guess.window_start < now - WINDOW
    statement = (
        insert.values(key=key, window_start=now, spent=1)
        .on_conflict_do_update(
            index_elements=[Guess.key],
            set_={
                "spent": case((over, 1), else_=Guess.spent + 1),
                "window_start": case((over, now), else_=Guess.window_start),
            },
            where=over | (Guess.spent < limit),
        )
        .returning(Guess.spent)
    )
    if db.session.execute(statement).first() is None:
        raise Throttled(seconds=int(WINDOW.total_seconds()))


def check_credentials(username: str, password: str) -> int | None:
    """The id of the active person whom name and password belong to. Costs the same time for an unknown name."""
    user = queries.by_username(username)
    stored = user.password_hash if user and user.password_hash else _NOBODY
    try:
        _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return None
    return user.id if user and user.is_active and user.password_hash else None


def note_sign_in(user_id: int, address: str, *, now: datetime) -> User:
    """The person is in: give the guesses back, note the time."""
    user = db.session.get_one(User, user_id)
    user.last_sign_in_at = now
    db.session.execute(delete(Guess).where(Guess.key == f"name:{user.username}"))
    audit.record("account.signed_in", subject=("user", user), facts={"address": address}, actor=user.as_actor(), now=now)
    return user


def note_refused_sign_in(username: str, address: str, *, now: datetime) -> None:
    """Somebody failed to sign in."""
    audit.record(
        "account.sign_in_refused", subject=None, facts={"username": username[:60], "address": address}, actor=None, now=now
    )


def create_user(
    *, username: str, name: str, role: Role, unit: Unit, actor: Actor | None, now: datetime, locale: str = "zh"
) -> tuple[User, str]:
    """A new person without a password, and the one-time link token with which they set one. Raises NameTaken, BadIdentity."""
    username = username.strip().casefold()
    check_identity(username, name)
    lock_key(f"username:{username}")
    if queries.by_username(username) is not None:
        raise NameTaken(username=username)
    user = User(username=username, name=name, role=role, unit_id=unit.id, created_at=now, locale=locale)
    db.session.add(user)
    db.session.flush()
    facts = {"username": username, "role": role.value, "unit": unit.code}
    audit.record("account.created", subject=("user", user), facts=facts, actor=actor, now=now)
    return user, make_link(user, now=now)


def make_link(user: User, *, now: datetime) -> str:
    """A token for a link that sets the password once, valid two days; earlier links of the person die."""
    db.session.execute(delete(LoginLink).where(LoginLink.user_id == user.id))
    token = ids.new_secret()
    db.session.add(LoginLink(token_digest=ids.digest(token), user_id=user.id, expires_at=now + LINK_LIVES))
    return token


def reset_user(user: User, *, actor: Actor | None, now: datetime) -> str:
    """Take the password away and give a one-time link instead; the door ends the sessions."""
    user.password_hash = None
    audit.record("account.reset", subject=("user", user), actor=actor, now=now)
    return make_link(user, now=now)


def whose_link(token: str, *, now: datetime) -> User:
    """The person whose password a one-time link sets. Raises DeadLink."""
    return _live(token, now, lock=False)[1]


def use_link(token: str, password: str, *, now: datetime) -> User:
    """Set a password by a one-time link. Raises DeadLink, BadPassword."""
    link, user = _live(token, now, lock=True)
    set_password(user, password, actor=None, now=now)
    link.used_at = now
    return user


def _live(token: str, now: datetime, *, lock: bool) -> tuple[LoginLink, User]:
    found = select(LoginLink).where(LoginLink.token_digest == ids.digest(token))
    link = db.session.scalar(found.with_for_update() if lock else found)
    if link is None or link.used_at is not None or link.expires_at < now:
        raise DeadLink
    user = db.session.get_one(User, link.user_id)
    if user.disabled_at is not None:
        raise DeadLink
    return link, user


def change_password(user: User, old: str, new: str, *, actor: Actor, now: datetime) -> None:
    """The person changes their own password; raises WrongPassword when the old one is not theirs."""
    if check_credentials(user.username, old) != user.id:
        raise WrongPassword
    set_password(user, new, actor=actor, now=now)
    db.session.execute(delete(Guess).where(Guess.key == f"name:{user.username}"))


def set_password(user: User, password: str, *, actor: Actor | None, now: datetime) -> None:
    """Store a new password; raises BadPassword with the rule that it breaks."""
    check_password(password, Account(user.username, user.name))
    user.password_hash = _hasher.hash(password)
    user.must_change_password = False
    audit.record("account.password_set", subject=("user", user), actor=actor, now=now)


def disable_user(user: User, *, actor: Actor | None, now: datetime) -> None:
    """Close an account; live sessions end with their next request. Who is to hand on what stays with that name hears how much
    it is. Raises LastAdministrator, AlreadyDone.
    """
    if user.disabled_at is not None:
        raise AlreadyDone
    _leave_one(user)
    user.disabled_at = now
    left = queries.left_of(user)
    audit.record("account.disabled", subject=("user", user), facts=dict(left), actor=actor, now=now)
    if left:
        facts = {"unit": user.unit.zh, "person": user.name, "owner": user.id} | _three(left, "leads", "steps")
        heirs = {other.id for other in queries.heirs_of(user)}
        _notify[0](heirs, "account.closed", subject=None, facts=facts, actor=actor, now=now)


def _three(left: dict[str, int], *named: str) -> dict[str, int]:
    """What a sentence says of a long list: two numbers by name, the others as one."""
    return {what: left.get(what, 0) for what in named} | {"rest": sum(n for what, n in left.items() if what not in named)}


def enable_user(user: User, *, actor: Actor | None, now: datetime) -> None:
    """Open a closed account again."""
    if user.disabled_at is None:
        raise AlreadyDone
    user.disabled_at = None
    audit.record("account.enabled", subject=("user", user), actor=actor, now=now)


def when_moved(act: Callable[[User, Actor, datetime], None]) -> None:
    """Do something, or refuse, whenever a person goes to another unit: rooms above tie people and units too."""
    _when_moved.append(act)


def change_user(user: User, *, name: str, unit: Unit, actor: Actor, now: datetime) -> None:
    """Another name or another unit for the same person; what they registered stays theirs. Whoever goes ends what tied them to
    the old unit; the door ends the sessions. Raises BadIdentity, and what the rooms above refuse with (StillLeads).
    """
    check_identity(user.username, name)
    if name != user.name:
        audit.record("account.renamed", subject=("user", user), facts={"old": user.name, "new": name}, actor=actor, now=now)
        user.name = name
    if unit.id == user.unit_id:
        return
    for act in _when_moved:
        act(user, actor, now)
    for row in queries.memberships_of(user.id):
        if row.unit_id == unit.id:
            leave_task_force(row, actor=actor, now=now)
    facts = {"old": user.unit.code, "new": unit.code}
    user.unit_id = unit.id
    db.session.flush()
    db.session.refresh(user)
    audit.record("account.moved", subject=("user", user), facts=facts, actor=actor, now=now)


def grant_role(user: User, role: Role, *, actor: Actor, now: datetime) -> None:
    """Give a person another role; one role at a time keeps the three administrators apart. Nobody grants to himself.
    Raises LastAdministrator.
    """
    if user.id == actor.user_id:
        raise Refusal("own_role")
    if role != Role.SYSTEM_ADMIN:
        _leave_one(user)
    old, user.role = user.role, role
    audit.record("account.role_granted", subject=("user", user), facts={"old": old, "new": role.value}, actor=actor, now=now)


def _leave_one(user: User) -> None:
    """The lock: two administrators who close each other's accounts at one moment."""
    if user.role != Role.SYSTEM_ADMIN or user.disabled_at is not None:
        return
    lock_key("last administrator")
    if not [other for other in queries.of_role(Role.SYSTEM_ADMIN) if other.id != user.id and other.password_hash]:
        raise LastAdministrator


def join_task_force(unit: Unit, user: User, until: date, *, actor: Actor, now: datetime) -> Membership:
    """Let somebody work in a task force besides their own unit, until a day: what is shared with it reaches them. Raises
    NoTaskForce, BadLastDay, MemberAlready (end that first).
    """
    today = clock.city_day(now)
    works = user.is_active and user.role in WORKS_IN_A_UNIT and user.unit_id != unit.id
    if unit.kind != UnitKind.TASK_FORCE or unit.retired_on is not None or not works:
        raise NoTaskForce
    check_last_day(until, today)
    db.session.refresh(user, with_for_update=True)
    for row in queries.memberships_of(user.id):
        if row.unit_id != unit.id:
            continue
        if row.until >= today:
            raise MemberAlready
        row.ended_by_id, row.ended_at = actor.user_id, now  # it ran out, and nobody has noted that yet
    db.session.flush()
    row = Membership(unit_id=unit.id, user_id=user.id, until=until, added_by_id=actor.user_id, added_at=now)
    db.session.add(row)
    _note_memberships(user)
    facts = {"unit": unit.code, "until": until.isoformat()}
    audit.record("account.task_force_joined", subject=("user", user), facts=facts, actor=actor, now=now)
    _tell_force("joined", "member", row, actor=actor, now=now)
    return row


def leave_task_force(member: Membership, *, actor: Actor, now: datetime) -> None:
    """End a membership: the next request of the person sees what was shared with the task force no more. Raises AlreadyDone."""
    _end(member, actor, now)
    _tell_force("left", "gone", member, actor=actor, now=now)


def _end(member: Membership, actor: Actor, now: datetime) -> None:
    if member.ended_at is not None:
        raise AlreadyDone
    member.ended_by_id, member.ended_at = actor.user_id, now
    _note_memberships(member.user)
    facts = {"unit": member.unit.code}
    audit.record("account.task_force_left", subject=("user", member.user), facts=facts, actor=actor, now=now)


def _dissolve(unit: Unit, actor: Actor, now: datetime) -> None:
    """A task force is no more: nobody is in it. Who was, and their managers, hear that once, and not of one another's leaving."""
    if unit.kind != UnitKind.TASK_FORCE:
        return
    members = queries.members_of(unit.id)
    paths = [unit.path, *(member.user.unit.path for member in members)]
    people = {user.id for user in [*queries.managers_of(*paths), *queries.active_in([unit.id])]}
    for member in members:
        _end(member, actor, now)
    told = people | {member.user_id for member in members}
    _notify[0](told, "force.over", subject=None, facts={"to": unit.zh}, actor=actor, now=now)


def _tell_retired(unit: Unit, actor: Actor, now: datetime) -> None:
    """Whoever manages the unit, and the coordinators who may give its leads to another one, hear what still hangs on it."""
    hanging = unit_queries.hanging_on(unit)
    if unit.kind == UnitKind.TASK_FORCE or not hanging:
        return
    told = {user.id for user in [*queries.managers_of(unit.path), *queries.coordinators()]}
    facts = {"to": unit.zh} | _three(hanging, "leads", "people")
    _notify[0](told, "unit.retired", subject=None, facts=facts, actor=actor, now=now)


units.when_retired(_dissolve)
units.when_retired(_tell_retired)


def tell_with(notify: Callable[..., int]) -> None:
    """Say how people are told of something (crm.notifications does): accounts lie below messages and do not know them."""
    _notify[:] = [notify]


def _tell_force(theirs: str, others: str, member: Membership, *, actor: Actor, now: datetime) -> None:
    """Tell the person that they joined or left; their unit's managers, who lead the task force and who works in it, who did."""
    user, unit = db.session.get_one(User, member.user_id), db.session.get_one(Unit, member.unit_id)
    facts = {"unit": user.unit.zh, "person": user.name, "to": unit.zh, "until": member.until.isoformat()}
    people = [*queries.managers_of(user.unit.path, unit.path), *queries.active_in([unit.id])]
    around = {other.id for other in people} - {user.id}
    for code, told in ((theirs, {user.id}), (others, around)):
        _notify[0](told, f"force.{code}", subject=None, facts=facts, actor=actor, now=now)


def _note_memberships(user: User) -> None:
    db.session.flush()
    user.task_force_text = write_memberships((row.unit_id, row.until) for row in queries.memberships_of(user.id))


def hash_password(password: str) -> str:
    """The stored form of a password (demo data sets its documented one without the checks)."""
    return _hasher.hash(password)
