"""What list and columns share: the question in the address, addresses with that question, the names that filters offer."""

from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.clusters import queries as clusters
from crm.desk.forms import question_from
from crm.events import queries as events
from crm.leads.rules.listing import Question, Scope
from crm.pipeline import queries as pipeline
from crm.policy import rules as policy
from crm.shelves import queries as shelves
from crm.units import queries as units
from crm.web.guards import current_actor
from crm.web.locale import html_lang


def question() -> Question:
    """What the address asks, as far as this person may ask it."""
    actor = current_actor()
    asked = question_from(request.args, default_scope=Scope.CITY if actor.city_wide else Scope.UNIT)
    return asked if policy.may(actor, "coordination", "list") else asked.on(to_coordinate=False)


def prefix(endpoint: str) -> str:
    """The address of a record's page up to its id: one look-up instead of one a row."""
    return url_for(endpoint, public_id="~").removesuffix("~")


def here(endpoint: str) -> str:
    """Another address with this page's question."""
    return f"{url_for(endpoint)}?{urlencode(list(request.args.items(multi=True)))}".removesuffix("?")


def views_of(place: str) -> dict[str, Any]:
    """Where the menu of saved views is fetched from, and the name of the one that is shown (one statement, where one is)."""
    public_id = request.args.get("view", "")
    shown = shelves.name_of(public_id, current_actor()) if public_id else None
    return {
        "views_at": f"{url_for('desk.views_menu')}?{urlencode([*request.args.items(multi=True), ('at', place)])}",
        "view_name": shown,
    }


def owners() -> list[tuple[int, str]]:
    """Who may be in charge of what this person's list holds, and whom the address names. A city has hundreds: they are fetched
    when the filters are opened.
    """
    actor = current_actor()
    people = accounts.who_may_own("/" if actor.city_wide else actor.unit_path)
    found = {id_: _said_of(name, unit_id, closed=closed) for id_, name, unit_id, closed in people}
    return [*found.items(), *((id_, said) for id_, said in _owner_named() if id_ not in found)]


def _owner_named() -> list[tuple[int, str]]:
    owner_id = question().owner_id
    person = accounts.by_id(owner_id) if owner_id is not None else None
    return [(person.id, _said_of(person.name, person.unit_id, closed=person.disabled_at is not None))] if person else []


def _said_of(name: str, unit_id: int, *, closed: bool) -> str:
    return f"{name}　{units.labels()[unit_id].short(html_lang())}" + (f"　{_('已停用')}" if closed else "")


def filter_names() -> dict[str, Any]:
    """Clusters, units and areas as the filters offer them."""
    event_id = request.args.get("event", type=int)
    event = events.by_id(event_id) if event_id else None
    newest = events.newest() if policy.may(current_actor(), "event", "list") else []
    unit_names, lang, limits = units.labels(), html_lang(), pipeline.gates().slip
    working = [unit for unit in unit_names.values() if not unit.retired]
    return {
        "cluster_names": [(item.id, item.name(lang)) for item in clusters.labels().values() if item.is_current],
        "units": [(unit.id, unit.short(lang)) for unit in working],
        "areas": [(unit.id, unit.short(lang)) for unit in working if unit.is_area],
        "unit_names": unit_names,
        "owners": _owner_named(),
        "owners_at": here("desk.owners"),
        "event_shown": event,
        "event_names": [(id_, f"{on.isoformat()[:7]}　{name}") for id_, on, name in newest[: events.OFFERED]],
        "more_events": len(newest) > events.OFFERED,
        "slips": (1, limits.amber_days, limits.red_days),
    }
