"""How a door acts: do it in one unit of work, and say what is refused where one stands."""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Moved, Refusal
from crm.web import refusals
from crm.web.forms import Form
from crm.web.guards import current_actor
from crm.web.pages import go, said_again


def act(do: Callable[[], Any], done: str, endpoint: str, **values: Any) -> ResponseReturnValue:
    """Do it, and on to a page; what is refused is said there."""
    try:
        with unit_of_work():
            do()
    except Refusal as refusal:
        if refusal.status not in (409, 422) or isinstance(refusal, Moved):
            raise
        flash(refusals.sentence(refusal), "soon")
    else:
        flash(done, "done")
    return go(endpoint, **values)


def act_on(
    form: Form, see: Callable[[], Any], do: Callable[[], Any], done: str, endpoint: str, **values: Any
) -> ResponseReturnValue:  # fmt: skip
    """Do what a small form on a page asks; what the form says is wrong is said there, once `see` let the person see the record
    (it raises NotFound or Forbidden).
    """
    if not form.validate():
        see()
        return said_again(form, endpoint, **values)
    return act(do, done, endpoint, **values)


def stored(
    form: Form, do: Callable[[], str], template: str, done: str, endpoint: str, *, scope: str, **facts: Any
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
            if refusal.status not in (409, 422) or "answer" in refusal.facts or isinstance(refusal, Moved):
                raise
            message, status = refusals.sentence(refusal), refusal.status
        else:
            flash(done, "done")
            return go(endpoint, public_id=made)
    return render_template(template, form=form, message=message, **facts), status
