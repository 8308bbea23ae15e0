"""招商活动: the list, entering, changing and withdrawing one. The page of one, with its leads, is composed in the desk."""

from typing import Any

from flask import Blueprint, current_app, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.core.text import clean
from crm.events import queries, services
from crm.events.forms import ChangeForm, EventForm, WithdrawForm, facts_of
from crm.events.models import Event
from crm.events.queries import Asked
from crm.events.rules import PAGE, EventKind, towards_event
from crm.events.words import days_of, place_of
from crm.policy import rules as policy
from crm.units import queries as units
from crm.web.acts import refused, stored
from crm.web.guards import allowed, current_actor
from crm.web.pages import go

bp = Blueprint("events", __name__, url_prefix="/events")
_AT = {
    "event_backwards": "last_on", "event_too_long": "last_on", "event_day": "first_on", "event_there": "name",
    "event_organiser": "unit",
}  # fmt: skip


@bp.get("/")
@allowed("event", "list")
def index() -> ResponseReturnValue:
    """Events, the newest first, or those that were asked for."""
    asked, unit_id = _asked()
    return render_template(
        "events/index.html", found=queries.page_of(asked), asked=asked, size=PAGE, years=queries.years(), unit_id=unit_id,
        units=[unit for unit in units.labels().values() if not unit.retired], days_of=days_of, place_of=place_of,
        today=clock.today(),
    )  # fmt: skip


def _asked() -> tuple[Asked, int | None]:
    args = request.args
    kind, year, unit = args.get("kind", ""), args.get("year", "", type=str), args.get("unit", type=int)
    path = units.by_id(unit).path if unit in units.labels() and unit is not None else None
    asked = Asked(
        clean(args.get("q", "")).strip()[:80], EventKind(kind) if kind in set(EventKind) else None,
        int(year) if len(year) == 4 and year.isascii() and year.isdigit() and year >= "1900" else None, path,
        min(max(args.get("page", 1, type=int), 1), 10_000),
    )  # fmt: skip
    return asked, unit if path else None


@bp.get("/new")
@allowed("event", "make")
def new() -> ResponseReturnValue:
    """The form for a new event."""
    actor = current_actor()
    form = EventForm(actor=actor)
    if form.unit.data is None:
        form.unit.data = actor.unit_id
    return render_template("events/new.html", form=form, message="")


@bp.post("/new")
@allowed("event", "make")
def enter() -> ResponseReturnValue:
    """A new event, once."""
    actor, form, city = current_actor(), EventForm(actor=current_actor()), current_app.config["CITY_CODE"]

    def do() -> str:
        return services.enter_event(form.to_event(), city=city, actor=actor, now=clock.now()).public_id

    return stored(form, do, "events/new.html", _("活动已登记"), "desk.event", scope="new", at=_AT)


@bp.get("/<string:public_id>/edit")
@allowed("event", "edit")
def edit(public_id: str) -> ResponseReturnValue:
    """The form of one."""
    event = _editable(public_id)
    form = ChangeForm(actor=current_actor(), data=facts_of(event))
    return render_template("events/edit.html", event=event, form=form, message="", theirs=[])


@bp.post("/<string:public_id>/edit")
@allowed("event", "edit")
def change(public_id: str) -> ResponseReturnValue:
    """Change it; when a colleague saved meanwhile, both stand on the page."""
    actor, event = current_actor(), _editable(public_id)
    form, message, status = ChangeForm(actor=actor), "", 422
    if form.validate():
        try:
            with unit_of_work():
                services.change_event(public_id, form.to_event(), opened=form.version.data or 0, actor=actor, now=clock.now())
        except Refusal as refusal:
            message, status = refused(refusal, form, _AT)
            event = _editable(public_id)
            form.version.data, form.version.raw_data = event.version, None  # sent again, it stands against what is there now
        else:
            flash(_("已保存"), "done")
            return go("desk.event", public_id=public_id)
    theirs = _theirs(event, form) if status == 409 else []
    return render_template("events/edit.html", event=event, form=form, message=message, theirs=theirs), status


def _theirs(event: Event, form: ChangeForm) -> list[tuple[Any, Any]]:
    """Fields that stand otherwise now than on the form: label, and what is there."""
    now = facts_of(event)
    found = []
    for name, value in now.items():
        field = form[name]
        if name != "version" and (field.data or None) != (value or None):
            shown = dict(field.choices).get(value, value) if getattr(field, "choices", None) else value
            found.append((field.label.text, shown if shown not in (None, "") else "—"))
    return found


@bp.get("/<string:public_id>/withdraw")
@allowed("event", "edit")
def withdrawing(public_id: str) -> ResponseReturnValue:
    """The form: why."""
    event = _editable(public_id)
    return render_template("events/withdraw.html", event=event, form=WithdrawForm(), message="", used=queries.in_use(event.id))


@bp.post("/<string:public_id>/withdraw")
@allowed("event", "edit")
def withdraw(public_id: str) -> ResponseReturnValue:
    """Take it off the list."""
    event, form, message, status = _editable(public_id), WithdrawForm(), "", 422
    if form.validate():
        try:
            with unit_of_work():
                services.withdraw_event(public_id, form.reason.data or "", actor=current_actor(), now=clock.now())
        except Refusal as refusal:
            message, status = refused(refusal)
        else:
            flash(_("活动已撤销"), "done")
            return go("events.index")
    used = queries.in_use(event.id)
    return render_template("events/withdraw.html", event=event, form=form, message=message, used=used), status


def _editable(public_id: str) -> Event:
    event = queries.by_public_id(public_id)
    policy.require(towards_event(current_actor(), event.unit.path), "event", "edit", seen_by="read")
    return event
