"""到资: entering an arrival for a lead, and putting a line in the place of one."""

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock, once
from crm.core.db import db, unit_of_work
from crm.core.errors import Moved, Refusal
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
from crm.web.guards import allowed, current_actor
from crm.web.pages import go


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
            public_id, form.to_receipt(), _proof(form), checked=form.checked.data or "", root=_root(), actor=actor, now=now
        )

    return _kept(lead, form, do, _("到资已登记"))


@bp.get("/money/receipts/<string:public_id>/correct")
@allowed("receipt", "correct")
def correct(public_id: str) -> ResponseReturnValue:
    """The form with what the line says."""
    lead, row = _line(public_id)
    return _page(lead, CorrectReceiptForm(data=CorrectReceiptForm.values_of(row)).offer(_files(lead)), row=row)


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
            _proof(form),
            form.reason.data or "",
            checked=form.checked.data or "",
            root=_root(),
            actor=actor,
            now=now,
        )

    return _kept(lead, form, do, _("已更正，原记录保留"), row=row)


def _kept(lead: Lead, form: ReceiptForm, do: Callable[[], Any], done: str, row: Receipt | None = None) -> ResponseReturnValue:
    """Do it once, and back to the lead; else the same page with what was typed, and the doubts that are to be ticked."""
    message, status, doubts, actor = "", 422, None, current_actor()
    if form.validate():
        scope = f"receipt:{row.public_id if row else lead.public_id}"
        try:
            with unit_of_work():
                body, key = form.once_body(), form.once.data or ""
                taken = once.claim(key, user_id=actor.user_id, scope=scope, body=body, now=clock.now())
                taken.answer = url_for("desk.lead", public_id=lead.public_id, _anchor="receipts")
                do()
        except SlipsUnchecked as refusal:
            message, doubts = refusals.sentence(refusal), refusal.facts
        except Refusal as refusal:
            if refusal.status not in (409, 422) or "answer" in refusal.facts or isinstance(refusal, Moved):
                raise
            message, status = refusals.sentence(refusal), refusal.status
        else:
            flash(done, "done")
            return go("desk.lead", public_id=lead.public_id, _anchor="receipts")
    return _page(lead, form, row=row, message=message, doubts=doubts), status


def _page(
    lead: Lead, form: ReceiptForm, *, row: Receipt | None = None, message: str = "", doubts: dict[str, Any] | None = None
) -> str:
    return render_template(
        "money/receipt.html", lead=lead, form=form, row=row, message=message, doubts=doubts, ledger=queries.ledger_of(lead),
        today=clock.today(), lost=bool(_proof_name(form)),
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
    """The lead's files, for those who read them."""
    if not policy.can(policy.towards_lead(current_actor(), lead), "file", "read"):
        return []
    return [(file.public_id, file.name) for file in files.of_lead(lead.id)]


def _proof_name(form: ReceiptForm) -> str:
    """The file that was chosen: a browser does not choose it again for a form that comes back."""
    upload: Any = form.proof_file.data
    return str(getattr(upload, "filename", "") or "") if upload is not None else ""


def _proof(form: ReceiptForm) -> services.Proof:
    if name := _proof_name(form):
        upload: Any = form.proof_file.data
        return services.Proof(name, upload.read())
    return services.Proof(public_id=form.proof.data or "")


def _root() -> str:
    return str(current_app.config["FILES_PATH"])
