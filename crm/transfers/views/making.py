"""Offering a lead to a unit, and assigning it."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.core import clock
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT
from crm.transfers import services
from crm.transfers.forms import AssignForm, OfferForm
from crm.transfers.rules import settings
from crm.transfers.services import NewOffer
from crm.transfers.views.blueprint import bp
from crm.units import queries as units
from crm.web.acts import stored
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang


@bp.get("/transfers/offer/<string:public_id>")
@allowed("transfer", "offer")
def offer(public_id: str) -> ResponseReturnValue:
    """The form to offer a lead."""
    lead = _lead(public_id, "offer")
    return render_template(
        "transfers/offer.html", lead=lead, form=OfferForm().offer(_others(lead)), message="", settings=settings(), assigns=False
    )


@bp.post("/transfers/offer/<string:public_id>")
@allowed("transfer", "offer")
def offer_now(public_id: str) -> ResponseReturnValue:
    """Offer it."""
    lead, actor = _lead(public_id, "offer"), current_actor()
    form = OfferForm().offer(_others(lead))

    def do() -> str:
        made = services.offer_transfer(public_id, _typed(form), actor=actor, now=clock.now())
        return made.public_id

    return stored(
        form, do, "transfers/offer.html", _("已发出，对方答复后通知您"), "transfers.show", scope=public_id, lead=lead,
        settings=settings(), assigns=False,
    )  # fmt: skip


@bp.get("/transfers/assign/<string:public_id>")
@allowed("transfer", "assign")
def assign(public_id: str) -> ResponseReturnValue:
    """The form to assign a lead."""
    lead = _lead(public_id, "assign")
    return render_template(
        "transfers/offer.html", lead=lead, form=_assign_form(lead), message="", settings=settings(), assigns=True
    )


@bp.post("/transfers/assign/<string:public_id>")
@allowed("transfer", "assign")
def assign_now(public_id: str) -> ResponseReturnValue:
    """Assign it."""
    lead, actor = _lead(public_id, "assign"), current_actor()
    form = _assign_form(lead)

    def do() -> str:
        made = services.assign(public_id, _typed(form), form.owner.data or None, actor=actor, now=clock.now())
        return made.public_id

    return stored(
        form, do, "transfers/offer.html", _("已分派，两边单位都已通知"), "transfers.show", scope=public_id, lead=lead,
        settings=settings(), assigns=True,
    )  # fmt: skip


def _typed(form: OfferForm) -> NewOffer:
    return NewOffer(units.by_id(form.unit.data), form.reason.data or "", form.to_terms(), bool(form.shows_names.data))


def _assign_form(lead: Lead) -> AssignForm:
    form, lang = AssignForm(), html_lang()
    form.offer(_others(lead))
    names = units.labels()
    people = [user for user in accounts.everyone() if user.is_active and user.as_actor().role in WORKS_IN_A_UNIT]
    return form.offer_people([(user.id, f"{user.name}　{names[user.unit_id].short(lang)}") for user in people])


def _others(lead: Lead) -> list[tuple[int, str]]:
    lang = html_lang()
    return [(unit.id, unit.name(lang)) for unit in units.working() if unit.id != lead.following_unit_id]


def _lead(public_id: str, action: str) -> Lead:
    """The lead, for somebody who may do that with it."""
    lead, actor = access.visible_lead(public_id, actor=current_actor()), current_actor()
    policy.require(policy.towards_lead(actor, lead), "transfer", action)
    return lead
