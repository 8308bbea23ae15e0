"""Which language a page speaks: the person's, else the visitor's choice, else Chinese."""

from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from flask import Flask, has_request_context, request, session
from flask_babel import Babel, get_locale, gettext
from flask_login import current_user
from markupsafe import Markup

from crm.web.counted import CountedDomain, chosen, is_counted

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}


def choose() -> str:
    """Babel's locale name for this request."""
    return LANGUAGES[language()]


def language() -> str:
    """ "zh" or "en"."""
    if not request:
        return "zh"
    if session.get("lang") in LANGUAGES:
        return str(session["lang"])
    if current_user and current_user.is_authenticated and current_user.locale in LANGUAGES:
        return str(current_user.locale)
    return "zh"


_held: ContextVar[str] = ContextVar("html_lang", default="")  # of the present request; "" until it is asked for


def html_lang() -> str:
    """The value of <html lang>; asked hundreds of times a page, so remembered for the request."""
    return _held.get() or _asked()


def _asked() -> str:
    found = "en" if str(get_locale()).startswith("en") else "zh-CN"
    if has_request_context():
        _held.set(found)
    return found


def _forget(_error: BaseException | None = None) -> None:
    _held.set("")


def page_text(source: str) -> str:
    """A marked text of a template in the page's language. Chinese is the source: nothing to look up."""
    return source if html_lang() == "zh-CN" else gettext(source)


def register(app: Flask) -> None:
    """Set up Flask-Babel with Chinese as the source language."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    app.teardown_request(_forget)
    babel = Babel(app, default_locale="zh_Hans_CN", default_timezone="Asia/Shanghai", locale_selector=choose)
    babel.domain_instance = CountedDomain(domain="messages")
    app.jinja_env.install_gettext_callables(page_text, lambda one, many, n: page_text(one), newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = say


def say(source: str, /, **values: Any) -> Markup:
    """A marked text of a template in the page's language, with its values filled in, these escaped."""
    text, counts = _marked(source, html_lang())
    if counts:
        text = Markup(chosen(text, values))  # noqa: S704 (our own texts)
    return text % values if "%" in text else text


@lru_cache(maxsize=8_192)
def _marked(source: str, lang: str) -> tuple[Markup, bool]:
    text = source if lang == "zh-CN" else gettext(source)
    return Markup(text), is_counted(text)  # noqa: S704 (our own texts)
