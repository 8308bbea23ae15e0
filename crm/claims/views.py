"""Protection rules and working days as pages: everybody reads them, an administrator adds."""

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.utils import redirect

from crm.claims import queries, services
from crm.claims.forms import RulesForm, SpecialDayForm
from crm.claims.rules.calendar import DayThere
from crm.claims.rules.protection import RulesUnfit, ValidFromPast, VersionThere
from crm.core import clock, once
from crm.core.dated import ValidFromFar, VersionDayThere
from crm.core.db import unit_of_work
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.pages import go

bp = Blueprint("claims", __name__, url_prefix="/protection-rules")


def _page(form: RulesForm, day_form: SpecialDayForm) -> str:
    return render_template(
        "claims/rules.html", form=form, day_form=day_form, versions=list(reversed(queries.versions())),
        current=queries.force_on(clock.today()), days=queries.special_days(), values_of=RulesForm.values_of,
    )  # fmt: skip


def _new_form(**posted: None) -> RulesForm:
    """A new version begins with the numbers of the present one; `formdata=None`: what was posted was another form's."""
    return RulesForm(data=RulesForm.values_of(queries.force_on(clock.today()).settings), **posted)


@bp.get("/")
@allowed("reference", "read")
def index() -> ResponseReturnValue:
    """All versions with their source, the special days, and for an administrator the forms."""
    return _page(_new_form(), SpecialDayForm())


@bp.post("/")
@allowed("reference", "edit")
def add() -> ResponseReturnValue:
    """A new version, valid from a day on."""
    form, actor, now = RulesForm(), current_actor(), clock.now()
    if form.validate():
        try:
            with unit_of_work():
                key = once.claim(form.once.data, user_id=actor.user_id, scope="rules", body=form.once_body(), now=now)
                services.add_rules(form.to_rules(), actor=actor, now=now)
                key.answer = url_for("claims.index")
        except VersionThere as refusal:
            field = form.valid_from if isinstance(refusal, VersionDayThere) else form.code
            field.errors = [refusals.sentence(refusal)]
        except (ValidFromPast, ValidFromFar) as refusal:
            form.valid_from.errors = [refusals.sentence(refusal)]
        except RulesUnfit as refusal:
            form[refusal.facts["field"]].errors = [refusals.sentence(refusal)]
        else:
            flash(_("新版本已添加；已成立的首报仍按原版本计时"), "done")
            return redirect(url_for("claims.index"), 303)
    return _page(form, SpecialDayForm(formdata=None)), 422


@bp.post("/days")
@allowed("reference", "edit")
def add_day() -> ResponseReturnValue:
    """A day that is worked, or not."""
    form, actor = SpecialDayForm(), current_actor()
    if form.validate():
        try:
            with unit_of_work():
                services.add_special_day(
                    form.day.data, is_worked=form.worked.data == "yes", note=form.note.data, actor=actor, now=clock.now()
                )
        except DayThere as refusal:
            form.day.errors = [refusals.sentence(refusal)]
        else:
            flash(_("日历已更新，各首报的时限随之重算"), "done")
            return go("claims.index")
    return _page(_new_form(formdata=None), form), 422


@bp.post("/days/<string:public_id>/take-back")
@allowed("reference", "edit")
def take_back(public_id: str) -> ResponseReturnValue:
    """The country's calendar holds again for a day."""
    with unit_of_work():
        services.take_day_back(public_id, actor=current_actor(), now=clock.now())
    flash(_("日历已更新，各首报的时限随之重算"), "done")
    return go("claims.index")
