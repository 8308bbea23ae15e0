"""汇率: dated exchange rates, the newest first, and adding one. The room of rates lies below the doors; this is its door."""

from decimal import Decimal

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.money.forms import RateForm
from crm.money.rules.rates import far_from
from crm.money.views.blueprint import bp
from crm.rates import queries, services
from crm.rates.models import ExchangeRate
from crm.web.guards import allowed, current_actor
from crm.web.pages import go


@bp.get("/rates")
@allowed("rate", "list")
def rates() -> ResponseReturnValue:
    """All rates, newest first."""
    return _page(RateForm())


@bp.post("/rates")
@allowed("rate", "add")
def add_rate() -> ResponseReturnValue:
    """A rate from a day on; one that is far from the one before it is ticked first."""
    form, actor, now = RateForm(), current_actor(), clock.now()
    far = False
    if form.validate():
        value, day, currency = form.to_value(), form.day.data or clock.today(), form.currency.data
        far = far_from(value, _before(currency, day)) and not form.checked.data
        if not far:
            with unit_of_work():
                key = once.claim(form.once.data or "", user_id=actor.user_id, scope="rates", body=form.once_body(), now=now)
                key.answer = url_for("money.rates")
                services.add_rate(currency, day, value, form.source.data or "", actor=actor, now=now)
            flash(_("汇率已登记，此后登记的金额按它折算，已有的不变"), "done")
            return go("money.rates")
        form.value.errors = [_("与上一次汇率相差超过两成，请核对后勾选")]
    return _page(form, far=far), 422


def _before(currency: str, day: object) -> Decimal | None:
    found = [row for row in queries.newest() if row.currency == currency and row.day != day]
    return Decimal(found[0].nano_cny) / queries.NANO if found else None


def _page(form: RateForm, *, far: bool = False) -> str:
    days: dict[object, list[ExchangeRate]] = {}
    for row in queries.newest():
        days.setdefault(row.day, []).append(row)
    return render_template("money/rates.html", form=form, days=days, far=far)
