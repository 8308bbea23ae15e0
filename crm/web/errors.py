"""Error pages: words and a way out, in the person's language, for every refusal and every failure. Never a stack trace."""

import logging
import re
from typing import Any

from flask import Flask, current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from crm.core.db import db
from crm.core.errors import AlreadyDone, Moved, Refusal
from crm.core.text import clean
from crm.web.guards import send_to_sign_in
from crm.web.refusals import sentence

log = logging.getLogger(__name__)
_NOT_TYPED = frozenset({"csrf_token", "once", "version", "next"})
_CODE = re.compile(r"[a-z_.-]*|\d{1,6}|[A-Za-z0-9_-]{16,64}(?:\.[A-Za-z0-9_-]{16,64})*")  # of a list, a box, a hidden field
_MOST = 50_000  # signs


def page(status: int, message: str | None = None, *, back: str = "") -> tuple[str, int]:
    """The error page of a status, with one sentence about what happened; `back`: the page of the record that it is about."""
    name = "errors/fragment.html" if request.headers.get("HX-Request") else "errors/error.html"
    try:
        return render_template(name, status=status, message=message, typed=typed(status), back=back), status
    except Exception:
        log.exception("the error page failed too")
        bare = current_app.jinja_env.get_template("errors/bare.html")
        return bare.render(status=status, lang="zh-CN"), status


def typed(status: int) -> str:
    """What somebody had typed into a form that is refused as a whole, to be copied: the record went away from them meanwhile, or
    something failed. Only of a form that one of our own pages has drawn.
    """
    if request.method != "POST" or status < 403 or not g.get("csrf_valid"):
        return ""
    pairs = [(name, clean(text, multiline=True)) for name, text in request.form.items(multi=True)]
    texts = [text for name, text in pairs if name not in _NOT_TYPED and "password" not in name and not _CODE.fullmatch(text)]
    return "\n\n".join(dict.fromkeys(texts))[:_MOST]


def register(app: Flask) -> None:
    """Answer refusals, HTTP errors, a busy database and everything else."""

    @app.errorhandler(Refusal)
    def refused(error: Refusal) -> Any:
        answer = error.facts.get("answer")
        if isinstance(error, AlreadyDone) and isinstance(answer, str) and answer:
            return redirect(answer, 303)
        if isinstance(error, Moved) and request.method == "GET" and request.view_args:
            return redirect(url_for(request.endpoint or "", **{**request.view_args, "public_id": error.facts["to"]}), 303)
        return page(error.status, sentence(error))

    @app.errorhandler(StaleDataError)
    def changed_meanwhile(_error: StaleDataError) -> Any:
        db.session.rollback()
        return page(409, _("保存的同时，另一位同事也保存了这条记录。您填写的内容没有写入，请返回后再试。"))

    @app.errorhandler(CSRFError)
    def token_missing(_error: CSRFError) -> Any:
        return page(400, _("表单的校验码无效，可能页面打开过久。请返回上一页、刷新后再提交。"))

    @app.errorhandler(SecurityError)
    def unknown_host(error: SecurityError) -> Any:
        """Asked by a name that is none of ours (TRUSTED_HOSTS): such a request has no addresses that a page could link."""
        log.warning("refused: %s", error.description)
        said = _("本系统不以此域名提供服务，请核对网址。管理员：见 TRUSTED_HOSTS。")
        return Response(f"400 {said}\n", 400, content_type="text/plain; charset=utf-8")

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Any:
        if error.code == 401:
            return send_to_sign_in()
        if error.response is not None or (error.code or 500) < 400:
            return error.get_response()
        answer, status = page(error.code or 500)
        response = Response(answer, status, content_type="text/html; charset=utf-8")
        allow = error.get_response().headers.get("Allow")
        if allow:
            response.headers["Allow"] = allow
        return response

    @app.errorhandler(OperationalError)
    def database_busy(error: OperationalError) -> Any:
        db.session.rollback()
        log.error("database unavailable: %s", error.orig)
        return page(503)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Any:
        db.session.rollback()
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            return page(503)
        log.exception("unexpected failure at %s", request.endpoint)
        return page(500)
