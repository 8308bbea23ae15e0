"""首笔到资: choose a line of the ledger, or enter one; the milestone comes along."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Moved, Refusal
from crm.files import queries as files
from crm.funds import queries, services
from crm.funds.forms import TakeForm
from crm.funds.rules import NotStanding
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.money.forms import ReceiptForm
from crm.money.rules import SlipsUnchecked
from crm.money.services import Proof
from crm.policy import rules as policy
from crm.web import fmt, refusals
from crm.web.forms import Form
from crm.web.guards import allowed, current_actor
from crm.web.pages import go

bp = Blueprint("funds", __name__, url_prefix="/first-funds")


@bp.get("/<string:public_id>")
@allowed("milestone", "enter")
def choose(public_id: str) -> ResponseReturnValue:
    """The lines that may be meant, and the form for a new one."""
    lead = _lead(public_id)
    return _page(lead, TakeForm(formdata=None), ReceiptForm(formdata=None))


@bp.post("/<string:public_id>/take")
@allowed("milestone", "enter")
def take(public_id: str) -> ResponseReturnValue:
    """Make one of them the milestone."""
    lead = _lead(public_id)
    form = TakeForm().offer(_lines(lead))

    def do(named: dict[str, Any]) -> Any:
        return services.take_receipt(public_id, form.receipt.data or "", **named)

    return _kept(lead, form, do, lambda message, _doubts: _page(_lead(public_id), form, ReceiptForm(formdata=None), message))


@bp.post("/<string:public_id>/new")
@allowed("receipt", "add")
def add(public_id: str) -> ResponseReturnValue:
    """Enter an arrival, and make it the milestone."""
    lead = _lead(public_id)
    policy.require(policy.towards_lead(current_actor(), lead), "receipt", "add", seen_by="read")
    form = ReceiptForm().offer(_files(lead))
    proof = _proof(form)

    def do(named: dict[str, Any]) -> Any:
        return services.add_first_funds(public_id, form.to_receipt(), proof, checked=form.checked.data or "", **named)

    return _kept(
        lead, form, do, lambda message, doubts: _page(_lead(public_id), TakeForm(formdata=None), form, message, doubts)
    )  # fmt: skip


def _kept(
    lead: Lead, form: Form, do: Callable[[dict[str, Any]], Any], page: Callable[[str, dict[str, Any] | None], str]
) -> ResponseReturnValue:
    """Do it once and back to the lead, else the same page with what was typed."""
    message, doubts, status, actor, now = "", None, 422, current_actor(), clock.now()
    if isinstance(form, TakeForm) and not form.receipt.choices:
        return page(refusals.sentence(NotStanding()), None), 422
    if form.validate():
        try:
            with unit_of_work():
                key = form["once"].data or ""
                taken = once.claim(key, user_id=actor.user_id, scope=f"funds:{lead.public_id}", body=form.once_body(), now=now)
                taken.answer = url_for("desk.lead", public_id=lead.public_id, _anchor="nodes")
                do({"root": str(current_app.config["FILES_PATH"]), "actor": actor, "now": now})
        except SlipsUnchecked as refusal:
            message, doubts = refusals.sentence(refusal), refusal.facts
        except Refusal as refusal:
            if refusal.status not in (409, 422) or "answer" in refusal.facts or isinstance(refusal, Moved):
                raise
            message, status = refusals.sentence(refusal), refusal.status
        else:
            flash(_("首笔到资节点已登记，与到资台账同一笔"), "done")
            return go("desk.lead", public_id=lead.public_id, _anchor="nodes")
    return page(message, doubts), status


def _page(lead: Lead, take: TakeForm, new: ReceiptForm, message: str = "", doubts: dict[str, Any] | None = None) -> str:
    stands = policy.towards_lead(current_actor(), lead)
    lines = _lines(lead)
    return render_template(
        "funds/choose.html", lead=lead, take=take.offer(lines), lines=lines, new=new.offer(_files(lead)), message=message,
        doubts=doubts, there=queries.milestone_there(lead), today=clock.today(), may_add=policy.can(stands, "receipt", "add"),
        typed=take if take.errors and lines else new,
    )  # fmt: skip


def _lead(public_id: str) -> Lead:
    actor = current_actor()
    lead = access.visible_lead(public_id, actor=actor)
    policy.require(policy.towards_lead(actor, lead), "milestone", "enter", seen_by="read")
    return lead


def _lines(lead: Lead) -> list[tuple[str, str]]:
    """The arrivals as choices, for those who read them."""
    if not policy.can(policy.towards_lead(current_actor(), lead), "receipt", "read"):
        return []
    return [
        (row.public_id, f"{fmt.date(row.received_on)}　{fmt.money(row.amount, row.currency)}") for row in queries.candidates(lead)
    ]


def _files(lead: Lead) -> list[tuple[str, str]]:
    """The lead's files, for those who read them."""
    if not policy.can(policy.towards_lead(current_actor(), lead), "file", "read"):
        return []
    return [(file.public_id, file.name) for file in files.of_lead(lead.id)]


def _proof(form: ReceiptForm) -> Proof:
    upload: Any = form.proof_file.data
    if name := str(getattr(upload, "filename", "") or ""):
        return Proof(name, upload.read())
    return Proof(public_id=form.proof.data or "")
