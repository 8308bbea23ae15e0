"""共享与协办, 代号项目: giving a lead into other hands, offering help, code names, and the answers to both."""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.core import clock, once
from crm.core.db import db, unit_of_work
from crm.core.errors import Refusal
from crm.desk import queries
from crm.desk.views.blueprint import bp
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.services import share as services
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT
from crm.sharing import queries as sharing
from crm.sharing.forms import AnswerForm, AssistForm, EndForm, RenewForm, SealForm, ShareForm
from crm.sharing.models import LeadShare
from crm.sharing.rules import settings
from crm.units import queries as units
from crm.web.acts import act_on, refused, said_at
from crm.web.forms import Form
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.pages import go, said_again


@bp.get("/leads/<string:public_id>/share")
@allowed("share", "give")
def share(public_id: str) -> ResponseReturnValue:
    """The form, on the lead's page or on its own."""
    lead = _lead(public_id, "share", "give", seen_by="read")
    past = sharing.past_shares_of(lead.id)
    return render_template("desk/share.html", lead=lead, form=_offer(ShareForm(), lead), message="", past_shares=past)


@bp.post("/leads/<string:public_id>/share")
@allowed("share", "give")
def share_now(public_id: str) -> ResponseReturnValue:
    """Share, or put it before the manager where an owner may not."""
    lead = _lead(public_id, "share", "give", seen_by="read")
    form, actor, now = _offer(ShareForm(), lead), current_actor(), clock.now()

    def act() -> str:
        unit_id, user_id = form.chosen()
        made = services.share_lead(public_id, form.to_terms(), unit_id=unit_id, user_id=user_id, actor=actor, now=now)
        return _("已共享") if isinstance(made, LeadShare) else _("已提请单位负责人或市统筹同意")

    return _stored(form, act, lead, "desk/share.html", "desk.lead", past_shares=sharing.past_shares_of(lead.id))


@bp.post("/leads/shares/<string:public_id>/end")
@allowed("share", "end")
def end_share(public_id: str) -> ResponseReturnValue:
    """End a share."""
    form, actor = EndForm(), current_actor()
    shared = db.session.get_one(Lead, sharing.share(public_id).lead_id)
    back = _lead(shared.public_id, "share", "end", seen_by="read").public_id
    if not form.validate():
        return said_again(form, "desk.lead", public_id=back)
    try:
        with unit_of_work():
            services.end_share(public_id, form.reason.data or "", actor=actor, now=clock.now())
    except Refusal as refusal:
        return said_at(refusal, "desk.lead", public_id=back)
    flash(_("共享已结束"), "done")
    return go("desk.lead", public_id=back)


@bp.get("/leads/<string:public_id>/assist")
@allowed("share", "ask")
def assist(public_id: str) -> ResponseReturnValue:
    """A card without names, and the offer to help."""
    lead = _lead(public_id, "share", "ask", action="read_card")
    return render_template("desk/assist.html", lead=lead, form=AssistForm(), message="", settings=settings())


@bp.post("/leads/<string:public_id>/assist")
@allowed("share", "ask")
def ask_assist(public_id: str) -> ResponseReturnValue:
    """Offer it."""
    lead = _lead(public_id, "share", "ask", action="read_card")
    form, actor, now = AssistForm(), current_actor(), clock.now()

    def act() -> str:
        services.ask_to_assist(public_id, form.to_role(), form.note.data or "", actor=actor, now=now)
        return _("已提交，跟进单位答复后通知您")

    return _stored(form, act, lead, "desk/assist.html", "desk.requests")


@bp.get("/leads/requests")
@allowed("share", "list")
def requests() -> ResponseReturnValue:
    """What waits for an answer, and what one's own unit asked for."""
    return render_template("desk/asked.html", **queries.requests_for(current_actor()))


@bp.post("/leads/requests/<string:public_id>")
@allowed("share", "answer")
def answer_request(public_id: str) -> ResponseReturnValue:
    """Yes or no, with one click from the inbox."""
    form, actor = AnswerForm(), current_actor()
    if not form.validate():
        return said_again(form, "desk.requests")
    try:
        with unit_of_work():
            services.answer_request(
                public_id, agreed=form.agreed, reason=form.reason.data or "", actor=actor, now=clock.now()
            )  # fmt: skip
    except Refusal as refusal:
        return said_at(refusal, "desk.requests")
    flash(_("已答复"), "done")
    return go("desk.requests")


@bp.get("/leads/<string:public_id>/seal")
@allowed("seal", "ask")
def seal(public_id: str) -> ResponseReturnValue:
    """The form for a code name."""
    lead = _lead(public_id, "seal", "ask", seen_by="ask")
    return _seal_page(lead, SealForm())


