"""汇率: dated exchange rates, the newest first; adding one, or a file of them. The room of rates lies below the doors."""

from datetime import date
from decimal import Decimal

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.core.workbooks.reading import read_sheets
from crm.files.rules import FileRefused, check_file
from crm.money.forms import RateFileForm, RateForm
from crm.money.rules import RatesUnfit
from crm.money.rules.rates import NewRate, far_from, read_rates
from crm.money.views.blueprint import bp
from crm.rates import queries, services
from crm.rates.models import ExchangeRate
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.pages import go
from crm.web.words import word


@bp.get("/rates")
@allowed("rate", "list")
def rates() -> ResponseReturnValue:
    """All rates, newest first."""
    return _page()


@bp.post("/rates")
@allowed("rate", "add")
def add_rate() -> ResponseReturnValue:
    """A rate from a day on; one that is far from the one before it is ticked first."""
    form, far = RateForm(), False
    if form.validate():
        made = NewRate(0, form.currency.data, form.day.data or clock.today(), form.to_value())
        far = far_from(made.value, _before(made.currency, made.day)) and not form.checked.data
        if not far:
            return _stored([made], form.source.data or "", form.once.data or "", form.once_body())
        form.value.errors = [_("与上一次汇率相差超过两成，请核对后勾选")]
    return _page(form, far=far), 422


@bp.post("/rates/file")
@allowed("rate", "add")
def add_file() -> ResponseReturnValue:
    """A file of rates, taken whole or not at all."""
    form, wrong = RateFileForm(), []
    if form.validate():
        content, name = form.file.data.read(), form.file.data.filename or ""
        try:
            kind = check_file(name, content).kind
            if kind not in ("xlsx", "csv"):
                raise FileRefused("file_type", name=name)
            found = read_rates(read_sheets(content, kind), _before, checked=bool(form.checked.data), today=clock.today())
        except RatesUnfit as refusal:
            form.file.errors = [refusals.sentence(refusal)]
            rows = refusal.facts.get("rows")
            wrong = [(row, word("rate_reason", code)) for row, code in rows] if isinstance(rows, list) else []
        except Refusal as refusal:
            form.file.errors = [refusals.sentence(refusal)]
        else:
            return _stored(found, form.source.data or "", form.once.data or "", f"{name}{len(content)}")
    return _page(file_form=form, wrong=wrong), 422


def _stored(found: list[NewRate], source: str, key: str, body: str) -> ResponseReturnValue:
    actor, now = current_actor(), clock.now()
    with unit_of_work():
        once.claim(key, user_id=actor.user_id, scope="rates", body=body, now=now).answer = url_for("money.rates")
        for one in found:
            services.add_rate(one.currency, one.day, one.value, source, actor=actor, now=now)
    flash(_("已登记 %(n)s 个汇率，此后登记的金额按它折算，已有的不变", n=len(found)), "done")
    return go("money.rates")


def _before(currency: str, day: date) -> Decimal | None:
    """The rate before a day's own, or else the first one after."""
    found = [row for row in queries.newest() if row.currency == currency and row.day != day]
    earlier = [row for row in found if row.day < day]
    nearest = earlier[0] if earlier else found[-1] if found else None
    return Decimal(nearest.nano_cny) / queries.NANO if nearest else None


def _page(
    form: RateForm | None = None, file_form: RateFileForm | None = None, *, far: bool = False,
    wrong: list[tuple[int, str]] | None = None,
) -> str:  # fmt: skip
    days: dict[object, list[ExchangeRate]] = {}
    for row in queries.newest():
        days.setdefault(row.day, []).append(row)
    return render_template(
        "money/rates.html", form=form or RateForm(formdata=None), file_form=file_form or RateFileForm(formdata=None, prefix=""),
        days=days, far=far, wrong=wrong or [],
    )  # fmt: skip
