"""待承接项目: the list, a card, putting one there, proposals, the coordinator's choice."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import band_of
from crm.policy import rules as policy
from crm.transfers import queries, services
from crm.transfers.forms import CardForm, ChooseForm, ProposalForm, WhyForm
from crm.transfers.queries import SeenCard
from crm.transfers.views.blueprint import bp
from crm.web.acts import act, act_on, stored
from crm.web.guards import allowed, current_actor
from crm.web.pages import said_again


@bp.get("/pool")
@allowed("pool", "list")
def pool() -> ResponseReturnValue:
    """All open cards."""
    return render_template("transfers/pool.html", cards=queries.cards(current_actor()))


@bp.get("/pool/put/<string:public_id>")
@allowed("pool", "put")
def put(public_id: str) -> ResponseReturnValue:
    """The form of a card."""
    lead = _lead(public_id)
    return render_template("transfers/put.html", lead=lead, form=CardForm(), message="", band=_band(lead))


@bp.post("/pool/put/<string:public_id>")
@allowed("pool", "put")
def put_now(public_id: str) -> ResponseReturnValue:
    """Put it there."""
    lead, form, actor = _lead(public_id), CardForm(), current_actor()

    def do() -> str:
        return services.put_in_pool(public_id, form.to_card(), actor=actor, now=clock.now()).public_id

    return stored(
        form, do, "transfers/put.html", _("已放入待承接项目"), "transfers.card", scope=public_id, lead=lead, band=_band(lead)
    )


@bp.get("/pool/<string:public_id>")
@allowed("pool", "list")
def card(public_id: str) -> ResponseReturnValue:
    """One card: what a unit proposes, its own proposal, or all of them."""
    found = queries.visible_card(public_id, actor=current_actor())
    mine = found.answers[0] if found.answers and found.may_answer else None
    data = {"site": mine.site, "policies": mine.policies, "ready_on": mine.ready_on, "note": mine.note} if mine else {}
    return _card_page(found, ProposalForm(data=data))


@bp.post("/pool/<string:public_id>")
@allowed("pool", "answer")
def propose(public_id: str) -> ResponseReturnValue:
    """A unit's proposal; another takes its place."""
    form, actor = ProposalForm(), current_actor()
    found = queries.visible_card(public_id, actor=actor)
    if not form.validate():
        return _card_page(found, form), 422
    new = form.to_answer()
    return act(
        lambda: services.answer_card(public_id, new, actor=actor, now=clock.now()), _("已提交承接申请"), "transfers.card",
        public_id=public_id,
    )  # fmt: skip


@bp.post("/pool/<string:public_id>/assign")
@allowed("pool", "assign")
def assign_card(public_id: str) -> ResponseReturnValue:
    """The coordinator's choice."""
    form, actor, now = ChooseForm(), current_actor(), clock.now()
    return act_on(
        form, lambda: queries.visible_card(public_id, actor=actor),
        lambda: services.assign_card(public_id, form.answer.data or "", form.reason.data or "", actor=actor, now=now),
        _("已分派，各单位均已通知"), "transfers.card", public_id=public_id,
    )  # fmt: skip


@bp.post("/pool/<string:public_id>/withdraw")
@allowed("pool", "withdraw")
def withdraw_card(public_id: str) -> ResponseReturnValue:
    """Take the card off."""
    form, actor = WhyForm(), current_actor()
    if not form.validate():
        queries.visible_card(public_id, actor=actor)
        return said_again(form, "transfers.card", public_id=public_id)
    reason = form.reason.data or ""
    return act(
        lambda: services.withdraw_card(public_id, reason, actor=actor, now=clock.now()), _("已撤回"), "transfers.pool"
    )  # fmt: skip


def _card_page(found: SeenCard, form: ProposalForm) -> str:
    told = found.own or found.gave or found.reads_all
    chosen = queries.chosen(found.card) if told else None
    facts: dict[str, Any] = {"one": found, "form": form, "message": "", "today": clock.today(), "chosen": chosen}
    return render_template("transfers/card.html", **facts)


def _band(lead: Lead) -> str:
    return lead.amount_band or band_of(lead.total_cny)


def _lead(public_id: str) -> Lead:
    lead, actor = access.visible_lead(public_id, actor=current_actor()), current_actor()
    policy.require(policy.towards_lead(actor, lead), "pool", "put")
    return lead
