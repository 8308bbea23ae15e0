"""Sessions: a signed cookie for visitors (no row), a server-side row for people who signed in.

Flask's own session lives in the cookie: a copy taken before sign-out still signs in afterwards (M8). Here the cookie of a
signed-in person is 256 random bits, and sign-out deletes what they stand for.
"""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, g, request, session
from flask.sessions import SessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import bindparam, delete, select, update
from werkzeug.datastructures import CallbackDict, MultiDict

from crm.core import clock, ids
from crm.core.db import db, unit_of_work
from crm.web.models import HeldForm, SessionRow

TOUCH = timedelta(minutes=5)
HELD_FOR = timedelta(hours=12)
_NOT_HELD = frozenset({"csrf_token"})
_HOLDS = "holds"  # in a session: what this person posted before it began waits to be given back
_NEVER_A_VISITORS = frozenset({"_user_id", "_fresh", "_id"})


class BoardSession(CallbackDict[str, Any], SessionMixin):
    """What is remembered of one browser. `token` is set once somebody signed in."""

    def __init__(self, data: dict[str, Any], token: str | None = None, expired_user_id: int | None = None) -> None:
        def changed(_self: object) -> None:
            self.modified = True

        super().__init__(data, changed)
        self.modified = False
        self.new = not data
        self.token = token
        self.expired_user_id = expired_user_id
        self.accessed = True


class BoardSessions(SessionInterface):
    """Opens and saves sessions. `person`: the table of people, whose row is read along with the session's, for
    every page needs both.
    """

    def __init__(self, person: Any) -> None:
        self._of_token = (
            select(
                SessionRow.user_id, SessionRow.data, SessionRow.created_at, SessionRow.last_seen_at, SessionRow.ended_at, person
            )
            .join(person, person.id == SessionRow.user_id)
            .where(SessionRow.token_digest == bindparam("digest"))
        )

    def _signer(self, app: Flask) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="visitor")

    def get_cookie_name(self, app: Flask) -> str:
        """`__Host-` binds the cookie to this host, https and the whole path; a gateway prefix or plain http forbids it."""
        if not self.get_cookie_secure(app):
            return "one_board"
        return "__Secure-one_board" if app.config["PATH_PREFIX"] else "__Host-one_board"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Secure whenever the public address is https."""
        return bool(app.config["PUBLIC_URL"].startswith("https://"))

    def open_session(self, app: Flask, request: Request) -> BoardSession:
        """The visitor's or the signed-in person's session; an empty one when the cookie means nothing."""
        value = request.cookies.get(self.get_cookie_name(app), "")
        kind, _, rest = value.partition(".")
        if kind == "s" and rest:
            return self._open_row(app, rest)
        if kind == "v" and rest:
            try:
                data: dict[str, Any] = self._signer(app).loads(rest, max_age=86400)
            except BadSignature:
                return BoardSession({})
            # A visitor has no row, so a cookie that names a person is not one we gave, whoever signed it.
            return BoardSession({key: value for key, value in data.items() if key not in _NEVER_A_VISITORS})
        return BoardSession({})

    def _open_row(self, app: Flask, token: str) -> BoardSession:
        now = clock.now()
        row = db.session.execute(self._of_token, {"digest": ids.digest(token)}).first()
        if row is None:
            return BoardSession({})
        g.read_along = row[-1]  # held, so that whoever asks for the person finds them read
        idle = timedelta(minutes=app.config["SESSION_IDLE_MINUTES"])
        absolute = timedelta(hours=app.config["SESSION_HOURS"])
        if row.ended_at or now - row.last_seen_at > idle or now - row.created_at > absolute:
            return BoardSession({}, expired_user_id=row.user_id)
        g.touch_session = now - row.last_seen_at > TOUCH
        return BoardSession(dict(row.data), token=token)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write back what changed; visitors get a signed cookie and no row."""
        assert isinstance(session, BoardSession)
        name = self.get_cookie_name(app)
        response.vary.add("Cookie")
        if session.token is not None:
            self._save_row(session)
            if getattr(g, "new_token", False):
                self._set(app, response, f"s.{session.token}")
        elif session.modified or getattr(g, "session_ended", False):
            if session:
                self._set(app, response, f"v.{self._signer(app).dumps(dict(session))}")
            else:
                response.delete_cookie(name, path=app.config["PATH_PREFIX"] or "/")

    def _save_row(self, session: BoardSession) -> None:
        if not session.modified and not getattr(g, "touch_session", False):
            return
        values: dict[str, Any] = {"last_seen_at": clock.now()}
        if session.modified:
            values["data"] = dict(session)
        with unit_of_work():
            db.session.execute(
                update(SessionRow)
                .where(SessionRow.token_digest == ids.digest(session.token or ""), SessionRow.ended_at.is_(None))
                .values(**values)
                .execution_options(synchronize_session=False)
            )

    def _set(self, app: Flask, response: Response, value: str) -> None:
        response.set_cookie(
            self.get_cookie_name(app),
            value,
            httponly=True,
            secure=self.get_cookie_secure(app),
            samesite="Lax",
            path=app.config["PATH_PREFIX"] or "/",
        )


