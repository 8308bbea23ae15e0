"""Who may open a door. Every view carries `allowed` or `open_door`; a house test knows."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import abort, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from crm.core.errors import Forbidden
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.web import sessions

View = TypeVar("View", bound=Callable[..., Any])


def current_actor() -> Actor:
    """Who acts in this request; frozen, so that it stays true when the unit of work loads everything anew."""
    actor = maybe_actor()
    if actor is None:
        abort(401)
    return actor


def maybe_actor() -> Actor | None:
    """Who acts, or None for a visitor."""
    if "actor" not in g:
        g.actor = current_user.as_actor() if current_user.is_authenticated else None
    found: Actor | None = g.actor
    return found


def allowed(record: str, action: str) -> Callable[[View], View]:
    """Only people who may do `action` to at least one thinkable `record` pass; the service decides about the one meant."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            actor = maybe_actor()
            if actor is None:
                return send_to_sign_in()
            if current_user.must_change_password and request.endpoint != "accounts.own_password":
                return redirect(url_for("accounts.own_password"))
            if not policy.possible(actor.role, record, action):
                raise Forbidden(record=record, action=action)
            return current_app.ensure_sync(view)(*args, **kwargs)

        guarded.guard = (record, action)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return guard


def open_door(reason: str) -> Callable[[View], View]:
    """A door without a guard, and why."""

    def mark(view: View) -> View:
        view.guard = ("open", reason)  # type: ignore[attr-defined]
        return view

    return mark


def send_to_sign_in() -> Response:
    """To the sign-in page and back again; what was posted is kept for the person whose session ran out."""
    sessions.hold_posted_form()
    where = request.full_path if request.method == "GET" and request.query_string else sessions.page_path()
    if request.headers.get("HX-Request"):
        answer = Response(status=401)
        answer.headers["HX-Redirect"] = url_for("accounts.sign_in", next=where)
        return answer
    return redirect(url_for("accounts.sign_in", next=where), 303)


def limit_plain_form() -> None:
    """Before anything reads the form: what holds no files may be as large as the texts of a form, not as a file."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


def keep_expired_form() -> Response | None:
    """Before the CSRF check: a form posted by an expired session would be refused for its token and be lost."""
    if request.method == "POST" and getattr(session, "expired_user_id", None) is not None:
        return send_to_sign_in()
    return None
