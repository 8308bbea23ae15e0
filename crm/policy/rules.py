"""can(): may this person do that? A pure decision over a frozen standing, from the table beside this file."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from crm.core.errors import Forbidden, NotFound


class Role(StrEnum):
    """What a person is on the board. One person holds exactly one role: the three administrators stay apart."""

    OFFICER = "officer"
    DISTRICT_MANAGER = "district_manager"
    COORDINATOR = "coordinator"
    LEADER = "leader"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"


WORKS_IN_A_UNIT = frozenset({Role.OFFICER, Role.DISTRICT_MANAGER})
CITY_WIDE = frozenset({Role.COORDINATOR, Role.LEADER})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person in a unit with a role. `unit_path` is the unit's place in the tree, as "/1/4/"; `task_forces` are units
    (专班) to which they belong besides their own; `desks` are people whose desk they do today (工作代理).
    """

    user_id: int
    public_id: str
    username: str
    name: str
    role: Role
    unit_id: int
    unit_path: str
    locale: str = "zh"
    task_forces: frozenset[int] = frozenset()
    desks: frozenset[int] = frozenset()

    @property
    def city_wide(self) -> bool:
        """Whether this person reads the records of every unit."""
        return self.role in CITY_WIDE


class ShareLike(Protocol):
    """A share in force: who has it (a unit with all below it, or one person) and how far it reaches."""

    @property
    def unit_id(self) -> int | None:
        """The unit that has it."""

    @property
    def user_id(self) -> int | None:
        """The person who has it."""

    @property
    def level(self) -> str:
        """Read or edit."""

    @property
    def tier(self) -> str:
        """card, detail or contacts: each holds the one before."""


class LeadLike(Protocol):
    """What of a lead decides about rights."""

    @property
    def owner_id(self) -> int | None:
        """Who leads it."""

    @property
    def registered_by_id(self) -> int:
        """Who registered it first."""

    @property
    def following_unit_path(self) -> str:
        """The following unit's place in the tree."""

    @property
    def signed(self) -> bool:
        """Whether it is signed or later."""

    @property
    def sealed(self) -> bool:
        """Whether it goes by a code name today."""

    @property
    def shares(self) -> Iterable[ShareLike]:
        """The shares in force today."""


class NamedLead(LeadLike, Protocol):
    """A lead with what it is called: as rooms below leads know one."""

    @property
    def id(self) -> int:
        """Its key."""

    @property
    def public_id(self) -> str:
        """Its name in addresses."""

    @property
    def number(self) -> str:
        """Its number."""

    @property
    def title(self) -> str:
        """What it is about."""

    @property
    def display_name(self) -> str | None:
        """Its investor."""

    @property
    def following_unit_id(self) -> int:
        """The unit that follows it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """In which relations an actor stands to a record: words of the table's `principals`."""

    principals: frozenset[str] = field(default_factory=frozenset)


@cache
def _alone(word: str) -> Standing:
    """The standing that one word says: a list of fifty asks it fifty times."""
    return Standing(frozenset({word}))


def of_role(actor: Actor) -> Standing:
    """The standing of somebody who acts without a record."""
    return _alone(actor.role.value)


def towards_self(actor: Actor, owner_id: int | None) -> Standing:
    """The standing towards a record that belongs to one person (a job, a notification, an import)."""
    mine = {"self"} if owner_id == actor.user_id else set()
    return Standing(frozenset({actor.role.value} | mine))


def units_of(actor: Actor) -> frozenset[int]:
    """The actor's unit and those above it: what one of them holds, the actor holds."""
    return frozenset(int(part) for part in actor.unit_path.split("/") if part)


def holders_of(actor: Actor) -> frozenset[int]:
    """The units whose shares reach the actor: their own, those above it, and their task forces."""
    return units_of(actor) | actor.task_forces


def in_one_line(path: str, other: str) -> bool:
    """Whether two units are the same or one stands above the other in the tree."""
    return path.startswith(other) or other.startswith(path)


