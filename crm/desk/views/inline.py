"""One field of a lead, changed where it stands in the list or on a page of its own: the next step with its day, the owner, the
total investment, the day of the next milestone.

Only that field is looked at: what a colleague changed elsewhere meanwhile is no conflict. Where they changed the same field, both
values are shown and nothing typed is lost.
"""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.bulk import queries, services
from crm.bulk.forms import ExpectedDayForm, NextForm, OwnerForm, TotalForm
from crm.bulk.rules import Act, Cell, FieldMoved, TenfoldTotal, Wanted
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.desk.views.blueprint import bp
from crm.leads.forms import EditForm
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.views.blueprint import on_from, way_back
from crm.pipeline.queries import nearest_of
from crm.pipeline.rules import Kind
from crm.policy import rules as policy
from crm.web.acts import refused
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang

_STANDS: dict[Act | Cell, Callable[[Lead], str]] = {
    Cell.TOTAL: queries.total_stands, Cell.EXPECTED: queries.expected_stands,
    Act.NEXT: lambda lead: queries.stands(lead, Act.NEXT), Act.OWNER: lambda lead: queries.stands(lead, Act.OWNER),
}  # fmt: skip
_AT = {"expected_reason": "reason", "expected_past": "on", "expected_too_far": "on", "milestone_out_of_order": "on"}


@bp.get("/leads/<string:public_id>/next-step")
@allowed("lead", "write_progress")
def next_step(public_id: str) -> ResponseReturnValue:
    """The next step and its day, to be changed."""
    lead = access.visible_lead(public_id, actor=current_actor(), action="write_progress")
    form = NextForm(data={"step": lead.next_step, "due_on": lead.next_due, "was": queries.stands(lead, Act.NEXT)})
    return _page(lead, form, Act.NEXT)


@bp.post("/leads/<string:public_id>/next-step")
@allowed("lead", "write_progress")
def set_next_step(public_id: str) -> ResponseReturnValue:
    """Store them."""
    form = NextForm()
    return _store(public_id, form, Act.NEXT, lambda: Wanted(step=form.step.data or "", due_on=form.due_on.data))


@bp.get("/leads/<string:public_id>/owner")
@allowed("lead", "assign")
def owner(public_id: str) -> ResponseReturnValue:
    """Who leads it, to be changed."""
    lead = access.visible_lead(public_id, actor=current_actor(), action="assign")
    form = OwnerForm(data={"owner": str(lead.owner_id or ""), "was": queries.stands(lead, Act.OWNER)})
    return _page(lead, form.offer(_people(lead)), Act.OWNER)


@bp.post("/leads/<string:public_id>/owner")
@allowed("lead", "assign")
def choose_owner(public_id: str) -> ResponseReturnValue:
    """Store it."""
    lead = access.visible_lead(public_id, actor=current_actor(), action="assign")
    form = OwnerForm().offer(_people(lead))
    return _store(public_id, form, Act.OWNER, lambda: Wanted(owner_id=int(form.owner.data)))


@bp.get("/leads/<string:public_id>/total")
@allowed("lead", "edit")
def total(public_id: str) -> ResponseReturnValue:
    """The total investment, and the band of an undisclosed investor, to be changed."""
    lead = access.visible_lead(public_id, actor=current_actor(), action="edit")
    there: dict[str, Any] = {"band": lead.amount_band, "was": queries.total_stands(lead)}
    if lead.total_amount is not None and lead.total_currency:
        there |= EditForm.sum_values("total", lead.total_amount, lead.total_currency)
    return _page(lead, TotalForm(data=there, disclosed=lead.investor_id is not None), Cell.TOTAL)


@bp.post("/leads/<string:public_id>/total")
@allowed("lead", "edit")
def set_total(public_id: str) -> ResponseReturnValue:
    """Store it; a sum that jumps by a digit is asked about once."""
    lead = access.visible_lead(public_id, actor=current_actor(), action="edit")
    form = TotalForm(disclosed=lead.investor_id is not None)

    def do() -> None:
        services.change_total(
            public_id, form.to_total(), form.to_band(), was=form.was.data or "", sure=form.sure.data == form.typed(),
            actor=current_actor(), now=clock.now(),
        )  # fmt: skip

    return _done(public_id, form, Cell.TOTAL, do)