@bp.post("/leads/<string:public_id>/seal")
@allowed("seal", "ask")
def seal_now(public_id: str) -> ResponseReturnValue:
    """Ask the coordinator."""
    lead = _lead(public_id, "seal", "ask", seen_by="ask")
    form, actor, now = SealForm(), current_actor(), clock.now()
    facts = {"used": sharing.seals_of_unit(lead.following_unit_id), "taken": False}  # what is refused is said above the form

    def act() -> str:
        services.seal_lead(public_id, form.to_sealing(), actor=actor, now=now)
        return _("已提请市统筹同意，同意后生效")

    return _stored(form, act, lead, "desk/seal.html", "desk.lead", **facts)


@bp.post("/leads/<string:public_id>/seal/consent")
@allowed("seal", "consent")
def consent_seal(public_id: str) -> ResponseReturnValue:
    """The coordinator's yes or no, with a reason."""
    form, actor = AnswerForm(), current_actor()
    if not form.validate():
        return said_again(form, "desk.lead", public_id=public_id)
    reason, now = form.reason.data or "", clock.now()
    try:
        with unit_of_work():
            services.consent_seal(public_id, agreed=form.agreed, reason=reason, actor=actor, now=now)
    except Refusal as refusal:
        return said_at(refusal, "desk.lead", public_id=public_id)
    flash(_("已设为代号项目") if form.agreed else _("已答复"), "done")
    return go("desk.lead", public_id=public_id)


@bp.post("/leads/<string:public_id>/seal/renew")
@allowed("seal", "consent")
def renew_seal(public_id: str) -> ResponseReturnValue:
    """延期: a later day, with a reason."""
    form, actor, now = RenewForm(), current_actor(), clock.now()
    return act_on(
        form, lambda: _lead(public_id, "seal", "consent", seen_by="ask"),
        lambda: services.renew_seal(public_id, form.until.data or clock.today(), form.reason.data or "", actor=actor, now=now),
        _("代号已延期"), "desk.lead", public_id=public_id,
    )  # fmt: skip


@bp.post("/leads/<string:public_id>/seal/end")
@allowed("seal", "end")
def unseal(public_id: str) -> ResponseReturnValue:
    """Take the code name away."""
    form, actor = EndForm(), current_actor()
    if not form.validate():
        return said_again(form, "desk.lead", public_id=public_id)
    try:
        with unit_of_work():
            services.unseal_lead(public_id, form.reason.data or "", actor=actor, now=clock.now())
    except Refusal as refusal:
        return said_at(refusal, "desk.lead", public_id=public_id)
    flash(_("已解除代号"), "done")
    return go("desk.lead", public_id=public_id)


def _lead(public_id: str, record: str, act: str, *, action: str = "read_detail", seen_by: str = "none") -> Lead:
    """The lead, for somebody who may do `act` with a share or a code name of it."""
    lead, actor = access.visible_lead(public_id, actor=current_actor(), action=action), current_actor()
    policy.require(policy.towards_lead(actor, lead), record, act, seen_by=seen_by)
    return lead


def _offer(form: ShareForm, lead: Lead) -> ShareForm:
    """Every other unit in use, and the people of the following unit."""
    lang = html_lang()
    others = [(unit.id, unit.name(lang)) for unit in units.working() if unit.id != lead.following_unit_id]
    people = accounts.active_in(units.under(lead.following_unit.path))
    mine = [(x.id, x.name) for x in people if x.as_actor().role in WORKS_IN_A_UNIT and x.id != lead.owner_id]
    return form.offer(others, mine)


def _stored(
    form: Form, act: Callable[[], str], lead: Lead, template: str, then: str, **facts: Any
) -> ResponseReturnValue:  # fmt: skip
    """Do what a form asks, once; or the same page with what was typed and why not."""
    public_id, message, status = lead.public_id, "", 422
    to: dict[str, Any] = {} if then == "desk.requests" else {"public_id": public_id}
    if form.validate():
        try:
            with unit_of_work():
                scope = f"{template}:{public_id}"
                key = once.claim(
                    form.once.data, user_id=current_actor().user_id, scope=scope, body=form.once_body(), now=clock.now()
                )
                key.answer = url_for(then, **to)
                said = act()
        except Refusal as refusal:
            message, status = refused(refusal)
        else:
            flash(said, "done")
            return go(then, **to)
    return render_template(template, lead=lead, form=form, message=message, settings=settings(), **facts), status


def _seal_page(lead: Lead, form: SealForm) -> str:
    used, taken = sharing.seals_of_unit(lead.following_unit_id), sharing.has_seal(lead.id)
    return render_template("desk/seal.html", lead=lead, form=form, message="", used=used, settings=settings(), taken=taken)
