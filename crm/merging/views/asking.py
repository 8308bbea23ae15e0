"""Doors of requests: ask the units concerned, read what was asked, answer it."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.utils import redirect

from crm.accounts import queries as accounts
from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import AlreadyDone, Refusal
from crm.merging import queries, services
from crm.merging.forms import MergeForm, ReplyForm, asked_from
from crm.merging.models import MergeRequest
from crm.merging.queries import consents
from crm.merging.rules import AskedAlready, Reply, RequestState
from crm.merging.views.acts import compare_page
from crm.merging.views.blueprint import bp
from crm.merging.words import named, shown, shown_of
from crm.policy import rules as policy
from crm.units import queries as units
from crm.web import fmt, refusals
from crm.web.guards import allowed, current_actor
from crm.web.pages import go
from crm.web.words import word


@bp.get("/requests")
@allowed("merge_request", "list")
def request_list() -> ResponseReturnValue:
    """What waits for an answer, and what was answered."""
    actor = current_actor()
    listed = [_in_list(about) for about in consents.asked_of(consents.mine(actor), actor=actor)]
    return render_template("merging/request_list.html", listed=listed, now=clock.now(), is_late=consents.is_late)


def _in_list(about: consents.Asked) -> tuple[MergeRequest, str, bool]:
    """A request with a name that the reader may know, and whether it waits for his own answer."""
    known = next((record for record in about.records if record.id in about.seen), None)
    mine = about.request.state == RequestState.OPEN and any(
        c.agreed is None for c in consents.managed(current_actor(), about.request)
    )
    return about.request, about.called(known) if known is not None else "", mine


@bp.post("/requests")
@allowed("merge_request", "ask")
def ask() -> ResponseReturnValue:
    """Ask the units concerned to agree; what was chosen stays on the page when it is refused."""
    asked, form, actor, now = asked_from(request.form), MergeForm(), current_actor(), clock.now()
    if not asked.whole:
        return go("merging.new")
    if not form.validate():
        return compare_page(asked, form, status=422)
    body = form.once_body() + repr((asked.kind, asked.keep, asked.lose, sorted(asked.choices.items())))
    try:
        with unit_of_work():
            key = once.claim(form.once.data, user_id=actor.user_id, scope="merging.ask", body=body, now=now)
            made = services.ask_to_merge(
                asked.kind, asked.keep, asked.lose, asked.choices, reason=form.reason.data or "", actor=actor, now=now
            )  # fmt: skip
            key.answer = url_for("merging.request_page", public_id=made.public_id)
            target, due = key.answer, made.due_at
    except AskedAlready as refusal:
        flash(refusals.sentence(refusal), "soon")
        return go("merging.request_page", public_id=str(refusal.facts["request"]))
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return compare_page(asked, form, refusals.sentence(refusal), 422)
    flash(_("已请相关单位在%(day)s前答复", day=fmt.day(due)), "done")
    return redirect(target, 303)


@bp.get("/requests/<string:public_id>")
@allowed("merge_request", "read")
def request_page(public_id: str) -> ResponseReturnValue:
    """One request: what would become of which records, who has answered, and the answer that is this person's to give."""
    found = consents.visible_request(public_id, actor=current_actor())
    return render_template("merging/request.html", form=ReplyForm(formdata=None), message="", **_facts(found))


def _facts(found: MergeRequest) -> dict[str, Any]:
    actor, names = current_actor(), units.labels()
    about, stands, waits = consents.asked(found, actor=actor), consents.standing(actor, found), found.state == RequestState.OPEN
    known = set(names) if actor.city_wide else about.known_units(actor) | {c.unit_id for c in consents.managed(actor, found)}
    closer = accounts.by_id(found.closed_by_id) if found.closed_by_id else None
    if closer is not None and closer.unit_id not in known and closer.role not in policy.CITY_WIDE:
        closer = None  # a person's name would say which unit the other one is
    return {
        "asked": found, "about": about, "unit_of": names, "known_units": known, "shown": shown, "named": named,
        "shown_of": shown_of, "waits": waits,
        "rows": queries.comparison(about.group, dict(found.choices)) if about.whole else [],
        "effect": queries.preview(about.group, actor) if about.whole and waits else None,
        "late": consents.is_late(found, clock.now()),
        "closer": closer,
        "may_answer": waits and policy.can(stands, "merge_request", "answer"),
        "may_decide": waits and policy.can(stands, "merge_request", "decide"),
        "may_withdraw": waits and policy.can(stands, "merge_request", "withdraw"),
    }  # fmt: skip


@bp.post("/requests/<string:public_id>")
@allowed("merge_request", "read")
def answer(public_id: str) -> ResponseReturnValue:
    """A unit's yes or no, the coordinator's decision, the asker's taking back."""
    form, actor = ReplyForm(), current_actor()
    if not form.validate():
        return _again(public_id, form, "；".join(str(e) for errors in form.errors.values() for e in errors))
    try:
        with unit_of_work():
            done = services.answer_request(
                public_id, Reply(form.reply.data), reason=form.reason.data or "", actor=actor, now=clock.now()
            )  # fmt: skip
            state = done.state
    except Refusal as refusal:
        if refusal.status not in (409, 422) or isinstance(refusal, AlreadyDone):
            raise
        return _again(public_id, form, refusals.sentence(refusal), refusal.status)
    still = state == RequestState.OPEN  # this unit agreed, others have not said yet
    flash(_("已同意，等待其他单位答复") if still else _("已答复：%(state)s", state=word("merge_request", state)), "done")
    return go("merging.request_page", public_id=public_id)


def _again(public_id: str, form: ReplyForm, message: str, status: int = 422) -> ResponseReturnValue:
    """The page once more, with what was typed."""
    found = consents.visible_request(public_id, actor=current_actor())
    return render_template("merging/request.html", form=form, message=message, **_facts(found)), status
