"""到资: entering an arrival for a lead, and putting a line in the place of one."""

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock, once
from crm.core.db import db, unit_of_work
from crm.core.errors import Refusal
from crm.files import queries as files
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.money import queries, services
from crm.money.forms import CorrectReceiptForm, ReceiptForm
from crm.money.models import Receipt
from crm.money.rules import LineCorrected, SlipsUnchecked
from crm.money.views.blueprint import bp
from crm.policy import rules as policy
from crm.web import refusals
from crm.web.acts import refused
from crm.web.forms import Form
from crm.web.guards import allowed, current_actor
from crm.web.pages import go

Doubts = dict[str, Any] | None


@bp.get("/money/new/<string:public_id>")
@allowed("receipt", "add")
def new(public_id: str) -> ResponseReturnValue:
    """The form for a lead's arrival."""
    lead = _lead(public_id)
    return _page(lead, ReceiptForm().offer(_files(lead)))


@bp.post("/money/new/<string:public_id>")
@allowed("receipt", "add")
def add(public_id: str) -> ResponseReturnValue:
    """Enter it, once."""
    lead, actor, now = _lead(public_id), current_actor(), clock.now()
    form = ReceiptForm().offer(_files(lead))

    def do() -> Any:
        return services.add_receipt(
            public_id, form.to_receipt(), form.to_proof(), checked=form.checked.data or "", root=_root(), actor=actor, now=now
        )

    return _stored(lead, form, do, _("到资已登记"))


@bp.get("/money/receipts/<string:public_id>/correct")
@allowed("receipt", "correct")
def correct(public_id: str) -> ResponseReturnValue:
    """The form with what the line says."""
    lead, row = _line(public_id)
    return _page(
        lead,
        CorrectReceiptForm(data=CorrectReceiptForm.values_of(row)).offer(_files(lead)),
        row=row,
    )


@bp.post("/money/receipts/<string:public_id>/correct")
@allowed("receipt", "correct")
def correct_now(public_id: str) -> ResponseReturnValue:
    """Put another line in its place, or take it back."""
    (lead, row), actor, now = _line(public_id), current_actor(), clock.now()
    form = CorrectReceiptForm().offer(_files(lead))

    def do() -> Any:
        said = None if form.withdrawn.data else form.to_receipt()
        return services.correct_receipt(
            public_id,
            said,
            form.to_proof(),
            form.reason.data or "",
            checked=form.checked.data or "",
            root=_root(),
            actor=actor,
            now=now,
        )

    return _stored(lead, form, do, _("已更正，原记录保留"), row=row)


def _stored(lead: Lead, form: ReceiptForm, do: Callable[[], Any], done: str, row: Receipt | None = None) -> ResponseReturnValue:
    def page(message: str, doubts: Doubts) -> str:
        return _page(lead, form, row=row, message=message, doubts=doubts)

    return kept(lead, form, do, done, page, scope=f"receipt:{row.public_id if row else lead.public_id}", anchor="receipts")


def kept(
    lead: Lead, form: Form, do: Callable[[], Any], done: str, page: Callable[[str, Doubts], str], *, scope: str, anchor: str
) -> ResponseReturnValue:
    """Do it once (`scope` says what), and back to that part of the lead's page; else the page with what was typed, why not, and
    the doubts about a sum that are to be ticked.
    """
    message, status, doubts, actor = "", 422, None, current_actor()
    if form.validate():
        try:
            with unit_of_work():
                key = form["once"].data or ""
                taken = once.claim(key, user_id=actor.user_id, scope=scope, body=form.once_body(), now=clock.now())
                taken.answer = url_for("desk.lead", public_id=lead.public_id, _anchor=anchor)
                do()
        except SlipsUnchecked as refusal:
            message, doubts = refusals.sentence(refusal), refusal.facts
        except Refusal as refusal:
            message, status = refused(refusal)
        else:
            flash(done, "done")
            return go("desk.lead", public_id=lead.public_id, _anchor=anchor)
    return page(message, doubts), status


def _page(lead: Lead, form: ReceiptForm, *, row: Receipt | None = None, message: str = "", doubts: Doubts = None) -> str:
    return render_template(
        "money/receipt.html", lead=lead, form=form, row=row, message=message, doubts=doubts, ledger=queries.ledger_of(lead),
        today=clock.today(), lost=bool(form.chosen_file),
    )  # fmt: skip


def _lead(public_id: str) -> Lead:
    lead, actor = access.visible_lead(public_id, actor=current_actor()), current_actor()
    policy.require(policy.towards_lead(actor, lead), "receipt", "add", seen_by="read")
    return lead


def _line(public_id: str) -> tuple[Lead, Receipt]:
    """A line with its lead, for those who may correct it."""
    row, actor = queries.line(public_id), current_actor()
    policy.require(access.standing(row.lead_id, actor), "receipt", "correct", seen_by="read")
    if queries.is_corrected(row.id):
        raise LineCorrected
    return db.session.get_one(Lead, row.lead_id), row


def _files(lead: Lead) -> list[tuple[str, str]]:
    return files.readable_of(lead.id, actor=current_actor())


def _root() -> str:
    return str(current_app.config["FILES_PATH"])
