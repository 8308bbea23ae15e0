"""批量操作 from the list: what is chosen, which act; seen in crm.bulk before it is done. The chosen as a workbook."""

from collections.abc import Iterable

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from crm.bulk import queries, services
from crm.bulk.forms import BulkForm
from crm.bulk.rules import CAP, Act, NothingChosen
from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.desk.forms import question_from
from crm.desk.views.blueprint import bp
from crm.desk.views.workbook import send_leads
from crm.leads.queries import listing
from crm.leads.queries.rows import rows_of
from crm.leads.rules.listing import Scope
from crm.policy import rules as policy
from crm.shelves.rules import pairs_of, state_of
from crm.units import queries as units
from crm.web.acts import refused
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.pages import go

_PAGE = 100  # ticked rows: a page has no more


@bp.get("/leads/bulk")
@allowed("bulk", "start")
def bulk() -> ResponseReturnValue:
    """The form for what is to be done with the ticked rows, or with all that the filter finds."""
    state = state_of(request.args.items(multi=True)) if request.args.get("all") == "yes" else ""
    picks = [] if request.args.get("all") == "yes" else _picks(request.args.getlist("pick"))
    return _form(BulkForm(data={"state": state}), picks, whole=request.args.get("all") == "yes")


@bp.post("/leads/bulk")
@allowed("bulk", "start")
def bulk_seen() -> ResponseReturnValue:
    """On to what would be done; nothing is done yet. A workbook needs no look before."""
    actor, now, whole = current_actor(), clock.now(), request.form.get("all") == "yes"
    form, picks, status = _offered(BulkForm()), _picks(request.form.getlist("pick")), 422
    message = ""
    if form.validate():
        ids, over = _chosen(form.state.data or "", picks, whole=whole)
        if form.to_act() is Act.EXPORT and ids:
            rows = [row for row in rows_of(ids, actor).values() if not row.masked]
            return send_leads(rows, left=CAP if over else None)
        try:
            with unit_of_work():
                body = f"{form.once_body()}{picks}"
                key = once.claim(form.once.data or "", user_id=actor.user_id, scope="bulk", body=body, now=now)
                if form.to_act() is Act.EXPORT:
                    raise NothingChosen
                made = services.see_run(ids, form.to_act(), form.to_wanted(), over=over, actor=actor, now=now).public_id
                key.answer = url_for("bulk.show", public_id=made)
        except Refusal as refusal:
            message, status = refused(refusal)
        else:
            return go("bulk.show", public_id=made)
    return _form(form, picks, whole=whole, message=message), status


def _form(form: BulkForm, picks: list[str], *, whole: bool, message: str = "") -> str:
    ids, over = _chosen(form.state.data or "", picks, whole=whole)
    back = f"{url_for('desk.pipeline')}?{form.state.data or 'view=none'}"
    return render_template(
        "bulk/new.html", form=_offered(form), picks=picks, whole=whole, number=len(ids), over=over, cap=CAP, message=message,
        back=back,
    )  # fmt: skip


def _offered(form: BulkForm) -> BulkForm:
    actor, lang = current_actor(), html_lang()
    asks = {Act.OWNER: ("lead", "assign"), Act.CLUSTER: ("lead", "tag"), Act.NEXT: ("lead", "write_progress"),
            Act.SHARE: ("share", "give"), Act.EXPORT: ("lead", "export")}  # fmt: skip
    acts = [act for act, (record, action) in asks.items() if policy.possible(actor.role, record, action)]
    people = [(user.id, f"{user.name}　{user.unit.short(lang)}") for user in queries.owners_for(actor)]
    return form.offer(acts, people, [(unit.id, unit.name(lang)) for unit in units.working()])


def _picks(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value[:22] for value in values))[:_PAGE]


def _chosen(state: str, picks: list[str], *, whole: bool) -> tuple[list[int], int]:
    """The ids that are meant, at most as many as one run takes, and how many more the filter finds."""
    if not whole:
        return queries.ids_of(picks), 0
    actor = current_actor()
    args = MultiDict(pairs_of(state))
    asked = question_from(args, default_scope=Scope.CITY if actor.city_wide else Scope.UNIT)
    asked = asked if policy.may(actor, "coordination", "list") else asked.on(to_coordinate=False)
    ids = listing.page_ids(asked.on(page=1, size=CAP), actor)
    found = listing.count_of(asked.on(exact=True), actor).number if len(ids) == CAP else len(ids)
    return ids, found - len(ids)
