"""What is done about one task. What is refused is said on its page, with what was typed still there."""

from collections.abc import Callable
from typing import Any

from flask import current_app, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.files.forms import read_uploads
from crm.supervision import queries, services
from crm.supervision.forms import FeedbackForm, SaidForm, TimeForm
from crm.supervision.views.blueprint import bp
from crm.supervision.views.tasks import page_of
from crm.web.acts import refused
from crm.web.forms import Form
from crm.web.guards import allowed, current_actor
from crm.web.pages import go


@bp.post("/<string:public_id>/feedback")
@allowed("instruction", "feed_back")
def feed_back(public_id: str) -> ResponseReturnValue:
    """反馈, with files."""
    return _with_files(public_id, services.feed_back, _("已反馈"))


@bp.post("/<string:public_id>/report")
@allowed("instruction", "report")
def report(public_id: str) -> ResponseReturnValue:
    """报办结, with files."""
    return _with_files(public_id, services.report, _("已报办结，等待销号"))


def _with_files(public_id: str, verb: Callable[..., Any], done: str) -> ResponseReturnValue:
    queries.visible_instruction(public_id, actor=current_actor())
    form, actor, now = FeedbackForm(prefix="feedback"), current_actor(), clock.now()
    valid, uploads = form.validate(), read_uploads(form.proofs)
    if not valid or form.proofs.errors:
        return page_of(public_id, {"feedback": form}), 422

    def do() -> None:
        once.claim(form.once.data or "", user_id=actor.user_id, scope=f"feedback:{public_id}", body=form.once_body(), now=now)
        verb(public_id, form.text.data or "", uploads, root=current_app.config["FILES_PATH"], actor=actor, now=now)

    return _done(public_id, "feedback", form, do, done)


@bp.post("/<string:public_id>/ask-time")
@allowed("instruction", "ask_time")
def ask_time(public_id: str) -> ResponseReturnValue:
    """申请延期."""
    form = TimeForm(prefix="ask_time")
    return _decided(public_id, "ask_time", form, services.ask_time, _("延期申请已提交"))


@bp.post("/<string:public_id>/give-time")
@allowed("instruction", "answer_time")
def give_time(public_id: str) -> ResponseReturnValue:
    """同意延期."""
    return _decided(public_id, "time", SaidForm(prefix="time"), services.give_time, _("已同意延期"))


@bp.post("/<string:public_id>/refuse-time")
@allowed("instruction", "answer_time")
def refuse_time(public_id: str) -> ResponseReturnValue:
    """不同意延期."""
    return _decided(public_id, "time", SaidForm(prefix="time"), services.refuse_time, _("已答复：不同意延期"))


@bp.post("/<string:public_id>/return")
@allowed("instruction", "return")
def give_back(public_id: str) -> ResponseReturnValue:
    """退回续办."""
    return _decided(public_id, "return", SaidForm(prefix="return"), services.give_back, _("已退回续办"))


@bp.post("/<string:public_id>/close")
@allowed("instruction", "close")
def close(public_id: str) -> ResponseReturnValue:
    """销号."""
    return _decided(public_id, "close", SaidForm(prefix="close"), services.close, _("已销号"))


def _decided(public_id: str, name: str, form: Any, verb: Callable[..., Any], done: str) -> ResponseReturnValue:
    actor, now = current_actor(), clock.now()
    queries.visible_instruction(public_id, actor=actor)
    if not form.validate():
        return page_of(public_id, {name: form}), 422
    return _done(public_id, name, form, lambda: verb(public_id, form.to_said(), actor=actor, now=now), done)


def _done(public_id: str, name: str, form: Form, do: Callable[[], Any], done: str) -> ResponseReturnValue:
    try:
        with unit_of_work():
            do()
    except Refusal as refusal:
        message, status = refused(refusal)
        return page_of(public_id, {name: form}, message), status
    flash(done, "done")
    return go("supervision.show", public_id=public_id)
