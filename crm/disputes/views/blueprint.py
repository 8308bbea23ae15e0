"""The room's blueprint, and how its doors act: do it, and say what is refused where one stands."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.web import refusals
from crm.web.forms import Form
from crm.web.guards import current_actor
from crm.web.pages import go

bp = Blueprint("disputes", __name__)


def act(do: Callable[[], Any], done: str, endpoint: str, **values: Any) -> ResponseReturnValue:
    """Do it, and on to a page; what is refused is said there."""
    try:
        with unit_of_work():
            do()
    except Refusal as refusal:
        if refusal.status not in (409, 422) or "to" in refusal.facts:
            raise
        flash(refusals.sentence(refusal), "soon")
    else:
        flash(done, "done")
    return go(endpoint, **values)


def said(form: Form, endpoint: str, **values: Any) -> ResponseReturnValue:
    """What is wrong with a small form, on the page that it stands on."""
    flash("　".join(str(error) for errors in form.errors.values() for error in errors), "soon")
    return go(endpoint, **values)


def stored(
    form: Any, do: Callable[[], str], template: str, done: str, endpoint: str, *, scope: str, **facts: Any
) -> ResponseReturnValue:  # fmt: skip
    """Do what a long form asks, once; on to the page of what was made, or the same page with what was typed and why not."""
    message, status = "", 422
    if form.validate():
        try:
            with unit_of_work():
                key = once.claim(
                    form.once.data or "", user_id=current_actor().user_id, scope=f"{template}:{scope}", body=form.once_body(),
                    now=clock.now(),
                )  # fmt: skip
                made = do()
                key.answer = url_for(endpoint, public_id=made)
        except Refusal as refusal:
            if refusal.status not in (409, 422) or "answer" in refusal.facts or "to" in refusal.facts:
                raise
            message, status = refusals.sentence(refusal), refusal.status
        else:
            flash(done, "done")
            return go(endpoint, public_id=made)
    return render_template(template, form=form, message=message, **facts), status