def towards_lead(actor: Actor, lead: LeadLike) -> Standing:
    """The standing towards a lead, or towards what hangs on one (contacts, files, claims).

    A seal narrows it: of the following unit only the owner, the managers and those it is shared with stay. A share widens it.
    """
    role = actor.role
    if role not in WORKS_IN_A_UNIT:
        return _alone("leader_sealed" if lead.sealed and role is Role.LEADER else role.value)
    words = _shared(actor, lead)
    above = lead.following_unit_path.startswith(actor.unit_path)
    if lead.owner_id == actor.user_id:
        words.add("owner")
    elif lead.owner_id in actor.desks:
        words.add("delegate")
    if above and role is Role.DISTRICT_MANAGER:
        words.add("manager")
    if lead.sealed:
        words |= set() if words else {"sealed_other"}
    elif in_one_line(actor.unit_path, lead.following_unit_path) or _in_task_force(actor, lead.following_unit_path):
        words.add("unit")
    else:
        words.add("other_signed" if lead.signed else "other_open")
    if lead.registered_by_id == actor.user_id:
        words.add("reporter_sealed" if lead.sealed else "reporter")
    return Standing(frozenset(words))


def _in_task_force(actor: Actor, path: str) -> bool:
    return bool(actor.task_forces) and int(path.rstrip("/").rpartition("/")[2]) in actor.task_forces


def _shared(actor: Actor, lead: LeadLike) -> set[str]:
    """What the shares of a lead make of somebody."""
    words: set[str] = set()
    for share in lead.shares:
        if share.user_id != actor.user_id and share.unit_id not in holders_of(actor):
            continue
        if share.tier == "card":
            words.add("share_card")
            continue
        words.add("share_edit" if share.level == "edit" else "share_read")
        if share.tier == "contacts":
            words.add("share_contacts")
    return words


def _written() -> Any:
    return json.loads((Path(__file__).parent / "table.json").read_text("utf-8"))


@cache
def principals() -> frozenset[str]:
    """The words in which somebody can stand to a record."""
    return frozenset(_written()["principals"])


@cache
def table() -> dict[str, dict[str, frozenset[str]]]:
    """The truth table: record type -> action -> principals who may."""
    raw, known = _written(), principals()
    result = {record: {action: frozenset(who) for action, who in actions.items()} for record, actions in raw["records"].items()}
    for record, actions in result.items():
        for action, who in actions.items():
            if not who <= known:
                raise ValueError(f"unknown principal in {record}.{action}: {sorted(who - known)}")
    return result


def can(standing: Standing, record: str, action: str) -> bool:
    """Whether somebody of this standing may do `action` to such a `record`. KeyError for an act without a row: a bug."""
    return not standing.principals.isdisjoint(table()[record][action])


def may(actor: Actor, record: str, action: str) -> bool:
    """`can` for an act without a record, by role alone."""
    return can(of_role(actor), record, action)


@cache
def _possible(role: Role) -> frozenset[str]:
    """The words that somebody of a role can stand in to some record: those of people who work in a unit are all but the roles'
    own, and only a manager's are the managers'.
    """
    own = {role.value, "self"}
    if role is Role.LEADER:
        return frozenset(own | {"leader_sealed", "instructing"})
    if role not in WORKS_IN_A_UNIT:
        return frozenset(own | {"stand_in", "liaison"} if role is Role.COORDINATOR else own)
    at_a_lead = principals() - set(Role) - {"leader_sealed", "stand_in", "instructing"}
    return frozenset(own | (at_a_lead - {"manager", "host_manager", "disputant_manager"} if role is Role.OFFICER else at_a_lead))


def possible(role: Role, record: str, action: str) -> bool:
    """Whether somebody of `role` may do `action` to at least one thinkable `record`: what a door asks before it opens."""
    return not table()[record][action].isdisjoint(_possible(role))


def require(standing: Standing, record: str, action: str, *, seen_by: str = "read_card") -> None:
    """Raise unless `can`. NotFound when the record may not even be seen (`seen_by`), Forbidden when only the act is barred."""
    if can(standing, record, action):
        return
    if seen_by in table()[record] and can(standing, record, seen_by):
        raise Forbidden(record=record, action=action)
    raise NotFound
