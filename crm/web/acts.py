"""How a door acts: do it in one unit of work, and say what is refused where one stands."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Moved, Refusal
from crm.web import errors, refusals
from crm.web.forms import Form
from crm.web.guards import current_actor
from crm.web.pages import go, said_again


def refused(refusal: Refusal, form: Form | None = None, at: Mapping[str, str] | None = None) -> tuple[str, int]:
    """What the page of a form says of a refusal, and the status it answers with; the same at the field of the form that `at`
    names for the refusal's code, or that the refusal names itself (`field` among its facts). Raises it again where it is not
    that page's to tell: nothing found, forbidden, moved, answered already.
    """
    if refusal.status not in (409, 422) or "answer" in refusal.facts or isinstance(refusal, Moved):
        raise refusal
    message = refusals.sentence(refusal)
    name = (at or {}).get(refusal.code, refusal.facts.get("field"))
    if form is not None and name in form:
        form[name].errors = [*form[name].errors, message]
    return message, refusal.status


def act(do: Callable[[], Any], done: str, endpoint: str, **values: Any) -> ResponseReturnValue:
    """Do it, and on to a page; what is refused is said there."""
    try:
        with unit_of_work():
            do()
    except Refusal as refusal:
        return said_at(refusal, endpoint, **values)
    flash(done, "done")
    return go(endpoint, **values)


def said_at(refusal: Refusal, endpoint: str, **values: Any) -> ResponseReturnValue:
    """What is refused, on the page that one came from; where something was typed, on a page of its own that keeps it to be
    copied: the page one came from is drawn anew and would lose it. Raises what is not that page's to tell, as `refused` does.
    """
    message, status = refused(refusal)
    if errors.typed(status):
        return errors.page(status, message, back=url_for(endpoint, **values))
    flash(message, "soon")
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
    form: Form, do: Callable[[], str], template: str, done: str, endpoint: str, *, scope: str,
    at: Mapping[str, str] | None = None, **facts: Any,
) -> ResponseReturnValue:  # fmt: skip
    """Do what a long form asks, once; on to the page of what was made, or the same page with what was typed and why not (at the
    field that `refused` finds for it).
    """
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
            message, status = refused(refusal, form, at)
        else:
            flash(done, "done")
            return go(endpoint, public_id=made)
    return render_template(template, form=form, message=message, **facts), status
