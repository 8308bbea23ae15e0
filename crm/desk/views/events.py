"""One event: what came of it."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from crm.clusters import queries as clusters
from crm.core import clock
from crm.desk.queries.event import outcome_of
from crm.desk.views.asking import prefix
from crm.desk.views.blueprint import bp
from crm.events import queries
from crm.events.models import Event
from crm.events.rules import towards_event
from crm.events.words import days_of, place_of
from crm.policy import rules as policy
from crm.units import queries as units
from crm.web.guards import allowed, current_actor


@bp.get("/events/<string:public_id>")
@allowed("event", "read")
def event(public_id: str) -> ResponseReturnValue:
    """The event with its leads, as far as the reader may see them; each figure opens its list."""
    found, actor = queries.by_public_id(public_id), current_actor()
    return render_template(
        "desk/event.html", event=found, outcome=outcome_of(found.id, actor), days_of=days_of, place_of=place_of,
        unit_names=units.labels(), tags=clusters.labels(), today=clock.today(), lead_at=prefix("desk.lead"),
        may_edit=policy.can(towards_event(actor, found.unit.path), "event", "edit"), listed=lambda **more: _listed(found, more),
        signed_listed=lambda **more: _listed(found, {"event_as": "signed", "reached": "signed", "admitted": "yes", **more}),
    )  # fmt: skip


def _listed(event: Event, more: dict[str, object]) -> str:
    """The address of the list behind a figure."""
    return url_for("desk.pipeline", **{"stage": "all", "scope": "city", "event": event.id, "event_as": "source", **more})  # type: ignore[arg-type]
