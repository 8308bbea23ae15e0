"""首笔到资: choose a line of the ledger, or enter one; the milestone comes along."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.files import queries as files
from crm.funds import queries, services
from crm.funds.forms import TakeForm
from crm.funds.rules import NotStanding
from crm.funds.words import against
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.money.forms import ReceiptForm
from crm.money.views.receipts import Doubts, kept
from crm.pipeline.views.blueprint import DOUBTS
from crm.policy import rules as policy
from crm.web import fmt, refusals
from crm.web.forms import Form
from crm.web.guards import allowed, current_actor

bp = Blueprint("funds", __name__, url_prefix="/first-funds")
DOUBTS.append(lambda rows: {row_id: against(line) for row_id, line in queries.overtaken(rows).items()})


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
    if not form.receipt.choices:
        return _page(lead, form, ReceiptForm(formdata=None), refusals.sentence(NotStanding())), 422

    def do() -> Any:
        return services.take_receipt(public_id, form.receipt.data or "", **_named())

    return _stored(lead, form, do, lambda message, _doubts: _page(_lead(public_id), form, ReceiptForm(formdata=None), message))


@bp.post("/<string:public_id>/new")
@allowed("receipt", "add")
def add(public_id: str) -> ResponseReturnValue:
    """Enter an arrival, and make it the milestone."""
    lead = _lead(public_id)
    policy.require(policy.towards_lead(current_actor(), lead), "receipt", "add", seen_by="read")
    form = ReceiptForm().offer(_files(lead))

    def do() -> Any:
        return services.add_first_funds(
            public_id, form.to_receipt(), form.to_proof(), checked=form.checked.data or "", **_named()
        )  # fmt: skip

    return _stored(
        lead, form, do, lambda message, doubts: _page(_lead(public_id), TakeForm(formdata=None), form, message, doubts)
    )  # fmt: skip


def _stored(lead: Lead, form: Form, do: Callable[[], Any], page: Callable[[str, Doubts], str]) -> ResponseReturnValue:
    done = _("首笔到资节点已登记，与到资台账同一笔")
    return kept(lead, form, do, done, page, scope=f"funds:{lead.public_id}", anchor="nodes")


def _named() -> dict[str, Any]:
    return {"root": str(current_app.config["FILES_PATH"]), "actor": current_actor(), "now": clock.now()}


def _page(lead: Lead, take: TakeForm, new: ReceiptForm, message: str = "", doubts: Doubts = None) -> str:
    stands = policy.towards_lead(current_actor(), lead)
    lines = _lines(lead)
    return render_template(
        "funds/choose.html", lead=lead, take=take.offer(lines), lines=lines, new=new.offer(_files(lead)), message=message,
        doubts=doubts, there=queries.milestone_there(lead), today=clock.today(), may_add=policy.can(stands, "receipt", "add"),
        typed=take if take.errors and lines else new, lost=bool(new.chosen_file),
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
    return files.readable_of(lead.id, actor=current_actor())
