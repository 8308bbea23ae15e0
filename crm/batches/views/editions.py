"""/batches/editions: what was frozen, one edition with its rows explained, freezing the next."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.batches import services, words
from crm.batches.forms import FreezeForm, filters_from, rows_from
from crm.batches.models import Edition
from crm.batches.queries import adjustments, editions
from crm.batches.queries.editions import Sums
from crm.batches.rules.comparing import Change
from crm.batches.rules.periods import EditionKind, Period, may_freeze, period_of
from crm.batches.rules.rolling import BATCHES
from crm.batches.views.blueprint import bp, names
from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.policy import rules as policy
from crm.web.acts import refused
from crm.web.forms import errors_of
from crm.web.guards import allowed, current_actor
from crm.web.links import link_to
from crm.web.pages import go

SIZE = 20


@bp.get("/editions")
@allowed("edition", "list")
def index_of_editions() -> ResponseReturnValue:
    """The editions, newest first; a coordinator freezes the next one here."""
    return _list(_form())


def _list(form: FreezeForm, message: str = "") -> str:
    page = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    found = editions.all_editions(current_app.config["CITY_CODE"], page=page, size=SIZE)
    return render_template(
        "batches/editions.html", editions=found[:SIZE], more=len(found) > SIZE, page=page, form=form, message=message,
        batches=BATCHES, title_of=words.title_of, period_of=words.period_of,
        exact=policy.may(current_actor(), "board", "read_exact"),
        sealed_too=policy.may(current_actor(), "board", "read_sealed"),
    )  # fmt: skip


def _form() -> FreezeForm:
    city, today = current_app.config["CITY_CODE"], clock.today()
    offered: list[tuple[Period, str]] = []
    for kind in EditionKind:
        last = editions.newest(city, kind)
        offered += [(one, _named(one, today)) for one in may_freeze(kind, today, last.first_on if last else None)]
    return FreezeForm().offer(offered)


def _named(period: Period, today: date) -> str:
    now = period.first == period_of(period.kind, today).first
    weekly = period.kind is EditionKind.WEEKLY
    if weekly:
        name = _("周报：本周") if now else _("周报：上周")
    else:
        name = _("月报：本月") if now else _("月报：上月")
    return f"{name}　{period.first.isoformat()} – {period.last.isoformat()}"


@bp.post("/editions")
@allowed("edition", "freeze")
def freeze() -> ResponseReturnValue:
    """Ask first: what would be frozen, and that it stays. Then freeze it, once."""
    form, actor, now = _form(), current_actor(), clock.now()
    if not form.validate():
        return _list(form, errors_of(form)), 422
    kind, first = form.to_period()
    asked = {"city": current_app.config["CITY_CODE"], "idle_days": current_app.config["IDLE_DAYS"], "actor": actor, "now": now}
    prepared = services.prepare_edition(kind, first, **asked)  # a long list is read while others may write
    if prepared is not None and not form.sure.data:
        return render_template(
            "batches/freeze.html", form=form, period=_named(prepared.snapshot.period, clock.today()), prepared=prepared,
            number=editions.next_number(asked["city"], kind), batches=BATCHES,
            kinds=[one for one in Change if one is not Change.KEPT],
        )  # fmt: skip
    try:
        with unit_of_work():
            key = once.claim(form.once.data or "", user_id=actor.user_id, scope="edition", body=form.once_body(), now=now)
            made = services.freeze_edition(kind, first, **asked, prepared=prepared).public_id
            key.answer = url_for("batches.edition", public_id=made)
    except Refusal as refusal:
        message, status = refused(refusal)
        return _list(form, message), status
    flash(_("已定稿，各单位可以查看"), "done")
    return go("batches.edition", public_id=made)


@bp.get("/editions/<string:public_id>")
@allowed("edition", "list")
def edition(public_id: str) -> ResponseReturnValue:
    """One edition: what changed, its batches with every row explained, what was corrected since."""
    found, actor = editions.by_public_id(public_id), current_actor()
    filters = filters_from(request.args)
    asked = rows_from(request.args, filters)
    later = adjustments.adjustments_of(found)
    sums, last = editions.sums_of(found, asked, actor, later), editions.before(found)
    asked = _where_some_are(asked, sums)
    count = editions.count_of(found, asked, actor, later) if asked.change else sums[asked.tab or ""].count
    return render_template(
        "batches/edition.html", edition=found, last=last, asked=asked, filters=filters, sums=sums, batches=BATCHES,
        tabs=editions.TABS,
        rows=editions.rows_of(found, asked, actor, later), count=count, more=asked.page * asked.size < count,
        changes=editions.changes_of(found, asked, actor, later), was=_was(last, asked, found),
        kinds=[one for one in Change if one not in (Change.KEPT, Change.LEFT)],
        adjusted=editions.count_of(found, replace(asked, tab=None, change=None, adjusted=True), actor, later) if later else 0,
        slips=editions.count_of(found, replace(asked, tab=None, change=None, slipped=True), actor, later),
        explain=words.explain, corrected=words.corrected, title=words.title_of(found), period=words.period_of(found),
        link=link_to("batches.edition", public_id=public_id), exact=policy.may(actor, "board", "read_exact"),
        lead_at=url_for("desk.lead", public_id="~").removesuffix("~"), **names(), files=_files(public_id),
        title_of=words.title_of,
    )  # fmt: skip


def _where_some_are(asked: editions.Asked, sums: dict[str, Sums]) -> editions.Asked:
    """Filtered and in no batch that somebody chose: the first batch that has any, so that a figure opens its rows."""
    if request.args.get("tab") in editions.TABS or not asked.filtered:
        return asked
    return replace(asked, tab=next((tab for tab in editions.TABS if sums[tab].count), asked.tab))


def _was(last: Edition | None, asked: editions.Asked, _now: Edition) -> dict[str, Sums] | None:
    """The sums of the last edition under the same filters of place and cluster."""
    if last is None or asked.idle or asked.adjusted or asked.slipped or asked.change:
        return None
    return editions.sums_of(last, asked, current_actor())


def _files(public_id: str) -> dict[str, str]:
    """The edition as files, with the page's filters of place and cluster."""
    kept: dict[str, Any] = {name: request.args[name] for name in ("unit", "cluster") if request.args.get(name)}
    return {
        form: url_for(f"batches.{door}", public_id=public_id, **kept)
        for form, door in (("xlsx", "workbook"), ("docx", "paper"), ("pdf", "paper_pdf"))
    }
