"""The lead as this room knows it, and telling those concerned."""

from datetime import date, datetime
from typing import Any, Protocol

from crm.accounts import queries as accounts
from crm.notifications import services as notifications
from crm.policy.rules import Actor, NamedLead
from crm.units.models import Unit


class TheLead(NamedLead, Protocol):
    """A lead, as far as sharing and sealing need it."""

    @property
    def disputed_on(self) -> date | None:
        """Since when there is a dispute about it."""

    @property
    def following_unit(self) -> Unit:
        """The same, itself."""


def names_of(lead: TheLead) -> dict[str, Any]:
    """How a message calls a lead. Who may not read that any more is shown something else (notifications.queries.mine)."""
    return {"number": lead.number, "name": lead.display_name or lead.title}


def deciders(lead: TheLead) -> list[int]:
    """Who answers for the following unit: its managers and those above; the coordinators where there are none."""
    managers = [user.id for user in accounts.managers_of(lead.following_unit_path)]
    return managers or coordinators()


def coordinators() -> list[int]:
    """市统筹."""
    return [user.id for user in accounts.coordinators()]


def tell(lead: TheLead, user_ids: list[int], code: str, facts: dict[str, Any], *, actor: Actor | None, now: datetime) -> None:
    """A message about the lead to some people."""
    told = {**names_of(lead), **facts}
    notifications.notify(user_ids, code, subject=("lead", lead.public_id), facts=told, actor=actor, now=now)
