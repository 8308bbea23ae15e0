"""我的, 本单位, 市级, 指挥部; one matter with its history; raising one in one click from a lead."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.core import clock
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.matters import queries, services
from crm.matters.forms import MatterForm, TextForm
from crm.matters.rules import Level, settings
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT
from crm.units import queries as units
from crm.web.acts import act, act_on, stored
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang

bp = Blueprint("matters", __name__, url_prefix="/matters")


@bp.get("/")
@allowed("matter", "list")
def index() -> ResponseReturnValue:
    """What waits, late first, under four tabs."""
    return render_template("matters/index.html", box=queries.inbox(current_actor(), request.args.get("tab", "")))


@bp.get("/new/<string:public_id>")
@allowed("matter", "raise")
def new(public_id: str) -> ResponseReturnValue:
    """The form for a lead."""
    lead, form = _lead(public_id), MatterForm()
    if request.args.get("about") == "seal":  # the lead's page sends those here who want a code name to stay
        form.level.data, form.text.data = Level.CITY.value, _("请将代号延期至　　月　　日，理由：")
    return render_template("matters/new.html", lead=lead, form=_offered(form, lead), message="", settings=settings())


@bp.post("/new/<string:public_id>")
@allowed("matter", "raise")
def raise_now(public_id: str) -> ResponseReturnValue:
    """Raise it, once."""
    lead, actor, now = _lead(public_id), current_actor(), clock.now()
    form = _offered(MatterForm(), lead)

    def do() -> str:
        return services.raise_matter(public_id, form.to_matter(), actor=actor, now=now).public_id

    done = _("已提出，责任单位已收到通知")
    return stored(form, do, "matters/new.html", done, "matters.show", scope=public_id, lead=lead, settings=settings())


def _lead(public_id: str) -> Lead:
    lead, actor = access.visible_lead(public_id, actor=current_actor()), current_actor()
    policy.require(policy.towards_lead(actor, lead), "matter", "raise", seen_by="none")
    return lead


def _offered(form: MatterForm, lead: Lead) -> MatterForm:
    """The following unit first; people with their units."""
    lang, labels = html_lang(), units.labels()
    found = sorted(units.working(), key=lambda unit: unit.id != lead.following_unit_id)
    people = [user for user in accounts.everyone() if user.is_active and user.as_actor().role in WORKS_IN_A_UNIT]
    named = [(user.id, f"{user.name}　{labels[user.unit_id].short(lang)}") for user in people]
    return form.offer([(unit.id, unit.name(lang)) for unit in found], named)


@bp.get("/<string:public_id>")
@allowed("matter", "read")
def show(public_id: str) -> ResponseReturnValue:
    """One matter: what is needed, with whom it lies, its history, what is to be done."""
    found = queries.visible_matter(public_id, actor=current_actor())
    events = queries.events_of(found.matter.id)
    return render_template("matters/show.html", one=found, events=events, unit_of=units.labels())


@bp.post("/<string:public_id>/answer")
@allowed("matter", "answer")
def answer(public_id: str) -> ResponseReturnValue:
    """Answer it."""
    return _with_text(public_id, services.answer, _("已答复，等提出方确认"))


@bp.post("/<string:public_id>/accept")
@allowed("matter", "accept")
def accept(public_id: str) -> ResponseReturnValue:
    """It is settled."""
    return act(
        lambda: services.accept(public_id, actor=current_actor(), now=clock.now()),
        _("已确认解决"),
        "matters.show",
        public_id=public_id,
    )


@bp.post("/<string:public_id>/reopen")
@allowed("matter", "accept")
def reopen(public_id: str) -> ResponseReturnValue:
    """It is not: back to who answered, or to the level above."""
    if request.form.get("reply") == "up":
        return _with_text(public_id, partial(services.reopen, up=True), _("已退回并提级，重新计时"))
    return _with_text(public_id, services.reopen, _("已退回，重新计时"))


@bp.post("/<string:public_id>/lift")
@allowed("matter", "lift")
def lift(public_id: str) -> ResponseReturnValue:
    """Send it a level up."""
    return _with_text(public_id, services.lift, _("已提级"))


def _with_text(public_id: str, verb: Callable[..., Any], done: str) -> ResponseReturnValue:
    form, actor, now = TextForm(), current_actor(), clock.now()
    return act_on(
        form, lambda: queries.visible_matter(public_id, actor=actor),
        lambda: verb(public_id, form.text.data or "", actor=actor, now=now), done, "matters.show", public_id=public_id,
    )  # fmt: skip
