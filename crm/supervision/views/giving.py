"""Giving an instruction: a leader's own, or in the leader's name by who acts for them; about a lead or none."""

from typing import Any

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.supervision import queries, services
from crm.supervision.forms import GiveForm
from crm.supervision.services.give import usual_day
from crm.supervision.views.blueprint import bp
from crm.units import queries as units
from crm.web.acts import stored
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang


@bp.get("/new")
@allowed("instruction", "give")
def new() -> ResponseReturnValue:
    """The form; the lead that it is about stands in the address (`lead`)."""
    lead = _lead(request.args.get("lead", ""))
    values: dict[str, Any] = {"given_on": clock.today(), "due": usual_day(clock.now())}
    if lead is not None:
        values |= {"lead": lead.public_id, "unit": lead.following_unit_id}
    return render_template("supervision/new.html", form=_offered(GiveForm(data=values)), lead=lead, message="")


@bp.post("/new")
@allowed("instruction", "give")
def give() -> ResponseReturnValue:
    """Give it, once."""
    form, actor, now = _offered(GiveForm()), current_actor(), clock.now()
    lead = _lead(form.lead.data or "")

    def do() -> str:
        city = current_app.config["CITY_CODE"]
        return services.give_instruction(form.to_instruction(), city=city, actor=actor, now=now).public_id

    done = _("已交办，承办单位已收到通知")
    return stored(form, do, "supervision/new.html", done, "supervision.show", scope=form.lead.data or "", lead=lead)


def _lead(public_id: str) -> Lead | None:
    return access.visible_lead(public_id, actor=current_actor()) if public_id else None


def _offered(form: GiveForm) -> GiveForm:
    """In whose name, and which units: areas first. Without a leader to speak for the page says so."""
    leaders, lang = queries.in_whose_name(current_actor()), html_lang()
    found = sorted(units.working(), key=lambda unit: not unit.is_area)
    return form.offer([(user.id, user.name) for user in leaders], [(unit.id, unit.short(lang)) for unit in found])
