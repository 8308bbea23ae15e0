"""我收到的, 我发出的; one transfer with its checklist, and the answers to it."""

from collections.abc import Callable
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.core import clock
from crm.policy.rules import WORKS_IN_A_UNIT
from crm.transfers import queries, services
from crm.transfers.forms import CounterForm, OwnerForm, WhyForm
from crm.transfers.models import Transfer
from crm.transfers.views.blueprint import bp
from crm.units import queries as units
from crm.web.acts import act, act_on
from crm.web.guards import allowed, current_actor
from crm.web.pages import said_again


@bp.get("/transfers")
@allowed("transfer", "list")
def inbox() -> ResponseReturnValue:
    """What came and what was sent, what waits first."""
    return render_template("transfers/inbox.html", today=clock.today(), **queries.inbox(current_actor()))


@bp.get("/transfers/<string:public_id>")
@allowed("transfer", "read")
def show(public_id: str) -> ResponseReturnValue:
    """One transfer: the card, the terms, what was done, the checklist once it is agreed, and the answer that is due."""
    found = queries.visible_transfer(public_id, actor=current_actor())
    agreed = found.transfer.state == "accepted" and not found.merged
    return render_template(
        "transfers/show.html", one=found, moves=queries.moves_of(found.transfer.id), unit_of=units.labels(),
        items=queries.checklist(found.lead, now=clock.now()) if agreed else [], counter_form=CounterForm(formdata=None),
        owner_form=_people(OwnerForm(formdata=None), found.transfer) if found.takes else None, today=clock.today(),
    )  # fmt: skip


@bp.post("/transfers/<string:public_id>/accept")
@allowed("transfer", "read")
def accept(public_id: str) -> ResponseReturnValue:
    """One click."""
    return act(
        lambda: services.accept(public_id, **_who()), _("已同意，由承接单位办理交接"), "transfers.show", public_id=public_id
    )


@bp.post("/transfers/<string:public_id>/counter")
@allowed("transfer", "read")
def counter(public_id: str) -> ResponseReturnValue:
    """Other terms."""
    form, who = CounterForm(), _who()
    return act_on(
        form, _seen(public_id), lambda: services.counter(public_id, form.to_terms(), form.reason.data or "", **who),
        _("已提出，等对方答复"), "transfers.show", public_id=public_id,
    )  # fmt: skip


@bp.post("/transfers/<string:public_id>/decline")
@allowed("transfer", "read")
def decline(public_id: str) -> ResponseReturnValue:
    """No, and why."""
    form, who = WhyForm(), _who()
    return act_on(
        form, _seen(public_id), lambda: services.decline(public_id, form.reason.data or "", **who), _("已答复"), "transfers.show",
        public_id=public_id,
    )  # fmt: skip


@bp.post("/transfers/<string:public_id>/withdraw")
@allowed("transfer", "withdraw")
def withdraw(public_id: str) -> ResponseReturnValue:
    """Take the offer back."""
    return act(lambda: services.withdraw(public_id, **_who()), _("已撤回"), "transfers.show", public_id=public_id)


@bp.post("/transfers/<string:public_id>/take-over")
@allowed("transfer", "take_over")
def take_over(public_id: str) -> ResponseReturnValue:
    """Say who leads it, and have it."""
    found = queries.visible_transfer(public_id, actor=current_actor())
    form = _people(OwnerForm(), found.transfer)
    return act_on(
        form, lambda: found, lambda: services.take_over(public_id, form.owner.data, **_who()), _("交接完成，项目已由本单位跟进"),
        "transfers.show", public_id=public_id,
    )  # fmt: skip


@bp.post("/transfers/<string:public_id>/return")
@allowed("transfer", "return")
def return_now(public_id: str) -> ResponseReturnValue:
    """Give the lead back."""
    form, who = WhyForm(), _who()
    _seen(public_id)()
    if not form.validate():
        return said_again(form, "transfers.show", public_id=public_id)
    # Whoever gives a lead back may have nothing to do with it afterwards.
    return act(
        lambda: services.return_lead(public_id, form.reason.data or "", **who), _("已退回，业绩归属已更正"), "transfers.inbox"
    )  # fmt: skip


def _seen(public_id: str) -> Callable[[], Any]:
    return lambda: queries.visible_transfer(public_id, actor=current_actor())


def _who() -> dict[str, Any]:
    return {"actor": current_actor(), "now": clock.now()}


def _people(form: OwnerForm, transfer: Transfer) -> OwnerForm:
    people = accounts.active_in(units.under(transfer.to_unit.path))
    return form.offer([(user.id, user.name) for user in people if user.as_actor().role in WORKS_IN_A_UNIT])
