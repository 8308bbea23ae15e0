"""Confirming many returns of a week at once: looked at before it is done."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.core.db import unit_of_work
from crm.returns import services, words
from crm.returns.forms import week_named
from crm.returns.queries import confirming
from crm.returns.queries.confirming import MOST, Candidate
from crm.returns.rules import Week
from crm.returns.views.blueprint import bp
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.pages import go


@bp.post("/weeks/<string:public_id>/confirm")
@allowed("weekly_return", "confirm")
def confirm_preview(public_id: str) -> ResponseReturnValue:
    """Of what was ticked: what would be confirmed, what would be left out, and why."""
    week, found = _asked(public_id)
    if not found:
        return _nothing(week)
    fit = [one for one in found if one.refusal is None]
    unfit = [(one, refusals.sentence(one.refusal)) for one in found if one.refusal is not None]
    return render_template(
        "returns/confirm_many.html", week=week, period=words.period_of(week), fit=fit, unfit=unfit, said=words.in_counts
    )


@bp.post("/weeks/<string:public_id>/confirm/now")
@allowed("weekly_return", "confirm")
def confirm_many(public_id: str) -> ResponseReturnValue:
    """Do it; what could not be done meanwhile is named, with the reason."""
    week, found = _asked(public_id)
    if not found:
        return _nothing(week)
    names = {one.one.row.public_id: one.one.row.unit.short(html_lang()) for one in found}
    items = [(chosen, opened) for chosen, opened in _picked() if chosen in names]
    with unit_of_work():
        came = services.confirm_many(items, actor=current_actor(), now=clock.now())
    if came.done:
        flash(_("已确认 %(n)s 份周报，此后不再改动", n=len(came.done)), "done")
    for chosen, refusal in came.skipped:
        flash(_("%(unit)s的周报未确认：%(why)s", unit=names[chosen], why=refusals.sentence(refusal)), "soon")
    return go("returns.week", public_id=week.first.isoformat())


def _asked(public_id: str) -> tuple[Week, list[Candidate]]:
    """The week of the address, and what of it was ticked. NotFound."""
    week = week_named(public_id, clock.today())
    return week, confirming.to_confirm(week, _picked(), current_actor())


def _nothing(week: Week) -> ResponseReturnValue:
    flash(_("请先勾选周报"), "soon")
    return go("returns.week", public_id=week.first.isoformat())


def _picked() -> list[tuple[str, int]]:
    """What was ticked, as public id and the version that was seen."""
    items = []
    for text in request.form.getlist("pick")[:MOST]:
        public_id, _colon, version = text.partition(":")
        if version.isascii() and version.isdecimal() and len(version) < 9:
            items.append((public_id[:22], int(version)))
    return items