def begin(user_id: int, *, now: datetime) -> None:
    """Start a fresh session for somebody who just proved who they are: new token, new CSRF token, nothing carried over
    but the language, and whether something was kept that an expired session posted. Call inside the unit of work of the sign-in.
    """
    newest = now - HELD_FOR
    held = db.session.scalar(select(HeldForm.id).where(HeldForm.user_id == user_id, HeldForm.held_at > newest).limit(1))
    kept = {key: session[key] for key in ("lang", "_flashes") if key in session}
    session.clear()
    session.update(kept)
    if held is not None:
        session[_HOLDS] = True
    session.token = ids.new_secret()  # type: ignore[attr-defined]
    g.new_token = True
    db.session.add(
        SessionRow(
            token_digest=ids.digest(session.token),  # type: ignore[attr-defined]
            user_id=user_id,
            data=dict(session),
            created_at=now,
            last_seen_at=now,
        )
    )


def end_this() -> None:
    """Sign this browser out. Call inside a unit of work."""
    token = getattr(session, "token", None)
    if token:
        db.session.execute(delete(SessionRow).where(SessionRow.token_digest == ids.digest(token)))
    lang = session.get("lang")
    session.clear()
    session.token = None  # type: ignore[attr-defined]
    g.session_ended = True
    if lang:
        session["lang"] = lang


def end_all(user_id: int, *, except_this: bool = False) -> None:
    """Sign a person out everywhere (password changed, account disabled). Call inside a unit of work."""
    query = delete(SessionRow).where(SessionRow.user_id == user_id)
    token = getattr(session, "token", None) if except_this else None
    if token:
        query = query.where(SessionRow.token_digest != ids.digest(token))
    db.session.execute(query.execution_options(synchronize_session=False))


def page_path() -> str:
    """The page that a request belongs to: itself, or for a post the page whose form was sent (by its same-host referrer)."""
    if request.method == "POST" and request.referrer:
        parts = urlsplit(request.referrer)
        if parts.netloc == request.host and parts.path.startswith(request.script_root + "/"):
            return parts.path.removeprefix(request.script_root)
    return request.path


def end_everywhere(user_id: int) -> None:
    """Sign a person out of every browser; for callers without a request. Call inside a unit of work."""
    db.session.execute(delete(SessionRow).where(SessionRow.user_id == user_id).execution_options(synchronize_session=False))


def hold_posted_form() -> None:
    """Keep what an expired session posts, for the same person, until they have signed in again. Files are not kept."""
    user_id = getattr(session, "expired_user_id", None)
    if request.method != "POST" or user_id is None or not request.form:
        return
    path = page_path()[:400]
    fields = [[key, value] for key, value in request.form.items(multi=True) if key not in _NOT_HELD]
    with unit_of_work():
        db.session.execute(delete(HeldForm).where(HeldForm.user_id == user_id, HeldForm.path == path))
        db.session.add(HeldForm(user_id=user_id, path=path, fields=fields, held_at=clock.now()))


def held_form(user_id: int) -> MultiDict[str, str] | None:
    """What was kept for this person and this page; given back once, to every form of the page. It was kept before this session
    began, which knows whether there is any.
    """
    if not session.get(_HOLDS):
        return None
    if "held_fields" in g:
        found: MultiDict[str, str] | None = g.held_fields
        return found
    g.held_fields = None
    newest = clock.now() - HELD_FOR
    query = select(HeldForm).where(HeldForm.user_id == user_id, HeldForm.path == request.path, HeldForm.held_at > newest)
    row = db.session.scalar(query)
    if row is None:
        return None
    fields: MultiDict[str, str] = MultiDict((key, value) for key, value in row.fields)
    held_id, g.held_fields = row.id, fields
    with unit_of_work():
        db.session.execute(delete(HeldForm).where(HeldForm.id == held_id))
    return fields


def forget_old(now: datetime) -> None:
    """Drop rows nobody can use any more."""
    hours = timedelta(hours=current_app.config["SESSION_HOURS"])
    db.session.execute(delete(SessionRow).where(SessionRow.created_at < now - hours - HELD_FOR))
    db.session.execute(delete(HeldForm).where(HeldForm.held_at < now - HELD_FOR))
