"""Companies and leads, made by the services that the product makes them with."""

import itertools
from dataclasses import replace
from datetime import datetime
from typing import Any

from crm.companies import services as companies
from crm.companies.models import Company
from crm.companies.rules import NewCompany
from crm.core import clock
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.rules.lead import Decisions, NewLead, Source
from crm.leads.services import log
from crm.policy.rules import Actor
from tests.builders.acting import builder
from tests.builders.people import a_unit
from tests.builders.people import actor as person

_serial = itertools.count(1)
# Invented, and unlike one another to the matching: no two share a root.
_ROOTS = (
    "Amberlyn", "Borkheim", "Calvados Ridge", "Dunmorrow", "Estrevia", "Falkenby", "Grünhagen", "Hollowmere", "Iskarim",
    "Jorundal", "Kestovar", "Lomarand", "Mirabeck", "Norvenhoek", "Oskelund", "Pellingar", "Quillhaven", "Rothwyn",
    "Sundergast", "Tamarquez", "Ullenfors", "Vastrigan", "Westerlune", "Xandoria", "Ystermark", "Zephyrine",
)  # fmt: skip


def _investor() -> str:
    number = next(_serial)
    return f"{_ROOTS[number % len(_ROOTS)]} {number:04d}{_ROOTS[number * 7 % len(_ROOTS)][:5]} GmbH"


def new_lead(**changed: Any) -> NewLead:
    """What an officer hands in about a new invented investor; name what should differ."""
    investor = changed.pop("investor", None) or _investor()
    new = NewLead(title=f"{investor} 项目", source=Source.VISIT, investor=investor, country="DE")
    return replace(new, **changed)


@builder
def a_company(name: str | None = None, *, actor: Actor | None = None, **changed: Any) -> Company:
    """A company."""
    new = NewCompany(name=name or _investor(), **({"country": "DE"} | changed))
    return companies.create_company(new, actor=actor or person("coordinator"), now=clock.now())


@builder
def a_lead(
    investor: str | None = None, *, by: str | Actor = "officer.nanshan", unit: str | None = None, now: datetime | None = None,
    **changed: Any,
) -> Lead:  # fmt: skip
    """A lead, registered by a person for their unit (or `unit`), without a duplicate check."""
    who = person(by) if isinstance(by, str) else by
    following = a_unit(unit) if unit else _unit_of(who)
    new = new_lead(investor=investor, **changed)
    logged = log.log_lead(
        new, Decisions(), unit=following, city="SZ", actor=who, now=now or clock.now(), matched=False
    )  # fmt: skip
    return logged.lead


def _unit_of(who: Actor) -> Any:
    from crm.units.models import Unit

    return db.session.get_one(Unit, who.unit_id)