@bp.get("/leads/<string:public_id>/expected-day")
@allowed("expected", "set")
def expected_day(public_id: str) -> ResponseReturnValue:
    """The day of the next milestone, to be changed."""
    lead = _lead_to_expect(public_id)
    there = {"kind": lead.expected_kind, "on": lead.expected_on, "was": queries.expected_stands(lead)}
    return _page(lead, ExpectedDayForm(data=there).offer(queries.kinds_to_expect(lead)), Cell.EXPECTED)


@bp.post("/leads/<string:public_id>/expected-day")
@allowed("expected", "set")
def set_expected_day(public_id: str) -> ResponseReturnValue:
    """Store it."""
    lead = _lead_to_expect(public_id)
    form = ExpectedDayForm()
    kinds = queries.kinds_to_expect(lead)
    form.offer([*kinds, *(kind for kind in Kind if kind not in kinds and kind == form.kind.data)])

    def do() -> None:
        services.change_expected(
            public_id, Kind(form.kind.data), form.on.data, form.reason.data or "", was=form.was.data or "",
            actor=current_actor(), now=clock.now(),
        )  # fmt: skip

    return _done(public_id, form, Cell.EXPECTED, do)


def _lead_to_expect(public_id: str) -> Lead:
    actor = current_actor()
    lead = access.visible_lead(public_id, actor=actor)
    policy.require(policy.towards_lead(actor, lead), "expected", "set", seen_by="read")
    return lead


def _people(lead: Lead) -> list[tuple[int, str]]:
    lang = html_lang()
    found = [user for user in accounts.workers() if queries.works_for(user, lead)]
    return [(user.id, f"{user.name}　{user.unit.short(lang)}") for user in found]


def _store(public_id: str, form: Any, act: Act, wanted: Callable[[], Wanted]) -> ResponseReturnValue:
    def do() -> None:
        services.change_one(public_id, act, wanted(), was=form.was.data or "", actor=current_actor(), now=clock.now())

    return _done(public_id, form, act, do)


def _done(public_id: str, form: Any, act: Act | Cell, do: Callable[[], None]) -> ResponseReturnValue:
    """Do it, and the cell or the lead's page; or the form with what was typed, and with what a colleague put there meanwhile."""
    actor, message, theirs, status = current_actor(), "", None, 422
    if form.validate():
        try:
            with unit_of_work():
                do()
        except FieldMoved:
            status = 409
            theirs = queries.last_change(access.visible_lead(public_id, actor=actor), act)
        except Refusal as refusal:
            message, status = refused(refusal, form, _AT)
            if isinstance(refusal, TenfoldTotal):
                form.sure.data = form.typed()
        else:
            if not request.headers.get("HX-Request"):
                flash(_("已保存"), "done")
                return on_from(public_id)
            lead = access.visible_lead(public_id, actor=actor)
            return render_template("desk/_inline_cell.html", lead=lead, act=act, saved=True, near=nearest_of(lead, clock.today()))
    lead = access.visible_lead(public_id, actor=actor)
    if status == 409:  # sent again, the form stands against what is there now
        form.was.data = _STANDS[act](lead)
    return _page(lead, form, act, message=message, theirs=theirs, conflict=status == 409 and not message), status


def _page(lead: Lead, form: Any, act: Act | Cell, **facts: Any) -> str:
    name = "desk/_inline.html" if request.headers.get("HX-Request") else "desk/inline.html"
    told = {"message": "", "theirs": None, "conflict": False, **way_back(lead.public_id), **facts}
    return render_template(name, lead=lead, form=form, act=act, near=nearest_of(lead, clock.today()), at=_AT_DOOR[act], **told)


_AT_DOOR: dict[Act | Cell, str] = {
    Act.OWNER: "desk.choose_owner", Act.NEXT: "desk.set_next_step", Cell.TOTAL: "desk.set_total",
    Cell.EXPECTED: "desk.set_expected_day",
}  # fmt: skip
